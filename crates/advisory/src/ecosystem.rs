//! Names: one spelling for each ecosystem, release and package, whoever writes it.
//!
//! Sources say `Alpine:v3.19`, `Ubuntu:22.04:LTS`, `Red Hat:enterprise_linux:9::appstream`; os-release says `3.19.1`,
//! `22.04`, `9.4`; package URLs say `golang` and `gem`. Here they become `Alpine:3.19`, `Ubuntu:22.04`, `Red Hat:9`, `Go`,
//! `RubyGems`. Packages are spelt as their registry compares them.

use std::borrow::Cow;

use crate::{query::Query, version::Scheme};

// OSV's name, package URL type, further names.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("npm", &["npm"]),
    ("PyPI", &["pypi"]),
    ("Go", &["golang", "go"]),
    ("crates.io", &["cargo"]),
    ("Maven", &["maven"]),
    ("NuGet", &["nuget"]),
    ("RubyGems", &["gem"]),
    ("Ruby", &["ruby"]),
    ("Packagist", &["composer"]),
    ("Hex", &["hex"]),
    ("Pub", &["pub"]),
    ("SwiftURL", &["swift"]),
    ("CRAN", &["cran"]),
    ("Bioconductor", &["bioconductor"]),
    ("Hackage", &["hackage"]),
    ("GHC", &["ghc"]),
    ("ConanCenter", &["conan"]),
    ("Bitnami", &["bitnami"]),
    ("GitHub Actions", &["githubactions"]),
    ("Julia", &["julia"]),
    ("opam", &["opam"]),
    ("VSCode", &["vscode"]),
];

// OSV's name, `ID` of os-release and further names, how a release is cut.
const DISTRIBUTIONS: &[(&str, &[&str], Cut)] = &[
    ("Debian", &["debian", "raspbian"], Cut::Major),
    ("Ubuntu", &["ubuntu"], Cut::MajorMinor),
    ("Alpine", &["alpine"], Cut::MajorMinor),
    ("Wolfi", &["wolfi"], Cut::None),
    ("Chainguard", &["chainguard"], Cut::None),
    ("MinimOS", &["minimos"], Cut::None),
    ("AlmaLinux", &["almalinux", "alma"], Cut::Major),
    ("Rocky Linux", &["rocky"], Cut::Major),
    ("Red Hat", &["rhel", "redhat", "centos"], Cut::Major),
    ("Oracle Linux", &["ol", "oracle"], Cut::Major),
    ("Fedora", &["fedora"], Cut::Major),
    ("Amazon Linux", &["amzn", "amazon"], Cut::Major),
    ("SUSE", &["sles", "sled", "sle-micro"], Cut::MajorMinor),
    ("openSUSE", &["opensuse-leap", "opensuse-tumbleweed", "opensuse"], Cut::MajorMinor),
    ("openEuler", &["openeuler"], Cut::All),
    ("Azure Linux", &["azurelinux", "mariner", "cbl-mariner"], Cut::MajorMinor),
    ("Photon OS", &["photon"], Cut::MajorMinor),
    ("Mageia", &["mageia"], Cut::Major),
    ("Arch Linux", &["arch", "archlinux"], Cut::None),
    ("Echo", &["echo"], Cut::None),
];

#[derive(Clone, Copy)]
enum Cut {
    None,
    Major,
    MajorMinor,
    All,
}

// Code names that Debian's and Ubuntu's own data use instead of numbers.
const CODE_NAMES: &[(&str, &str)] = &[
    ("Debian:buzz", "1.1"),
    ("Debian:rex", "1.2"),
    ("Debian:bo", "1.3"),
    ("Debian:hamm", "2.0"),
    ("Debian:slink", "2.1"),
    ("Debian:potato", "2.2"),
    ("Debian:woody", "3.0"),
    ("Debian:sarge", "3.1"),
    ("Debian:etch", "4"),
    ("Debian:lenny", "5"),
    ("Debian:squeeze", "6"),
    ("Debian:wheezy", "7"),
    ("Debian:jessie", "8"),
    ("Debian:stretch", "9"),
    ("Debian:buster", "10"),
    ("Debian:bullseye", "11"),
    ("Debian:bookworm", "12"),
    ("Debian:trixie", "13"),
    ("Debian:forky", "14"),
    ("Debian:duke", "15"),
    ("Debian:sid", "unstable"),
    ("Ubuntu:trusty", "14.04"),
    ("Ubuntu:xenial", "16.04"),
    ("Ubuntu:bionic", "18.04"),
    ("Ubuntu:focal", "20.04"),
    ("Ubuntu:jammy", "22.04"),
    ("Ubuntu:noble", "24.04"),
    ("Ubuntu:oracular", "24.10"),
    ("Ubuntu:plucky", "25.04"),
    ("Ubuntu:questing", "25.10"),
    ("Ubuntu:resolute", "26.04"),
];

