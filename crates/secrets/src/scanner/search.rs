//! From keywords to candidates: where rules' expressions hold.
//!
//! INVARIANT: a rule's expression meets a byte at most twice, however many keywords stand around it: windows that touch
//! become one region, and regions of one rule do not overlap but for what a match needs behind its end.

use memchr::{memchr, memrchr};

use crate::{
    assignment,
    context::FileKind,
    limits::{CANDIDATES_PER_FILE_MAX, WINDOW_BYTES_MAX},
    pattern::Pattern,
    rule::{Rule, Shape, Window},
    rules::{Entry, Rules, Word},
};

/// A catch, before anything was said against it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) rule: u32,
    /// The secret.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The whole match.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) quoted: bool,
}

/// Up to this size an expression that is meant for a whole file meets the whole file.
const WHOLE_BYTES_MAX: usize = 4 << 20;

pub(super) fn candidates(rules: &Rules, path: &str, kind: FileKind, text: &[u8]) -> Vec<Candidate> {
    let Some(index) = rules.index() else { return Vec::new() };
    let mut search = Search {
        rules: &rules.rules,
        path,
        text,
        regions: vec![Region::default(); rules.rules.len()],
        touched: Vec::new(),
        candidates: Vec::new(),
    };
    let assigned = !kind.lock && !kind.minified;
    for hit in index.automaton.find_overlapping_iter(text) {
        let word = &index.words[hit.pattern().as_usize()];
        search.hit(word, hit.start(), hit.end(), assigned);
        if search.candidates.len() >= CANDIDATES_PER_FILE_MAX {
            break;
        }
    }
    for rule in &index.always {
        search.widen(*rule, 0, 0);
    }
    search.finish()
}

struct Search<'s> {
    rules: &'s [Rule],
    path: &'s str,
    text: &'s [u8],
    regions: Vec<Region>,
    touched: Vec<u32>,
    candidates: Vec<Candidate>,
}

// The bytes of a rule that wait for its expression, and how far it has been.
#[derive(Debug, Clone, Copy, Default)]
struct Region {
    start: usize,
    end: usize,
    // Where the last match ended.
    floor: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Untouched,
    // The rule is not for this path.
    Elsewhere,
    Open,
}

impl<'s> Search<'s> {
    fn hit(&mut self, word: &Word, start: usize, end: usize, assigned: bool) {
        let met = &self.text[start..end];
        let counts = |entry: &&Entry| entry.exact.as_deref().is_none_or(|exact| exact == met);
        for entry in word.tokens.iter().filter(counts) {
            self.widen(entry.rule, start, end);
        }
        if !assigned || word.assigned.is_empty() {
            return;
        }
        let Some(value) = assignment::value_after(self.text, start, end) else { return };
        let bytes = &self.text[value.start..value.end];
        let from = assignment::name_start(self.text, start);
        let name = &self.text[from..value.start];
        for entry in word.assigned.iter().filter(counts) {
            let rule: &'s Rule = &self.rules[entry.rule as usize];
            if let Shape::Assigned(pattern) = &rule.shape
                && rule.name.as_ref().is_none_or(|wanted| wanted.is_match(name))
                && pattern.is_match(bytes)
                && self.is_here(entry.rule)
            {
                self.candidates.push(Candidate {
                    rule: entry.rule,
                    start: value.start,
                    end: value.end,
                    from,
                    to: value.end,
                    quoted: value.quoted,
                });
            }
        }
    }

    fn is_here(&mut self, number: u32) -> bool {
        let rule: &'s Rule = &self.rules[number as usize];
        let region = &mut self.regions[number as usize];
        if region.state == State::Untouched {
            let here = rule.path.as_ref().is_none_or(|path| path.is_match(self.path.as_bytes()));
            region.state = if here { State::Open } else { State::Elsewhere };
            self.touched.push(number);
        }
        region.state == State::Open
    }

    fn widen(&mut self, number: u32, start: usize, end: usize) {
        if !self.is_here(number) {
            return;
        }
        let (from, to) = self.window(self.rules[number as usize].window, start, end);
        let region = &mut self.regions[number as usize];
        if from <= region.end {
            // Hits come in the order of their ends, so a later one may begin earlier.
            region.start = region.start.min(from);
            region.end = region.end.max(to);
            return;
        }
        self.flush(number);
        let region = &mut self.regions[number as usize];
        (region.start, region.end) = (from, to);
    }

    fn window(&self, window: Window, start: usize, end: usize) -> (usize, usize) {
        let around = |bytes: usize| (start.saturating_sub(bytes), (end + bytes).min(self.text.len()));
        match window {
            Window::File if self.text.len() <= WHOLE_BYTES_MAX => (0, self.text.len()),
            Window::File => around(WINDOW_BYTES_MAX),
            Window::Lines(bytes) => around(bytes),
            Window::Line(bytes) => {
                let (from, to) = around(bytes);
                let head = memrchr(b'\n', &self.text[from..start]).map_or(from, |at| from + at + 1);
                let tail = memchr(b'\n', &self.text[end..to]).map_or(to, |at| end + at);
                (head, tail)
            }
        }
    }

    fn flush(&mut self, number: u32) {
        let region = self.regions[number as usize];
        let rule: &'s Rule = &self.rules[number as usize];
        let Shape::Token(pattern, group) = &rule.shape else { return };
        if region.end <= region.start {
            return;
        }
        let floor = self.matches(number, pattern, *group, region, ends_at_line(rule.window));
        self.regions[number as usize].floor = floor;
    }

    fn matches(
        &mut self,
        number: u32,
        pattern: &Pattern,
        group: Option<usize>,
        region: Region,
        line: bool,
    ) -> usize {
        let Some(regex) = pattern.regex() else { return region.floor };
        // What stands behind the region is seen, so that a match is not cut off, unless the line ends there.
        let mut end = (region.end + WINDOW_BYTES_MAX).min(self.text.len());
        if line {
            end = memchr(b'\n', &self.text[region.end..end]).map_or(end, |at| region.end + at);
        }
        let text = &self.text[..end];
        let mut at = region.start.max(region.floor);
        while at < region.end && self.candidates.len() < CANDIDATES_PER_FILE_MAX {
            let Some(whole) = regex.find_at(text, at) else { break };
            if whole.start() >= region.end {
                break;
            }
            let secret = if regex.captures_len() == 1 {
                Some(whole)
            } else {
                let groups = regex.captures_at(text, at);
                groups.and_then(|groups| match group {
                    Some(group) => groups.get(group),
                    None => groups.iter().skip(1).flatten().find(|group| !group.is_empty()).or(Some(whole)),
                })
            };
            if let Some(secret) = secret {
                self.candidates.push(Candidate {
                    rule: number,
                    start: secret.start(),
                    end: secret.end(),
                    from: whole.start(),
                    to: whole.end(),
                    quoted: false,
                });
            }
            // What ends one may begin the next.
            at = secret.map_or(whole.end(), |secret| secret.end()).max(at + 1);
        }
        at.max(region.floor).min(region.end.max(region.floor))
    }

    fn finish(mut self) -> Vec<Candidate> {
        for number in std::mem::take(&mut self.touched) {
            self.flush(number);
        }
        self.candidates
    }
}

fn ends_at_line(window: Window) -> bool {
    matches!(window, Window::Line(_))
}
