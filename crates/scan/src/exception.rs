//! Exceptions: findings that somebody answers for until a day.

use serde::Deserialize;

use crate::{
    limits, pattern,
    report::{ExceptionUse, Report, Status},
};

/// A file of exceptions that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    /// It is no TOML, or a key is wrong.
    #[error("the exceptions file is wrong")]
    Syntax(#[from] toml::de::Error),
    /// An entry breaks a rule.
    #[error("exception {number}: {why}")]
    Entry {
        /// Which, from 1.
        number: usize,
        /// In words.
        why: &'static str,
    },
}

/// Entries of an exceptions file.
#[derive(Debug, Clone, Default)]
pub struct Exceptions {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exception: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    package: Option<String>,
    #[serde(default)]
    path: Option<String>,
    owner: String,
    reason: String,
    expires: String,
}

impl Exceptions {
    /// Reads a file: `[[exception]]` tables with `id`, `package`, `path` (one at least), `owner`, `reason`, `expires`.
    pub fn read(text: &str) -> Result<Self, ExceptionError> {
        let file: File = toml::from_str(text)?;
        if file.exception.len() > limits::EXCEPTIONS_MAX {
            return Err(ExceptionError::Entry {
                number: limits::EXCEPTIONS_MAX + 1,
                why: "there are too many",
            });
        }
        for (index, entry) in file.exception.iter().enumerate() {
            entry.check().map_err(|why| ExceptionError::Entry { number: index + 1, why })?;
        }
        Ok(Self { entries: file.exception })
    }

    /// Sets aside what they name; `today` is `2026-01-31`. Tells what was used and what is over.
    pub fn apply(&self, report: &mut Report, today: &str) {
        for entry in &self.entries {
            let expired = today > entry.expires.as_str();
            let mut findings = 0;
            let mut aside = |status: &mut Status, reason: &mut String| {
                if *status != Status::Affected {
                    return;
                }
                findings += 1;
                if !expired {
                    *status = Status::Excepted;
                    *reason = format!("{} ({}, until {})", entry.reason, entry.owner, entry.expires);
                }
            };
            for found in &mut report.vulnerabilities {
                let names = std::iter::once(&found.id).chain(&found.aliases).chain(&found.advisories);
                let paths = found.locations.iter().map(|location| location.path.as_str());
                if entry.names_id(names)
                    && entry.names_package(&found.package, &found.name)
                    && entry.names_path(paths)
                {
                    aside(&mut found.status, &mut found.status_reason);
                }
            }
            for found in &mut report.secrets {
                let names = [&found.rule, &found.fingerprint];
                if entry.package.is_none()
                    && entry.names_id(names.into_iter())
                    && entry.names_path([found.path.as_str()].into_iter())
                {
                    aside(&mut found.status, &mut found.status_reason);
                }
            }
            for found in &mut report.malware {
                if entry.package.is_none()
                    && entry.names_id([&found.rule, &found.sha256].into_iter())
                    && entry.names_path([found.path.as_str()].into_iter())
                {
                    aside(&mut found.status, &mut found.status_reason);
                }
            }
            if findings > 0 || expired {
                report.exceptions.push(entry.used(expired, findings));
            }
        }
    }
}

impl Entry {
    fn check(&self) -> Result<(), &'static str> {
        if self.id.is_none() && self.package.is_none() && self.path.is_none() {
            return Err("it names no id, package or path, so it would hide everything");
        }
        if self.owner.trim().is_empty() || self.reason.trim().is_empty() {
            return Err("owner and reason must not be empty");
        }
        if is_day(&self.expires) { Ok(()) } else { Err("expires is no day like 2026-01-31") }
    }

    fn names_id<'a>(&self, mut names: impl Iterator<Item = &'a String>) -> bool {
        self.id.as_ref().is_none_or(|id| names.any(|name| name.eq_ignore_ascii_case(id)))
    }

    fn names_package(&self, purl: &str, name: &str) -> bool {
        let without_version = purl.split(['@', '?']).next().unwrap_or(purl);
        self.package
            .as_ref()
            .is_none_or(|package| package == purl || package == without_version || package == name)
    }

    fn names_path<'a>(&self, mut paths: impl Iterator<Item = &'a str>) -> bool {
        self.path
            .as_ref()
            .is_none_or(|pattern| paths.any(|path| pattern::fits(pattern.trim_start_matches('/'), path)))
    }

    fn used(&self, expired: bool, findings: u64) -> ExceptionUse {
        let parts = [("id", &self.id), ("package", &self.package), ("path", &self.path)];
        let about = parts.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        ExceptionUse {
            about: about.collect::<Vec<_>>().join(", "),
            owner: self.owner.clone(),
            reason: self.reason.clone(),
            expires: self.expires.clone(),
            expired,
            findings,
        }
    }
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize, max: u32| {
        part.len() == length
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|n| n >= 1 && n <= max)
    };
    matches!(parts[..], [year, month, day] if number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_would_hide_too_much_or_that_nobody_owns_are_refused() {
        let good = "[[exception]]\nid = 'CVE-1'\nowner = 'a'\nreason = 'b'\nexpires = '2026-01-31'\n";
        assert!(Exceptions::read(good).is_ok());
        for (from, to) in [
            ("id = 'CVE-1'\n", ""),
            ("owner = 'a'\n", ""),
            ("'b'", "' '"),
            ("2026-01-31", "soon"),
            ("2026-01-31", "2026-13-31"),
            ("owner", "ownr"),
            ("[[exception]]", "[[exceptions]]"),
        ] {
            assert!(Exceptions::read(&good.replace(from, to)).is_err(), "{from} -> {to}");
        }
    }
}
