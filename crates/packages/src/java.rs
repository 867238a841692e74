//! Java: archives, Maven projects, Gradle lock files.

pub(crate) mod gradle;
pub(crate) mod jar;
pub(crate) mod pom;
