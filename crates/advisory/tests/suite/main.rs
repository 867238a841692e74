//! Advisories, versions and matching, tested from outside; one binary.

mod corpora;
mod mutations;
mod real_sources;
mod sources;
mod updates;
mod version_oracles;
mod version_properties;
mod version_vectors;
mod vex;
