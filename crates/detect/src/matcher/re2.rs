//! RE2's dialect of regular expressions in the words of the crate `regex`.
//!
//! The two are siblings. They differ in what a bracket or a brace means that fits no construct: RE2 takes it as the
//! letter it is, `regex` refuses it or finds a set operation in it.

/// The pattern as `regex` has to read it to find what RE2 finds.
pub(crate) fn to_regex(pattern: &str) -> String {
    let letters: Vec<char> = pattern.chars().collect();
    let mut plain = String::with_capacity(pattern.len() + 8);
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        match letter {
            '\\' => at = escape(&letters, at, &mut plain),
            '[' => at = class(&letters, at, &mut plain),
            '{' if !is_repetition(&letters[at..]) => {
                plain.push_str("\\{");
                at += 1;
            }
            other => {
                plain.push(other);
                at += 1;
            }
        }
    }
    plain
}

// `\<` and `\>` are letters in RE2 and ends of words in `regex`.
fn escape(letters: &[char], at: usize, plain: &mut String) -> usize {
    match letters.get(at + 1) {
        Some(letter @ ('<' | '>')) => plain.push(*letter),
        Some(letter) => plain.extend(['\\', *letter]),
        None => plain.push('\\'),
    }
    at + 2
}

fn is_repetition(letters: &[char]) -> bool {
    let Some(end) = letters.iter().position(|letter| *letter == '}') else { return false };
    let text: String = letters[1..end].iter().collect();
    let (least, most) = text.split_once(',').unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

// A class up to its closing bracket. One that is never closed is left for `regex` to refuse.
fn class(letters: &[char], open: usize, plain: &mut String) -> usize {
    plain.push('[');
    let mut at = open + 1;
    if letters.get(at) == Some(&'^') {
        plain.push('^');
        at += 1;
    }
    let first = at;
    while let Some(&letter) = letters.get(at) {
        match (letter, letters.get(at + 1)) {
            (']', _) if at > first => {
                plain.push(']');
                return at + 1;
            }
            ('\\', Some(_)) => {
                at = escape(letters, at, plain);
                continue;
            }
            ('[', Some(':')) => match named_class(&letters[at..]) {
                Some(name) => {
                    plain.push_str(&name);
                    at += name.chars().count();
                    continue;
                }
                None => plain.push_str("\\["),
            },
            ('[' | ']' | '&' | '~', _) => plain.extend(['\\', letter]),
            // Two signs in a row are a set operation.
            ('-', Some('-')) => plain.push_str("\\-"),
            _ => plain.push(letter),
        }
        at += 1;
    }
    at
}

fn named_class(letters: &[char]) -> Option<String> {
    let end = letters.windows(2).skip(2).position(|pair| pair == [':', ']'])? + 2;
    let name: String = letters[..end + 2].iter().collect();
    name[2..name.len() - 2]
        .chars()
        .all(|letter| letter.is_ascii_alphabetic() || letter == '^')
        .then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let source = to_regex(pattern);
        let regex = regex::Regex::new(&format!(r"\A(?:{source})\z"))
            .unwrap_or_else(|error| panic!("{pattern} -> {source}: {error}"));
        assert_eq!(regex.is_match(text), expected, "{pattern} -> {source} on {text}");
    }

    #[test]
    fn what_re2_takes_as_letters_is_taken_as_letters() {
        for (pattern, text, expected) in [
            ("a{2}", "aa", true),
            ("a{2,}", "aaa", true),
            ("a{1,2}b", "aab", true),
            ("${HOME}", "${HOME}", false),
            (r"\$\{HOME}", "${HOME}", true),
            (r"\${HOME}", "${HOME}", true),
            ("a{,2}", "a{,2}", true),
            ("{", "{", true),
            ("[[]x", "[x", true),
            ("[]a]", "]", true),
            ("[^]a]", "b", true),
            ("[a&&b]", "&", true),
            ("[a~~b]", "~", true),
            ("[a--]", "-", true),
            ("[[:digit:]]+", "42", true),
            ("[^[:space:]]+", "a b", false),
            (r"[\]]", "]", true),
            (r"\<x\>", "<x>", true),
            (r"/etc/(passwd|shadow)", "/etc/shadow", true),
            (r"\/etc\/.*", "/etc/x", true),
        ] {
            check(pattern, text, expected);
        }
    }
}
