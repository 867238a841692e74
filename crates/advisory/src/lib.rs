//! Version order of every ecosystem, the advisory database, and which advisories a package matches.
//!
//! Knows no package database and no image: it is asked about names and versions.
