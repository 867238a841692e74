//! Ruby: Bundler's lock files and installed specifications.

pub(crate) mod gemfile;
pub(crate) mod gemspec;
