//! Names inside archives, made clean: relative, without `.` and `..`, capped.

use std::borrow::Cow;

use crate::limits;

/// A cleaned name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clean {
    /// It tried to climb above its root; `..` there was dropped, as container runtimes do.
    pub(crate) escapes: bool,
    /// It was longer than the ceiling; the name is cut.
    pub(crate) too_long: bool,
}

/// Writes the clean form of `raw` into `out`, whose memory is used again and again.
pub(crate) fn clean(raw: &[u8], out: &mut String) -> Clean {
    out.clear();
    let too_long = raw.len() > limits::PATH_BYTES_MAX;
    let raw = &raw[..raw.len().min(limits::PATH_BYTES_MAX)];
    let text: Cow<str> = match std::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(raw),
    };
    let escapes = clean_text(&text, out);
    Clean { escapes, too_long }
}

fn clean_text(text: &str, out: &mut String) -> bool {
    let mut escapes = false;
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                escapes |= out.is_empty();
                out.truncate(out.rfind('/').unwrap_or(0));
            }
            _ => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(part);
            }
        }
    }
    escapes
}

/// A path cut into its folder and its last name.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: &str, escapes: bool) {
        let mut out = String::from("left over");
        let clean = clean(raw.as_bytes(), &mut out);
        assert_eq!((out.as_str(), clean.escapes), (expected, escapes), "{raw}");
    }

    #[test]
    fn names_become_relative_and_stay_below_their_root() {
        check("./usr/bin/env", "usr/bin/env", false);
        check("/usr//bin/./env/", "usr/bin/env", false);
        check("a/../b", "b", false);
        check("../../etc/passwd", "etc/passwd", true);
        check("a/../../b", "b", true);
        check("./", "", false);
        check("..", "", true);
        check("a/..b/c..", "a/..b/c..", false);
    }

    #[test]
    fn names_past_the_ceiling_are_cut_and_said_to_be() {
        let mut out = String::new();
        let long = "x".repeat(limits::PATH_BYTES_MAX + 1);
        assert!(clean(long.as_bytes(), &mut out).too_long);
        assert_eq!(out.len(), limits::PATH_BYTES_MAX);
        assert!(!clean(b"caf\xff", &mut out).too_long);
    }
}
