//! Every order is antisymmetric, transitive and total, on versions like real ones and on noise.

use std::cmp::Ordering;

use proptest::prelude::*;
use yagura_advisory::{
    limits::VERSION_BYTES_MAX,
    version::{Scheme, VersionError, compare},
};

const SCHEMES: &[Scheme] = &[
    Scheme::Dpkg,
    Scheme::Apk,
    Scheme::Rpm,
    Scheme::SemVer,
    Scheme::Pub,
    Scheme::Go,
    Scheme::NuGet,
    Scheme::Pep440,
    Scheme::Maven,
    Scheme::RubyGems,
    Scheme::Packagist,
    Scheme::Cran,
    Scheme::Hackage,
    Scheme::Conan,
    Scheme::Generic,
];

// Pieces that mean something to at least one ecosystem; few of them, so that orders meet.
const PIECES: &[&str] = &[
    "0", "1", "2", "10", "01", "00", "9", ".", ".", ".", "-", "-", "+", "~", "^", ":", "_", "!", "#", "a",
    "b", "rc", "alpha", "beta", "dev", "post", "final", "ga", "sp", "snapshot", "pre", "p", "r1", "-r0",
    "_rc1", "_p", "_git", "v", "go", "x", "X", "é", "pl", "m", "1.0", "1.0.0", "2a", " ",
];

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PIECES), 0..7).prop_map(|pieces| pieces.concat()),
        4 => (0..3u8, 0..2u8, prop::collection::vec(prop::sample::select(PIECES), 0..4))
            .prop_map(|(major, minor, pieces)| format!("{major}.{minor}{}", pieces.concat())),
        1 => ".{0,12}",
    ]
}

fn order(scheme: Scheme, a: &str, b: &str) -> Ordering {
    compare(scheme, a, b).expect("short versions compare")
}

// Arch's own form; on anything else pacman's order has cycles, and a missing release equals every release.
fn arch_version() -> impl Strategy<Value = String> {
    (0..2u8, "[0-2]{1,2}(\\.[0-2]{1,2}){0,2}([a-c]{1,2}[0-2]?)?", 1..3u8)
        .prop_map(|(epoch, version, release)| format!("{epoch}:{version}-{release}"))
}

fn laws(scheme: Scheme, a: &str, b: &str, c: &str) -> Result<(), TestCaseError> {
    let (ab, bc, ac) = (order(scheme, a, b), order(scheme, b, c), order(scheme, a, c));
    prop_assert_eq!(ab, order(scheme, b, a).reverse(), "{:?}: {:?} {:?}", scheme, a, b);
    prop_assert_eq!(order(scheme, a, a), Ordering::Equal);
    if ab == bc || bc.is_eq() {
        prop_assert_eq!(ac, ab, "{:?}: {:?} {:?} {:?}", scheme, a, b, c);
    } else if ab.is_eq() {
        prop_assert_eq!(ac, bc, "{:?}: {:?} {:?} {:?}", scheme, a, b, c);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_is_antisymmetric_and_transitive(a in version(), b in version(), c in version()) {
        for &scheme in SCHEMES {
            laws(scheme, &a, &b, &c)?;
        }
    }

    #[test]
    fn pacmans_order_is_antisymmetric_and_transitive_on_package_versions(
        a in arch_version(), b in arch_version(), c in arch_version()
    ) {
        laws(Scheme::Alpm, &a, &b, &c)?;
    }
}

#[test]
fn a_version_past_the_ceiling_is_refused_and_one_at_it_is_compared() {
    let long = "1.".repeat(VERSION_BYTES_MAX / 2);
    for &scheme in SCHEMES {
        assert!(compare(scheme, &long, "1").is_ok());
        let error = compare(scheme, "1", &format!("{long}1"));
        assert_eq!(error, Err(VersionError::TooLong { bytes: VERSION_BYTES_MAX + 1 }));
    }
}
