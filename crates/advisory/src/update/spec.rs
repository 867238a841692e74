//! [`SourceSpec`]: which source, of what kind, from where; and the catalogue of published ones.

use crate::{limits::NAME_BYTES_MAX, source::SourceKind};

/// One configured source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSpec {
    /// Its name, also that of its files: letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// An address (`https://…`) or a path.
    pub location: String,
    /// SHA-256 that its content must have; empty if none was given.
    pub sha256: String,
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The kind or name is not known.
    #[error("`{given}` is neither a kind of source nor a name of the catalogue{hint}")]
    Unknown {
        /// What was given.
        given: String,
        /// `; did you mean …?`
        hint: String,
    },
    /// There is no address or path.
    #[error("`{given}` has no address: KIND=ADDRESS or NAME:KIND=ADDRESS")]
    NoLocation {
        /// What was given.
        given: String,
    },
    /// The name cannot be one of a file.
    #[error("`{given}` cannot be a source's name: letters, digits, `-`, `_` and `.`")]
    Name {
        /// What was given.
        given: String,
    },
    /// The digest is none.
    #[error("`{given}` is no SHA-256")]
    Digest {
        /// What was given.
        given: String,
    },
}

/// A published source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Name to call it by.
    pub name: &'static str,
    /// Kind.
    pub kind: SourceKind,
    /// Address.
    pub address: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Used when nothing else is configured.
    pub default: bool,
}

/// The published sources that come with the program.
pub fn catalogue() -> Vec<Published> {
    let lines = include_str!("../../data/sources.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (name, kind, address, about) =
                (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            let (name, default) = name.strip_prefix('*').map_or((name, false), |name| (name, true));
            Some(Published { name, kind: SourceKind::parse(kind)?, address, about, default })
        })
        .collect()
}

impl SourceSpec {
    /// Reads `KIND=LOCATION`, `NAME:KIND=LOCATION` (each with `#sha256=…` behind it if wanted), or a name of the
    /// catalogue.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let text = text.trim();
        let Some((left, location)) = text.split_once('=') else { return published(text) };
        let (name, kind) = match left.split_once(':') {
            Some((name, kind)) => (Some(name), kind),
            None => (None, left),
        };
        let kind_of = SourceKind::parse(kind).ok_or_else(|| unknown(kind))?;
        let (location, sha256) = location.split_once("#sha256=").unwrap_or((location, ""));
        if location.is_empty() {
            return Err(SpecError::NoLocation { given: text.to_owned() });
        }
        if !sha256.is_empty() && (sha256.len() != 64 || !sha256.bytes().all(|c| c.is_ascii_hexdigit())) {
            return Err(SpecError::Digest { given: sha256.to_owned() });
        }
        let name = name.map_or_else(|| derived(kind, location), str::to_owned);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty()
            || name.starts_with('.')
            || name.len() > NAME_BYTES_MAX / 8
            || !name.chars().all(plain)
        {
            return Err(SpecError::Name { given: name });
        }
        Ok(Self { name, kind: kind_of, location: location.to_owned(), sha256: sha256.to_ascii_lowercase() })
    }

    /// Whether it is fetched over the network.
    pub fn is_remote(&self) -> bool {
        self.location.starts_with("https://") || self.location.starts_with("http://")
    }

    /// The sources of the catalogue that are used when nothing else is configured.
    pub fn defaults() -> Vec<Self> {
        catalogue().into_iter().filter(|source| source.default).map(Self::from).collect()
    }
}

impl From<Published> for SourceSpec {
    fn from(source: Published) -> Self {
        Self {
            name: source.name.to_owned(),
            kind: source.kind,
            location: source.address.to_owned(),
            sha256: String::new(),
        }
    }
}

fn published(name: &str) -> Result<SourceSpec, SpecError> {
    let found = catalogue().into_iter().find(|source| source.name == name);
    found.map(SourceSpec::from).ok_or_else(|| unknown(name))
}

fn unknown(given: &str) -> SpecError {
    let names = catalogue().into_iter().map(|source| source.name).chain(SourceKind::names());
    let nearest = names
        .map(|name| (strsim::damerau_levenshtein(name, given), name))
        .filter(|(distance, name)| *distance <= name.len().max(3) / 2)
        .min();
    let hint = nearest.map(|(_, name)| format!("; did you mean `{name}`?")).unwrap_or_default();
    SpecError::Unknown { given: given.to_owned(), hint }
}

// `osv-pypi` for `osv=https://…/PyPI/all.zip`: the kind and the last telling part of the place.
fn derived(kind: &str, location: &str) -> String {
    let parts =
        location.split(['/', '\\']).rev().map(|part| part.split(['?', '#', '.']).next().unwrap_or_default());
    let dull = |part: &&str| {
        !matches!(*part, "" | "all" | "main" | "master" | "json" | "osv" | "list" | "data" | "heads")
    };
    let part = parts.into_iter().find(dull).unwrap_or_default();
    let clean = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let part: String = part.chars().take(64).map(clean).collect();
    let part = part.trim_matches('-');
    match part {
        "" => kind.to_owned(),
        part if part.starts_with(kind) => part.to_owned(),
        part => format!("{kind}-{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_are_read_and_named() {
        for (text, name, location) in [
            ("osv=https://example.org/PyPI/all.zip", "osv-pypi", "https://example.org/PyPI/all.zip"),
            ("rustsec=/srv/advisory-db", "rustsec-advisory-db", "/srv/advisory-db"),
            ("mine:osv=/x/y.zip", "mine", "/x/y.zip"),
            ("kev=/data/kev.json", "kev", "/data/kev.json"),
            ("debian", "debian", "https://security-tracker.debian.org/tracker/data/json"),
        ] {
            let spec = SourceSpec::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((spec.name.as_str(), spec.location.as_str()), (name, location));
        }
    }

    #[test]
    fn what_is_no_specification_says_why() {
        for (text, said) in [
            ("ossv=/x", "did you mean `osv`"),
            ("osv=", "has no address"),
            ("../x:osv=/y", "cannot be a source's name"),
            ("osv=/x#sha256=12", "no SHA-256"),
            ("debain", "did you mean `debian`"),
        ] {
            let error = SourceSpec::parse(text).expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn the_catalogue_is_complete() {
        let lines =
            include_str!("../../data/sources.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(catalogue().len(), lines);
        assert!(SourceSpec::defaults().len() > 10);
    }
}
