//! Advisories, versions and matching, tested from outside; one binary.

mod corpora;
mod real_sources;
mod version_oracles;
mod version_properties;
mod version_vectors;
