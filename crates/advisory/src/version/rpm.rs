//! RPM's order: epoch, version, release, each by `rpmvercmp`.

use std::cmp::Ordering;

use super::digits;

/// Compares two EVR strings. A missing epoch is zero; a missing release is before any release.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, version_a, release_a), (epoch_b, version_b, release_b)) = (parse(a), parse(b));
    digits::compare(epoch_a, epoch_b)
        .then_with(|| segments(version_a.as_bytes(), version_b.as_bytes()))
        .then_with(|| match (release_a, release_b) {
            (Some(a), Some(b)) => segments(a.as_bytes(), b.as_bytes()),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
}

/// Epoch, version, release. A colon after anything but digits belongs to the version, as in rpm's `parseEVR`.
pub(super) fn parse(evr: &str) -> (&str, &str, Option<&str>) {
    let (epoch, rest) = match digits::take(evr) {
        (number, rest) if rest.starts_with(':') => (number, &rest[1..]),
        _ => ("", evr),
    };
    match rest.rsplit_once('-') {
        Some((version, release)) => (epoch, version, Some(release)),
        None => (epoch, rest, None),
    }
}

/// `rpmvercmp`: runs of letters or digits; everything else only separates; `~` is before the end, `^` after it.
fn segments(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        (a, b) = (skip(a), skip(b));
        match (a.first(), b.first()) {
            (Some(b'~'), Some(b'~')) | (Some(b'^'), Some(b'^')) => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            (Some(b'~'), _) => return Ordering::Less,
            (_, Some(b'~')) => return Ordering::Greater,
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(b'^'), Some(_)) => return Ordering::Less,
            (Some(_), Some(b'^')) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() != y.is_ascii_digit() => {
                return x.is_ascii_digit().cmp(&y.is_ascii_digit());
            }
            (Some(x), Some(_)) => {
                let numeric = x.is_ascii_digit();
                let ((run_a, rest_a), (run_b, rest_b)) = (run(a, numeric), run(b, numeric));
                let order = if numeric { number(run_a, run_b) } else { run_a.cmp(run_b) };
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
        }
    }
}

fn skip(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|c| c.is_ascii_alphanumeric() || matches!(c, b'~' | b'^'));
    &text[start.unwrap_or(text.len())..]
}

pub(super) fn run(text: &[u8], numeric: bool) -> (&[u8], &[u8]) {
    let inside = |c: &u8| if numeric { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
    text.split_at(text.iter().position(|c| !inside(c)).unwrap_or(text.len()))
}

pub(super) fn number(a: &[u8], b: &[u8]) -> Ordering {
    let strip = |text: &[u8]| text.iter().position(|c| *c != b'0').unwrap_or(text.len());
    let (a, b) = (&a[strip(a)..], &b[strip(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
