//! Which of two versions is newer, as each ecosystem's own tools say.
//!
//! [`compare`] is total: any two strings of at most [`VERSION_BYTES_MAX`] bytes have an order, valid or not, because
//! advisories and lock files hold both. It needs linear time and neither panics nor recurses deeper than a version is
//! long. What is no version for a strict reader is ordered as the ecosystem's own tool does, and where that tool refuses,
//! after the rule named in the scheme's module.
//!
//! INVARIANT: every order is antisymmetric and transitive, but for [`Scheme::Alpm`], whose specification makes a version
//! without a release equal to all its releases.

mod alpm;
mod apk;
mod conan;
mod digits;
mod dpkg;
mod go;
mod maven;
mod natural;
mod nuget;
mod packagist;
mod pep440;
mod rpm;
mod rubygems;
mod scheme;
mod segments;
mod semver;

use std::cmp::Ordering;

use crate::limits::VERSION_BYTES_MAX;

pub use scheme::Scheme;

/// Why two versions have no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// One of them is longer than [`VERSION_BYTES_MAX`].
    #[error("a version of {bytes} bytes is longer than the {VERSION_BYTES_MAX} that are compared")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

/// Compares two versions by the rules of an ecosystem.
///
/// ```
/// use std::cmp::Ordering;
/// use yagura_advisory::version::{Scheme, compare};
///
/// assert_eq!(compare(Scheme::Dpkg, "1.2.3-1~deb7u1", "1.2.3-1"), Ok(Ordering::Less));
/// assert_eq!(compare(Scheme::Pep440, "1.0", "1.0.0"), Ok(Ordering::Equal));
/// ```
pub fn compare(scheme: Scheme, a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (a.trim(), b.trim());
    for version in [a, b] {
        if version.len() > VERSION_BYTES_MAX {
            return Err(VersionError::TooLong { bytes: version.len() });
        }
    }
    if a == b {
        return Ok(Ordering::Equal);
    }
    Ok(match scheme {
        Scheme::Dpkg => dpkg::compare(a, b),
        Scheme::Apk => apk::compare(a, b),
        Scheme::Rpm => rpm::compare(a, b),
        Scheme::Alpm => alpm::compare(a, b),
        Scheme::SemVer => semver::compare(a, b),
        Scheme::Pub => semver::compare_with_build(a, b),
        Scheme::Go => go::compare(a, b),
        Scheme::NuGet => nuget::compare(a, b),
        Scheme::Pep440 => pep440::compare(a, b),
        Scheme::Maven => maven::compare(a, b),
        Scheme::RubyGems => rubygems::compare(a, b),
        Scheme::Packagist => packagist::compare(a, b),
        Scheme::Cran => segments::compare(a, b, &['.', '-']),
        Scheme::Hackage => segments::compare(a, b, &['.']),
        Scheme::Conan => conan::compare(a, b),
        Scheme::Generic => natural::compare(a, b),
    })
}
