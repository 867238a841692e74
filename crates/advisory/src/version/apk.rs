//! Alpine's order (apk-tools): numbers, a letter, suffixes, a commit, a revision.
//!
//! A version is a list of tokens. The first token that differs decides; where the kinds differ, the order of [`Token`]
//! does. apk calls some of these lists invalid and still orders them: what cannot be read comes before everything but a
//! pre-release suffix.

use std::cmp::Ordering;

use super::digits;

/// Compares two apk versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (Reader::new(a), Reader::new(b));
    loop {
        let (a, b) = (left.next(), right.next());
        let order = a.rank().cmp(&b.rank()).then_with(|| a.value(&b));
        if order.is_ne() || matches!(a, Token::End | Token::Invalid) {
            return order;
        }
    }
}

enum Token<'a> {
    /// `_alpha` (0), `_beta`, `_pre`, `_rc`: before the end.
    PreRelease(u8),
    Invalid,
    End,
    Revision(&'a str),
    Commit(&'a str),
    SuffixNumber(&'a str),
    /// `_cvs` (0), `_svn`, `_git`, `_hg`, `_p`: after the end.
    PostRelease(u8),
    Letter(u8),
    Number(&'a str, First),
}

#[derive(Clone, Copy, PartialEq)]
enum First {
    Yes,
    No,
}

impl Token<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::PreRelease(_) => 0,
            Self::Invalid => 1,
            Self::End => 2,
            Self::Revision(_) => 3,
            Self::Commit(_) => 4,
            Self::SuffixNumber(_) => 5,
            Self::PostRelease(_) => 6,
            Self::Letter(_) => 7,
            Self::Number(..) => 8,
        }
    }

    fn value(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::PreRelease(a), Self::PreRelease(b)) | (Self::PostRelease(a), Self::PostRelease(b)) => {
                a.cmp(b)
            }
            (Self::Revision(a), Self::Revision(b)) | (Self::SuffixNumber(a), Self::SuffixNumber(b)) => {
                digits::compare(a, b)
            }
            (Self::Commit(a), Self::Commit(b)) => a.cmp(b),
            (Self::Letter(a), Self::Letter(b)) => a.cmp(b),
            // A part that starts with zero is compared as text, like a decimal fraction.
            (Self::Number(a, First::No), Self::Number(b, First::No))
                if a.starts_with('0') || b.starts_with('0') =>
            {
                a.cmp(b)
            }
            (Self::Number(a, _), Self::Number(b, _)) => digits::compare(a, b),
            _ => Ordering::Equal,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Commit,
    Revision,
    Broken,
}

struct Reader<'a> {
    rest: &'a str,
    state: State,
}

const PRE: &[&str] = &["alpha", "beta", "pre", "rc"];
const POST: &[&str] = &["cvs", "svn", "git", "hg", "p"];

impl<'a> Reader<'a> {
    fn new(version: &'a str) -> Self {
        Self { rest: version, state: State::Start }
    }

    fn next(&mut self) -> Token<'a> {
        if self.state == State::Start {
            return self.number(First::Yes);
        }
        if self.state == State::Broken {
            return Token::Invalid;
        }
        let Some(first) = self.rest.bytes().next() else { return Token::End };
        match (first, self.state) {
            (b'.', State::Number | State::Letter) => self.after_dot(),
            (b'a'..=b'z', State::Number) => self.letter(),
            (b'0'..=b'9', State::Letter) => self.number(First::No),
            (b'0'..=b'9', State::Suffix) => {
                let (number, rest) = digits::take(self.rest);
                (self.rest, self.state) = (rest, State::SuffixNumber);
                Token::SuffixNumber(number)
            }
            (b'_', State::Number | State::Letter | State::Suffix | State::SuffixNumber) => self.suffix(),
            (b'~', state) if state != State::Revision && state != State::Commit => self.commit(),
            (b'-', state) if state != State::Revision => self.revision(),
            _ => self.broken(),
        }
    }

    fn broken(&mut self) -> Token<'a> {
        self.state = State::Broken;
        Token::Invalid
    }

    fn number(&mut self, first: First) -> Token<'a> {
        let (number, rest) = digits::take(self.rest);
        (self.rest, self.state) = (rest, State::Number);
        Token::Number(number, first)
    }

    fn after_dot(&mut self) -> Token<'a> {
        self.rest = &self.rest[1..];
        match self.rest.bytes().next() {
            Some(b'a'..=b'z') => self.letter(),
            _ => self.number(First::No),
        }
    }

    fn letter(&mut self) -> Token<'a> {
        let letter = self.rest.as_bytes()[0];
        (self.rest, self.state) = (&self.rest[1..], State::Letter);
        Token::Letter(letter)
    }

    fn suffix(&mut self) -> Token<'a> {
        let rest = &self.rest[1..];
        for (names, early) in [(PRE, true), (POST, false)] {
            for (name, rank) in names.iter().zip(0u8..) {
                if let Some(rest) = rest.strip_prefix(name) {
                    (self.rest, self.state) = (rest, State::Suffix);
                    return if early { Token::PreRelease(rank) } else { Token::PostRelease(rank) };
                }
            }
        }
        self.broken()
    }

    fn commit(&mut self) -> Token<'a> {
        let rest = &self.rest[1..];
        let end = rest.bytes().position(|c| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let (commit, rest) = rest.split_at(end);
        (self.rest, self.state) = (rest, State::Commit);
        Token::Commit(commit)
    }

    // A hyphen that starts no `-rNUMBER` counts as revision zero with something unreadable behind it.
    fn revision(&mut self) -> Token<'a> {
        let (number, rest) = digits::take(self.rest.strip_prefix("-r").unwrap_or_default());
        self.state = if number.is_empty() { State::Broken } else { State::Revision };
        self.rest = rest;
        Token::Revision(number)
    }
}
