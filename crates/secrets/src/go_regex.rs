//! Go's expressions in the words of ours.
//!
//! Both are RE2's language; where they differ: Go takes `{` that begins no repetition, `[` and `&&` inside a class, and
//! `\Q…\E` as literals, and knows `\z` and `\Z`. Everything else is passed on as it is.

/// The same expression, written so that our engine takes it.
pub(crate) fn translated(go: &str) -> String {
    let text: Vec<char> = go.chars().collect();
    let mut out = String::with_capacity(go.len() + 8);
    let mut at = 0;
    while let Some(character) = text.get(at) {
        at = match character {
            '\\' => escape(&text, at, &mut out),
            '[' => class(&text, at, &mut out),
            '{' if !is_repetition(&text, at) => literal('{', at, &mut out),
            other => {
                out.push(*other);
                at + 1
            }
        };
    }
    out
}

fn literal(character: char, at: usize, out: &mut String) -> usize {
    out.push('\\');
    out.push(character);
    at + 1
}

fn escape(text: &[char], at: usize, out: &mut String) -> usize {
    match text.get(at + 1) {
        Some('Q') => {
            let rest = &text[at + 2..];
            let end = rest.windows(2).position(|pair| pair == ['\\', 'E']).unwrap_or(rest.len());
            let quoted: String = rest[..end].iter().collect();
            out.push_str(&regex::escape(&quoted));
            (at + 4 + end).min(text.len())
        }
        Some('Z') => {
            out.push_str("\\z");
            at + 2
        }
        Some(next) if next.is_ascii_digit() && *next == '0' => {
            // Octal, at most three digits.
            let digits: String =
                text[at + 1..].iter().take(3).take_while(|digit| ('0'..='7').contains(*digit)).collect();
            let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
            out.push_str(&format!("\\x{{{code:x}}}"));
            at + 1 + digits.len()
        }
        // Escaped characters that need none, which our engine refuses for letters only.
        Some(next) => {
            if *next == '_' || *next == ' ' || !next.is_ascii() {
                out.push(*next);
            } else {
                out.push('\\');
                out.push(*next);
            }
            at + 2
        }
        None => {
            out.push('\\');
            at + 1
        }
    }
}

fn class(text: &[char], start: usize, out: &mut String) -> usize {
    out.push('[');
    let mut at = start + 1;
    if text.get(at) == Some(&'^') {
        out.push('^');
        at += 1;
    }
    let first = at;
    while let Some(character) = text.get(at) {
        at = match character {
            ']' if at > first => {
                out.push(']');
                return at + 1;
            }
            ']' => literal(']', at, out),
            '\\' => escape(text, at, out),
            '[' if text.get(at + 1) == Some(&':') => match posix(text, at) {
                Some(end) => {
                    out.extend(&text[at..end]);
                    end
                }
                None => literal('[', at, out),
            },
            '[' | '~' => literal(*character, at, out),
            '&' => literal('&', at, out),
            '-' if at > first && text.get(at + 1) == Some(&'-') => literal('-', at, out),
            other => {
                out.push(*other);
                at + 1
            }
        };
    }
    at
}

// The end of `[:alpha:]`.
fn posix(text: &[char], at: usize) -> Option<usize> {
    let end = text.get(at + 2..)?.windows(2).position(|pair| pair == [':', ']'])?;
    (end < 12).then_some(at + 2 + end + 2)
}

fn is_repetition(text: &[char], at: usize) -> bool {
    let Some(end) = text[at..].iter().take(16).position(|character| *character == '}') else { return false };
    let body: String = text[at + 1..at + end].iter().collect();
    let (low, high) = body.split_once(',').unwrap_or((&body, "0"));
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number(low) && (high.is_empty() || number(high))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::translated;

    #[test]
    fn what_go_takes_is_taken_with_the_same_meaning() {
        for (go, yes, no) in [
            (r"^\$(?:\d+|{\d+})$", "${12}", "$a"),
            (r"^\{\d{0,2}}$", "{12}", "{123}"),
            (r"[[a-z]+x", "[ax", "1x1"),
            (r"[a&&b]+", "&&", "c"),
            (r"\Qa.b{\E+", "a.b{{", "axb{"),
            (r"[\w.-]{2,3}\z", "a-", "é"),
            (r"a{,2}", "a{,2}", "aa"),
            (r"[]a]+", "]", "b"),
            (r"[[:alpha:]_]+", "a_", "12"),
            (r"(?i)ab\_c\-d", "AB_C-D", "abcd"),
            (r"\x60'\x{22}", "`'\"", "x"),
            (r"[+--]", "-", "a"),
        ] {
            let regex = Regex::new(&translated(go)).unwrap_or_else(|error| panic!("{go}: {error}"));
            assert!(regex.is_match(yes.as_bytes()), "{go} takes {yes}");
            assert!(!regex.is_match(no.as_bytes()), "{go} refuses {no}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_translated(text in "[\\[\\]{}\\\\QE:^,0-9a&~.-]{0,40}") {
            let _ = Regex::new(&translated(&text));
        }
    }
}
