//! Advisories, versions and matching, tested from outside; one binary.

mod corpora;
mod version_oracles;
mod version_properties;
mod version_vectors;
