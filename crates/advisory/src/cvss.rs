//! CVSS vectors and their scores: versions 2, 3.0, 3.1 and 4.0. The only module that names the `cvss` crate.

use cvss::Cvss;

use crate::severity::{Score, Severity};

/// Reads a vector; nothing if it is none.
pub(crate) fn score(vector: &str, source: &str) -> Option<Score> {
    let plain = vector.trim().trim_start_matches('(').trim_end_matches(')').trim_end_matches('/');
    if plain.len() > VECTOR_BYTES_MAX {
        return None;
    }
    let (version, score) = if let Some(rest) = plain.strip_prefix("CVSS:") {
        (rest.split('/').next()?.to_owned(), plain.parse::<Cvss>().ok()?.score())
    } else {
        ("2.0".to_owned(), plain.parse::<cvss::v2::Vector>().ok()?.score().value())
    };
    let score = (score * 10.0).round() / 10.0;
    let severity = if version == "2.0" { of_version_2(score) } else { Severity::of_score(score) };
    Some(Score { vector: plain.to_owned(), version, score, severity, source: source.to_owned() })
}

const VECTOR_BYTES_MAX: usize = 512;

// NVD's three words for version 2, which has no critical.
fn of_version_2(score: f64) -> Severity {
    match score {
        score if score >= 7.0 => Severity::High,
        score if score >= 4.0 => Severity::Medium,
        _ => Severity::Low,
    }
}

/// The score that counts: the newest version of CVSS, of that the first.
pub(crate) fn best(scores: &[Score]) -> Option<&Score> {
    scores.iter().rev().max_by(|a, b| a.version.cmp(&b.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Vectors and scores as FIRST and NVD publish them.
    #[test]
    fn vectors_score_as_their_specification_says() {
        for (vector, version, expected, severity) in [
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8, Severity::High),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "2.0", 10.0, Severity::High),
            ("(AV:L/AC:H/Au:N/C:C/I:C/A:C)", "2.0", 6.2, Severity::Medium),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.0", 9.8, Severity::Critical),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8, Severity::Critical),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "3.1", 10.0, Severity::Critical),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.1", 6.1, Severity::Medium),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "3.1", 7.8, Severity::High),
            ("CVSS:3.1/AV:P/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", "3.1", 1.8, Severity::Low),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0, Severity::Negligible),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "4.0",
                9.3,
                Severity::Critical,
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
                "4.0",
                10.0,
                Severity::Critical,
            ),
            ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 7.3, Severity::High),
        ] {
            let score = score(vector, "test").unwrap_or_else(|| panic!("{vector} is not read"));
            assert_eq!(
                (score.version.as_str(), score.score, score.severity),
                (version, expected, severity),
                "{vector}"
            );
        }
    }

    #[test]
    fn what_is_no_vector_has_no_score() {
        for vector in ["", "CVSS:3.1/", "CVSS:9.9/AV:N", "high", "CVSS:3.1/AV:Q/AC:L", "AV:N"] {
            assert_eq!(score(vector, "test"), None, "{vector}");
        }
        assert_eq!(score(&format!("CVSS:3.1/{}", "AV:N/".repeat(200)), "test"), None);
    }
}