// Debian counted like this before 4.
const TWO_PART_DEBIAN: &[&str] = &["1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "3.0", "3.1"];

impl Query<'_> {
    /// The ecosystem as the database spells it: `npm`, `Debian:12`, `Red Hat:9`.
    pub fn ecosystem(&self) -> String {
        if self.distro.is_empty() {
            return canonical(self.package_type);
        }
        let Some((name, _, cut)) = distribution(self.distro) else {
            return format!("{}:{}", self.distro, self.release);
        };
        release_of(name, self.release, *cut)
    }

    /// Namespace and name, joined as the ecosystem does.
    pub fn full_name(&self) -> Cow<'_, str> {
        if self.namespace.is_empty() || !self.distro.is_empty() {
            return Cow::Borrowed(self.name);
        }
        let namespace = self.namespace.replace("%40", "@");
        match self.package_type.to_ascii_lowercase().as_str() {
            "maven" => Cow::Owned(format!("{namespace}:{}", self.name)),
            _ => Cow::Owned(format!("{namespace}/{}", self.name)),
        }
    }
}

/// The one spelling of an ecosystem that a source or a user wrote.
pub fn canonical(ecosystem: &str) -> String {
    let ecosystem = ecosystem.trim();
    let (base, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
    let same = |name: &str, others: &[&str]| {
        name.eq_ignore_ascii_case(base) || others.iter().any(|other| other.eq_ignore_ascii_case(base))
    };
    if let Some((name, _)) = LANGUAGES.iter().find(|(name, others)| same(name, others)) {
        return (*name).to_owned();
    }
    match DISTRIBUTIONS.iter().find(|(name, others, _)| same(name, others)) {
        Some((name, _, cut)) => release_of(name, release, *cut),
        None => ecosystem.to_owned(),
    }
}

/// The distribution or registry without its release.
pub fn base(ecosystem: &str) -> &str {
    ecosystem.split(':').next().unwrap_or_default()
}

/// The rules of order of an ecosystem in its one spelling.
pub fn scheme(ecosystem: &str) -> Option<Scheme> {
    Scheme::of(ecosystem)
}

/// Whether the ecosystem is a distribution's, where the distribution has the last word.
pub fn is_distribution(ecosystem: &str) -> bool {
    DISTRIBUTIONS.iter().any(|(name, ..)| *name == base(ecosystem))
}

fn distribution(id: &str) -> Option<&'static (&'static str, &'static [&'static str], Cut)> {
    DISTRIBUTIONS.iter().find(|(name, ids, _)| {
        name.eq_ignore_ascii_case(id) || ids.iter().any(|other| other.eq_ignore_ascii_case(id))
    })
}

fn release_of(name: &str, release: &str, cut: Cut) -> String {
    let release = release.trim();
    let code_name = |(code, _): &&(&str, &str)| {
        code.split_once(':')
            .is_some_and(|(distro, code)| distro == name && code.eq_ignore_ascii_case(release))
    };
    if let Some((_, number)) = CODE_NAMES.iter().find(code_name) {
        return format!("{name}:{number}");
    }
    if name == "Ubuntu" && release.starts_with("Pro") {
        return format!("Ubuntu:Pro:{}", numbers(release, 2));
    }
    if name == "Red Hat" && release.contains(':') && !release.starts_with("enterprise_linux:") {
        return format!("{name}:{release}");
    }
    let release = if name.ends_with("SUSE") { service_pack(release) } else { release.to_owned() };
    let cut = match cut {
        Cut::None => String::new(),
        Cut::Major if name == "Debian" && TWO_PART_DEBIAN.contains(&release.as_str()) => release.clone(),
        Cut::Major => numbers(&release, 1),
        Cut::MajorMinor => numbers(&release, 2),
        Cut::All => release.clone(),
    };
    // `edge`, `unstable`, `Tumbleweed` have no number.
    let cut = if cut.is_empty() && !matches!(name, "Wolfi" | "Chainguard" | "MinimOS" | "Arch Linux" | "Echo")
    {
        release
    } else {
        cut
    };
    if cut.is_empty() { name.to_owned() } else { format!("{name}:{cut}") }
}

