//! Shell globs as `fnmatch` reads them, without its path rules: `*` and `?` match `/` too.
//!
//! Extended patterns (`@(a|b)` and the like) become regular expressions; everything else is matched here.

/// Whether the pattern covers all of the text.
pub(crate) fn matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut from) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match step(pattern, at, text, from, ignore_case) {
            Step::Star => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Step::Advance(next) => (at, from) = (next, from + 1),
            Step::Done => return true,
            Step::Fail => match retry {
                // The last star takes one byte more; earlier stars need not change.
                Some((after, taken)) if taken < text.len() => {
                    retry = Some((after, taken + 1));
                    (at, from) = (after, taken + 1);
                }
                _ => return false,
            },
        }
    }
}

enum Step {
    Star,
    Advance(usize),
    Done,
    Fail,
}

fn step(pattern: &[u8], at: usize, text: &[u8], from: usize, ignore_case: bool) -> Step {
    let Some(&letter) = pattern.get(at) else {
        return if from == text.len() { Step::Done } else { Step::Fail };
    };
    if letter == b'*' {
        return Step::Star;
    }
    let Some(&have) = text.get(from) else { return Step::Fail };
    let same = |left: u8, right: u8| left == right || ignore_case && left.eq_ignore_ascii_case(&right);
    match letter {
        b'?' => Step::Advance(at + 1),
        b'[' => match class(pattern, at, have, ignore_case) {
            Some((true, next)) => Step::Advance(next),
            Some((false, _)) => Step::Fail,
            None if same(b'[', have) => Step::Advance(at + 1),
            None => Step::Fail,
        },
        b'\\' if at + 1 < pattern.len() => {
            if same(pattern[at + 1], have) {
                Step::Advance(at + 2)
            } else {
                Step::Fail
            }
        }
        other if same(other, have) => Step::Advance(at + 1),
        _ => Step::Fail,
    }
}

// `[abc]`, `[a-z]`, `[!x]`, `[^x]`; `None` where the bracket is never closed and so is a plain letter.
fn class(pattern: &[u8], open: usize, have: u8, ignore_case: bool) -> Option<(bool, usize)> {
    let mut at = open + 1;
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let mut found = false;
    let first = at;
    loop {
        let mut low = *pattern.get(at)?;
        if low == b']' && at > first {
            return Some((found != negated, at + 1));
        }
        if low == b'\\' {
            at += 1;
            low = *pattern.get(at)?;
        }
        let mut high = low;
        if pattern.get(at + 1) == Some(&b'-') && pattern.get(at + 2).is_some_and(|end| *end != b']') {
            high = pattern[at + 2];
            at += 2;
        }
        let inside = |byte: u8| (low..=high).contains(&byte);
        found |= inside(have)
            || ignore_case && (inside(have.to_ascii_lowercase()) || inside(have.to_ascii_uppercase()));
        at += 1;
    }
}

/// What every text that the pattern covers begins with.
pub(crate) fn literal_start(pattern: &str) -> &str {
    let end = pattern.find(|letter| "*?[\\+@!".contains(letter)).unwrap_or(pattern.len());
    &pattern[..end]
}

/// Whether the pattern uses `fnmatch`'s extended forms.
pub(crate) fn is_extended(pattern: &str) -> bool {
    pattern.as_bytes().windows(2).any(|pair| b"?*+@!".contains(&pair[0]) && pair[1] == b'(')
}

/// An extended pattern as a regular expression; `None` for what has none: `!(…)`, an open bracket.
pub(crate) fn to_regex(pattern: &str) -> Option<String> {
    let mut regex = String::from("(?s:");
    let mut closers: Vec<&str> = Vec::new();
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        match (letter, letters.get(at + 1)) {
            ('!', Some('(')) => return None,
            ('?' | '*' | '+' | '@', Some('(')) => {
                regex.push_str("(?:");
                closers.push(match letter {
                    '?' => ")?",
                    '*' => ")*",
                    '+' => ")+",
                    _ => ")",
                });
                at += 1;
            }
            (')', _) if !closers.is_empty() => regex.push_str(closers.pop()?),
            ('|', _) if !closers.is_empty() => regex.push('|'),
            ('*', _) => regex.push_str(".*"),
            ('?', _) => regex.push('.'),
            ('\\', Some(next)) => {
                regex.push_str(&regex::escape(&next.to_string()));
                at += 1;
            }
            ('[', _) => {
                let end = at + 2 + letters.get(at + 2..)?.iter().position(|letter| *letter == ']')?;
                let inner: String = letters[at + 1..end].iter().collect();
                let inner = inner.strip_prefix('!').map_or(inner.clone(), |rest| format!("^{rest}"));
                regex.push_str(&format!("[{}]", inner.replace('[', "\\[")));
                at = end;
            }
            (other, _) => regex.push_str(&regex::escape(&other.to_string())),
        }
        at += 1;
    }
    regex.push(')');
    closers.is_empty().then_some(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_fnmatch_does() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("*", "/a/b", true),
            ("/etc/*.conf", "/etc/a/b.conf", true),
            ("/etc/?", "/etc/", false),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[ab", "[ab", true),
            (r"\*", "*", true),
            (r"\*", "x", false),
            ("Ab", "aB", false),
        ] {
            assert_eq!(matches(pattern, text, false), expected, "{pattern} {text}");
        }
        assert!(matches("A[b-c]*", "aBx", true));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        assert!(!matches(&"*a".repeat(60), &"a".repeat(59), false));
    }

    #[test]
    fn extended_globs_become_regular_expressions() {
        let regex = |pattern: &str| {
            regex::Regex::new(&format!("^{}$", to_regex(pattern).expect(pattern))).expect(pattern)
        };
        assert!(regex("@(ba|z)sh").is_match("bash"));
        assert!(!regex("@(ba|z)sh").is_match("fish"));
        assert!(regex("a+(b|c)?x*").is_match("abcbQxyz"));
        assert_eq!(to_regex("!(a)"), None);
        assert_eq!(to_regex("@(a"), None);
    }
}
