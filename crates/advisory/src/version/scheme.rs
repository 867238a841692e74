//! [`Scheme`]: the sixteen ways ecosystems order versions, and which ecosystem uses which.

/// A way to order versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Debian's `epoch:upstream-revision` (deb-version(7)).
    Dpkg,
    /// Alpine's package versions.
    Apk,
    /// RPM's epoch, version and release.
    Rpm,
    /// pacman's epoch, version and release.
    Alpm,
    /// Semantic Versioning 2.0: npm, Cargo, Hex, Swift and others.
    SemVer,
    /// Semantic Versioning, and builds are ordered too, as Dart's pub does.
    Pub,
    /// Semantic Versioning with Go's pseudo versions and toolchain names.
    Go,
    /// Semantic Versioning with a fourth number, letters of either case alike.
    NuGet,
    /// Python's PEP 440; what it refuses is older than all it accepts.
    Pep440,
    /// Maven's ComparableVersion.
    Maven,
    /// RubyGems' Gem::Version.
    RubyGems,
    /// Composer's normalised versions, ordered as PHP's `version_compare` does.
    Packagist,
    /// R's `package_version`: numbers separated by dots or hyphens.
    Cran,
    /// Haskell's package version policy: numbers separated by dots.
    Hackage,
    /// Conan 2's versions.
    Conan,
    /// Numbers by value, text by bytes: for what has no rule of its own.
    Generic,
}

use Scheme::*;

// Names of ecosystems (OSV's spelling, then package URL types, then distributions' ids) in lower case.
const NAMES: &[(&str, Scheme)] = &[
    ("debian", Dpkg),
    ("ubuntu", Dpkg),
    ("echo", Dpkg),
    ("deb", Dpkg),
    ("dpkg", Dpkg),
    ("opam", Dpkg),
    ("raspbian", Dpkg),
    ("alpine", Apk),
    ("wolfi", Apk),
    ("chainguard", Apk),
    ("minimos", Apk),
    ("apk", Apk),
    ("alpaquita", Apk),
    ("bellsoft hardened containers", Apk),
    ("almalinux", Rpm),
    ("rocky linux", Rpm),
    ("rocky", Rpm),
    ("red hat", Rpm),
    ("redhat", Rpm),
    ("rhel", Rpm),
    ("centos", Rpm),
    ("fedora", Rpm),
    ("amazon linux", Rpm),
    ("amazon", Rpm),
    ("oracle linux", Rpm),
    ("oracle", Rpm),
    ("suse", Rpm),
    ("opensuse", Rpm),
    ("openeuler", Rpm),
    ("azure linux", Rpm),
    ("mageia", Rpm),
    ("photon os", Rpm),
    ("rpm", Rpm),
    ("arch linux", Alpm),
    ("arch", Alpm),
    ("alpm", Alpm),
    ("pacman", Alpm),
    ("npm", SemVer),
    ("crates.io", SemVer),
    ("cargo", SemVer),
    ("hex", SemVer),
    ("swifturl", SemVer),
    ("swift", SemVer),
    ("bitnami", SemVer),
    ("github actions", SemVer),
    ("githubactions", SemVer),
    ("julia", SemVer),
    ("vscode", SemVer),
    ("semver", SemVer),
    ("pub", Pub),
    ("go", Go),
    ("golang", Go),
    ("nuget", NuGet),
    ("pypi", Pep440),
    ("pep440", Pep440),
    ("maven", Maven),
    ("rubygems", RubyGems),
    ("gem", RubyGems),
    ("ruby", RubyGems),
    ("packagist", Packagist),
    ("composer", Packagist),
    ("cran", Cran),
    ("bioconductor", Cran),
    ("hackage", Hackage),
    ("ghc", Hackage),
    ("conancenter", Conan),
    ("conan", Conan),
    ("generic", Generic),
    ("linux", Generic),
];

impl Scheme {
    /// The scheme of an ecosystem, by OSV's name (with or without a release: `Debian:12`) or package URL type.
    pub fn of(ecosystem: &str) -> Option<Self> {
        let base = ecosystem.split(':').next().unwrap_or_default().trim();
        NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(base)).map(|(_, scheme)| *scheme)
    }

    /// Every name that [`Scheme::of`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The known name nearest to a misspelt one.
    pub fn nearest(ecosystem: &str) -> Option<&'static str> {
        let wanted = ecosystem.to_ascii_lowercase();
        Self::names()
            .map(|name| (strsim::damerau_levenshtein(name, &wanted), name))
            .filter(|(distance, name)| *distance <= name.len().max(3) / 2)
            .min()
            .map(|(_, name)| name)
    }

    /// What the scheme is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Dpkg => "dpkg",
            Apk => "apk",
            Rpm => "rpm",
            Alpm => "pacman",
            SemVer => "semantic versioning",
            Pub => "pub",
            Go => "Go modules",
            NuGet => "NuGet",
            Pep440 => "PEP 440",
            Maven => "Maven",
            RubyGems => "RubyGems",
            Packagist => "Composer",
            Cran => "R",
            Hackage => "Haskell PVP",
            Conan => "Conan",
            Generic => "generic",
        }
    }
}