// `Linux Enterprise Server 15 SP5` is 15.5; `Leap 15.5` has it already.
fn service_pack(release: &str) -> String {
    match release.split_once(" SP") {
        Some((before, pack)) => format!("{}.{}", numbers(before, 1), numbers(pack, 1)),
        None => release.to_owned(),
    }
}

// The first number in a text, with at most `parts` parts.
fn numbers(text: &str, parts: usize) -> String {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let all: Vec<&str> = rest[..end].split('.').filter(|part| !part.is_empty()).take(parts).collect();
    all.join(".")
}

/// A package's name as its registry compares it.
pub fn normalise<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    let name = name.trim();
    match base(ecosystem) {
        "PyPI" => Cow::Owned(python(name)),
        "crates.io" => fold(name, |c| if c == '_' { '-' } else { c.to_ascii_lowercase() }),
        "NuGet" | "Packagist" | "GitHub Actions" | "VSCode" | "Hex" => fold(name, |c| c.to_ascii_lowercase()),
        "SwiftURL" => {
            let name = name.trim_start_matches("https://").trim_start_matches("http://");
            fold(name.trim_end_matches('/').trim_end_matches(".git"), |c| c.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

fn fold(name: &str, change: impl Fn(char) -> char) -> Cow<'_, str> {
    if name.chars().all(|c| change(c) == c) {
        Cow::Borrowed(name)
    } else {
        name.chars().map(change).collect()
    }
}

// PEP 503: runs of `-`, `_` and `.` are one hyphen, letters are small.
fn python(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_ecosystem_becomes_one() {
        for (written, expected) in [
            ("Debian:12", "Debian:12"),
            ("Debian:bookworm", "Debian:12"),
            ("Debian:sid", "Debian:unstable"),
            ("Debian:3.1", "Debian:3.1"),
            ("Ubuntu:22.04:LTS", "Ubuntu:22.04"),
            ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04"),
            ("Alpine:v3.19", "Alpine:3.19"),
            ("Alpine:edge", "Alpine:edge"),
            ("AlmaLinux:10", "AlmaLinux:10"),
            ("Rocky Linux:9", "Rocky Linux:9"),
            ("Red Hat:enterprise_linux:9::appstream", "Red Hat:9"),
            ("Red Hat:rhel_eus:9.2::appstream", "Red Hat:rhel_eus:9.2::appstream"),
            ("SUSE:Linux Enterprise Server 15 SP5", "SUSE:15.5"),
            ("openSUSE:Leap 15.6", "openSUSE:15.6"),
            ("openSUSE:Tumbleweed", "openSUSE:Tumbleweed"),
            ("golang", "Go"),
            ("gem", "RubyGems"),
            ("cargo", "crates.io"),
            ("pypi", "PyPI"),
            ("Wolfi", "Wolfi"),
            ("unheard of", "unheard of"),
        ] {
            assert_eq!(canonical(written), expected, "{written}");
            assert_eq!(canonical(expected), expected, "{expected} again");
        }
    }

    #[test]
    fn releases_of_os_release_are_cut_to_what_advisories_name() {
        for (distro, release, expected) in [
            ("debian", "12", "Debian:12"),
            ("debian", "12.5", "Debian:12"),
            ("ubuntu", "22.04", "Ubuntu:22.04"),
            ("alpine", "3.19.1", "Alpine:3.19"),
            ("rhel", "9.4", "Red Hat:9"),
            ("centos", "8", "Red Hat:8"),
            ("almalinux", "9.3", "AlmaLinux:9"),
            ("amzn", "2023", "Amazon Linux:2023"),
            ("sles", "15.5", "SUSE:15.5"),
            ("wolfi", "20230201", "Wolfi"),
            ("arch", "", "Arch Linux"),
            ("plan9", "4", "plan9:4"),
        ] {
            let query = Query { distro, release, ..Query::default() };
            assert_eq!(query.ecosystem(), expected);
        }
    }

    #[test]
    fn names_are_spelt_as_their_registry_compares_them() {
        for (ecosystem, written, expected) in [
            ("PyPI", "Zope.Interface", "zope-interface"),
            ("PyPI", "a__b-.c", "a-b-c"),
            ("crates.io", "Serde_JSON", "serde-json"),
            ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
            ("npm", "@babel/traverse", "@babel/traverse"),
            ("SwiftURL", "https://github.com/Apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("Go", "github.com/Azure/x", "github.com/Azure/x"),
        ] {
            assert_eq!(normalise(ecosystem, written), expected);
        }
    }
}
