//! Targets of a scan as a stream of files: folders, archives, OCI layouts, registries, local stores.
//!
//! Knows nothing of what is inside the files.
