//! Which releases are out of support: there nobody looks any more, and "nothing found" is no good news.

use serde::Serialize;

use crate::ecosystem;

/// Where a release is in its life on a given day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Lifecycle {
    /// It gets security fixes.
    Supported {
        /// The last day of that.
        until: String,
    },
    /// Only those who pay, or have switched on extended support, get fixes.
    Extended {
        /// Since the day after.
        since: String,
        /// The last day of that.
        until: String,
    },
    /// Nobody gives fixes.
    EndOfLife {
        /// Since the day after.
        since: String,
    },
    /// Not in the table.
    Unknown,
}

/// Where a release (`Debian:8`, or any spelling of it) is in its life on a day (`2026-01-31`).
pub fn lifecycle(release: &str, day: &str) -> Lifecycle {
    let release = ecosystem::canonical(release);
    let mut lines = include_str!("../data/end_of_life.tsv").lines().filter(|line| !line.starts_with('#'));
    let fields = lines.find_map(|line| line.strip_prefix(release.as_str())?.strip_prefix('\t'));
    let Some(fields) = fields else { return Lifecycle::Unknown };
    let (public, extended) = fields.split_once('\t').unwrap_or((fields, ""));
    let (public, extended) = (public.to_owned(), extended.to_owned());
    if day <= public.as_str() {
        Lifecycle::Supported { until: public }
    } else if !extended.is_empty() && day <= extended.as_str() {
        Lifecycle::Extended { since: public, until: extended }
    } else {
        Lifecycle::EndOfLife { since: if extended.is_empty() { public } else { extended } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_supported_until_its_last_day_and_not_after() {
        let of = |release, day| lifecycle(release, day);
        assert_eq!(of("Debian:8", "2018-06-17"), Lifecycle::Supported { until: "2018-06-17".into() });
        assert!(matches!(of("Debian:8", "2018-06-18"), Lifecycle::Extended { .. }));
        assert_eq!(of("Debian:jessie", "2020-07-01"), Lifecycle::EndOfLife { since: "2020-06-30".into() });
        assert_eq!(of("Alpine:v3.11", "2026-01-01"), Lifecycle::EndOfLife { since: "2021-11-01".into() });
        assert_eq!(of("Wolfi", "2026-01-01"), Lifecycle::Unknown);
    }

    #[test]
    fn the_table_has_days_in_order_and_releases_in_their_one_spelling() {
        for line in include_str!("../data/end_of_life.tsv").lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(ecosystem::canonical(fields[0]), fields[0], "{line}");
            assert!(fields[1..].iter().all(|day| day.len() == 10 && day.starts_with("20")), "{line}");
            assert!(fields.len() < 3 || fields[1] < fields[2], "{line}");
        }
    }
}
