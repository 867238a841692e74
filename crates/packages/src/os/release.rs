//! `os-release` and the older files that name a distribution.

use crate::{
    distro::Distro,
    limits,
    parser::{Found, Parser, Pattern, file_name},
    text::decode,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::In("etc", "os-release"),
        Pattern::In("usr/lib", "os-release"),
        Pattern::In("etc", "alpine-release"),
        Pattern::In("etc", "debian_version"),
        Pattern::In("etc", "redhat-release"),
        Pattern::In("etc", "centos-release"),
        Pattern::In("etc", "system-release"),
        Pattern::In("etc", "SuSE-release"),
        Pattern::In("etc", "arch-release"),
        Pattern::In("etc", "lsb-release"),
    ],
    bytes_max: 64 << 10,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    found.distro = match file_name(&found.path) {
        "os-release" => os_release(&text),
        "lsb-release" => lsb_release(&text),
        "alpine-release" => plain("alpine", first),
        "debian_version" => plain("debian", first),
        "arch-release" => Some(Distro { id: "arch".to_owned(), ..Distro::default() }),
        _ => red_hat(first),
    };
}

fn os_release(text: &str) -> Option<Distro> {
    let mut distro = Distro::default();
    for (key, value) in assignments(text) {
        match key {
            "ID" => distro.id = value.to_lowercase(),
            "VERSION_ID" => distro.version_id = value,
            "ID_LIKE" => distro.id_like = value.split_whitespace().map(str::to_lowercase).collect(),
            "VERSION_CODENAME" => distro.codename = Some(value),
            "UBUNTU_CODENAME" | "DEBIAN_CODENAME" => distro.codename = distro.codename.or(Some(value)),
            "PRETTY_NAME" => distro.pretty_name = Some(value),
            _ => {}
        }
    }
    distro.codename = distro.codename.filter(|name| !name.is_empty());
    // The standard's default, for files that only say a version.
    if distro.id.is_empty() && !distro.version_id.is_empty() {
        distro.id = "linux".to_owned();
    }
    (!distro.id.is_empty()).then_some(distro)
}

fn lsb_release(text: &str) -> Option<Distro> {
    let mut distro = Distro::default();
    for (key, value) in assignments(text) {
        match key {
            "DISTRIB_ID" => distro.id = value.to_lowercase(),
            "DISTRIB_RELEASE" => distro.version_id = value,
            "DISTRIB_CODENAME" => distro.codename = Some(value),
            "DISTRIB_DESCRIPTION" => distro.pretty_name = Some(value),
            _ => {}
        }
    }
    (!distro.id.is_empty()).then_some(distro)
}

// Shell assignments: quotes, and backslashes inside double quotes.
fn assignments(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.lines().filter_map(|line| {
        let (key, value) = line.trim().split_once('=')?;
        if key.starts_with('#') || value.len() > limits::FIELD_BYTES_MAX {
            return None;
        }
        let value = value.trim();
        let value = match value.as_bytes() {
            [b'\'', .., b'\''] => value[1..value.len() - 1].to_owned(),
            [b'"', .., b'"'] if value.len() > 1 => unescape(&value[1..value.len() - 1]),
            _ => unescape(value),
        };
        Some((key.trim(), value))
    })
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

fn plain(id: &str, version: &str) -> Option<Distro> {
    let version = version.split_whitespace().next()?;
    // Debian's testing says `trixie/sid`: a name, no version.
    let (version_id, codename) = if version.starts_with(|c: char| c.is_ascii_digit()) {
        (version.to_owned(), None)
    } else {
        (String::new(), version.split('/').next().map(str::to_owned))
    };
    Some(Distro { id: id.to_owned(), version_id, codename, ..Distro::default() })
}

// `CentOS Linux release 7.9.2009 (Core)`
fn red_hat(line: &str) -> Option<Distro> {
    let lower = line.to_lowercase();
    let names = [
        ("red hat enterprise", "rhel"),
        ("centos", "centos"),
        ("almalinux", "almalinux"),
        ("rocky", "rocky"),
        ("oracle", "ol"),
        ("amazon", "amzn"),
        ("fedora", "fedora"),
        ("photon", "photon"),
        ("opensuse", "opensuse"),
        ("suse linux enterprise", "sles"),
    ];
    let (_, id) = names.into_iter().find(|(name, _)| lower.contains(name))?;
    let mut words = line.split_whitespace();
    let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or("");
    let (version_id, pretty_name) = (version.to_owned(), Some(line.to_owned()));
    Some(Distro { id: id.to_owned(), version_id, pretty_name, ..Distro::default() })
}
