//! Answering many text predicates on one value at once: a table for equality, trees for beginnings and ends, one
//! Aho-Corasick automaton for what stands anywhere.
//!
//! Nearly every value of nearly every event holds none of the texts. So each begins with something that says *no* in a few
//! nanoseconds: a filter of bits before the table, labels of many bytes in the trees, a sieve before the automaton.
//!
//! Each finds the predicates that hold; a predicate that is found twice is reported twice.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{
    hash::FastMap,
    sieve::{Bits, Sieve},
};

/// Index of a predicate in its engine.
pub(crate) type PredicateId = u32;

/// Texts that a value may equal.
#[derive(Debug, Default)]
pub(crate) struct Equal {
    // Bit n: some text has n bytes; bit 63: some text has 63 or more.
    lengths: u64,
    filter: Bits,
    texts: FastMap<Box<str>, Box<[PredicateId]>>,
}

fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

// Of length and last bytes: paths differ most at their end.
fn mark(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let last = match bytes.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    last ^ (bytes.len() as u64) << 56
}

impl Equal {
    pub(crate) fn new(patterns: &[(&str, PredicateId)]) -> Self {
        let mut texts: FastMap<Box<str>, Vec<PredicateId>> = FastMap::default();
        for (text, predicate) in patterns {
            texts.entry((*text).into()).or_default().push(*predicate);
        }
        Self {
            lengths: texts.keys().fold(0, |bits, text| bits | length_bit(text.len())),
            filter: Bits::new(texts.len(), texts.keys().map(|text| mark(text))),
            texts: texts.into_iter().map(|(text, predicates)| (text, predicates.into())).collect(),
        }
    }

    pub(crate) fn find(&self, text: &str, hit: &mut impl FnMut(PredicateId)) {
        if self.lengths & length_bit(text.len()) == 0 || !self.filter.may_have(mark(text)) {
            return;
        }
        if let Some(predicates) = self.texts.get(text) {
            predicates.iter().copied().for_each(hit);
        }
    }
}

/// Which end of a value a [`Tree`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Texts the value may begin with.
    Front,
    /// Texts the value may end with.
    Back,
}

/// Texts that a value may begin or end with.
///
/// What several texts share exists once: a node is the bytes that lead to it, as many as its texts have in common.
/// Nodes, their bytes and their predicates lie in three tables.
#[derive(Debug)]
pub(crate) struct Tree {
    end: End,
    nodes: Box<[TreeNode]>,
    labels: Box<[u8]>,
    predicates: Box<[PredicateId]>,
    // Of each byte at that end: the node; 0 where there is none. Most values are told apart here.
    first: Box<[u32; 256]>,
    // Of texts without a byte.
    always: Box<[PredicateId]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct TreeNode {
    label: u32,
    label_end: u32,
    predicates: u32,
    predicates_end: u32,
    // Side by side; none where both are equal.
    children: u32,
    children_end: u32,
}

impl Tree {
    pub(crate) fn new(end: End, patterns: &[(&str, PredicateId)]) -> Self {
        // Bytes in the order in which they are compared, so that common beginnings are common ends for `End::Back`.
        let mut texts: Vec<(Vec<u8>, PredicateId)> = patterns
            .iter()
            .map(|(text, predicate)| {
                let mut bytes = text.as_bytes().to_vec();
                if end == End::Back {
                    bytes.reverse();
                }
                (bytes, *predicate)
            })
            .collect();
        texts.sort_unstable();
        let empty = texts.partition_point(|(bytes, _)| bytes.is_empty());
        let always = texts.drain(..empty).map(|(_, predicate)| predicate).collect();
        let mut build = TreeBuild { end, nodes: vec![TreeNode::default()], ..TreeBuild::default() };
        let mut first = Box::new([0; 256]);
        let roots = build.level(&texts, 0, 0);
        for node in roots.clone() {
            first[usize::from(build.first_byte(node))] = small(node);
        }
        build.descend(&texts, roots);
        Self {
            end,
            nodes: build.nodes.into(),
            labels: build.labels.into(),
            predicates: build.predicates.into(),
            first,
            always,
        }
    }

    pub(crate) fn find(&self, text: &str, hit: &mut impl FnMut(PredicateId)) {
        self.always.iter().copied().for_each(&mut *hit);
        let mut rest = text.as_bytes();
        let Some(byte) = self.outer(rest) else { return };
        let mut at = self.first[usize::from(byte)];
        while at != 0 {
            let node = self.nodes[at as usize];
            let label = &self.labels[node.label as usize..node.label_end as usize];
            let left = match self.end {
                End::Front => rest.strip_prefix(label),
                End::Back => rest.strip_suffix(label),
            };
            let Some(left) = left else { return };
            rest = left;
            let predicates = &self.predicates[node.predicates as usize..node.predicates_end as usize];
            predicates.iter().copied().for_each(&mut *hit);
            let Some(byte) = self.outer(rest) else { return };
            let mut children = node.children..node.children_end;
            at = children.find(|child| self.outer_of_label(*child) == byte).unwrap_or(0);
        }
    }

    fn outer(&self, bytes: &[u8]) -> Option<u8> {
        match self.end {
            End::Front => bytes.first().copied(),
            End::Back => bytes.last().copied(),
        }
    }

    fn outer_of_label(&self, node: u32) -> u8 {
        let node = self.nodes[node as usize];
        match self.end {
            End::Front => self.labels[node.label as usize],
            End::Back => self.labels[node.label_end as usize - 1],
        }
    }
}

struct TreeBuild {
    end: End,
    nodes: Vec<TreeNode>,
    labels: Vec<u8>,
    predicates: Vec<PredicateId>,
    // Of each node but the first: its texts, by place, and how many of their bytes lead to its end.
    below: Vec<(std::ops::Range<usize>, usize)>,
}

impl Default for TreeBuild {
    fn default() -> Self {
        Self {
            end: End::Front,
            nodes: Vec::new(),
            labels: Vec::new(),
            predicates: Vec::new(),
            below: vec![(0..0, 0)],
        }
    }
}

impl TreeBuild {
    // Makes a node for each byte that texts, sorted and longer than `depth`, have there. `offset` is the place of the
    // first of them among all.
    fn level(
        &mut self,
        texts: &[(Vec<u8>, PredicateId)],
        offset: usize,
        depth: usize,
    ) -> std::ops::Range<usize> {
        let begin = self.nodes.len();
        let mut start = 0;
        while start < texts.len() {
            let byte = texts[start].0[depth];
            let count = texts[start..].partition_point(|(bytes, _)| bytes[depth] == byte);
            let alike = &texts[start..start + count];
            // Sorted: what the first and the last share, all share.
            let (one, other) = (&alike[0].0[depth..], &alike[count - 1].0[depth..]);
            let shared = one.iter().zip(other).take_while(|(one, other)| one == other).count();
            let mut label = one[..shared].to_vec();
            if self.end == End::Back {
                label.reverse();
            }
            let ended = alike.partition_point(|(bytes, _)| bytes.len() == depth + shared);
            let (label_start, predicates) = (small(self.labels.len()), small(self.predicates.len()));
            self.labels.extend(label);
            self.predicates.extend(alike[..ended].iter().map(|(_, predicate)| *predicate));
            self.nodes.push(TreeNode {
                label: label_start,
                label_end: small(self.labels.len()),
                predicates,
                predicates_end: small(self.predicates.len()),
                ..TreeNode::default()
            });
            let range = offset + start + ended..offset + start + count;
            self.below.push((range, depth + shared));
            start += count;
        }
        begin..self.nodes.len()
    }

    // Level by level, so that children lie side by side; a text may be longer than the stack is deep.
    fn descend(&mut self, texts: &[(Vec<u8>, PredicateId)], roots: std::ops::Range<usize>) {
        let mut at = roots.start;
        while at < self.nodes.len() {
            let (range, depth) = self.below[at].clone();
            let children = self.level(&texts[range.clone()], range.start, depth);
            self.nodes[at].children = small(children.start);
            self.nodes[at].children_end = small(children.end);
            at += 1;
        }
    }

    fn first_byte(&self, node: usize) -> u8 {
        let node = self.nodes[node];
        match self.end {
            End::Front => self.labels[node.label as usize],
            End::Back => self.labels[node.label_end as usize - 1],
        }
    }
}

fn small(index: usize) -> u32 {
    u32::try_from(index).expect("limits.rs bounds all texts")
}

/// Texts that may stand anywhere in a value.
#[derive(Debug)]
pub(crate) struct Anywhere {
    sieve: Sieve,
    automaton: AhoCorasick,
    predicates: Vec<Box<[PredicateId]>>,
    always: Vec<PredicateId>,
}

// A table of all transitions is the fastest automaton and the largest: some 64 classes of bytes times 4 bytes a state.
const DFA_PATTERN_BYTES_MAX: usize = 32 << 10;

impl Anywhere {
    /// `None` when the automaton cannot be built, which the limits on conditions rule out.
    pub(crate) fn new(patterns: &[(&str, PredicateId)], ignore_case: bool) -> Option<Self> {
        let mut texts: std::collections::BTreeMap<String, Vec<PredicateId>> =
            std::collections::BTreeMap::new();
        let mut always = Vec::new();
        for (text, predicate) in patterns {
            if text.is_empty() {
                always.push(*predicate);
            } else {
                let text = if ignore_case { text.to_ascii_lowercase() } else { (*text).to_owned() };
                texts.entry(text).or_default().push(*predicate);
            }
        }
        let bytes: usize = texts.keys().map(String::len).sum();
        let kind = if bytes <= DFA_PATTERN_BYTES_MAX {
            AhoCorasickKind::DFA
        } else {
            AhoCorasickKind::ContiguousNFA
        };
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(ignore_case)
            // Values are short: looking for rare bytes first costs more than it saves.
            .prefilter(false)
            .kind(Some(kind))
            .build(texts.keys())
            .ok()?;
        let sieve = Sieve::new(texts.keys().map(String::as_str), ignore_case);
        Some(Self { sieve, automaton, predicates: texts.into_values().map(Into::into).collect(), always })
    }

    pub(crate) fn find(&self, text: &str, hit: &mut impl FnMut(PredicateId)) {
        self.always.iter().copied().for_each(&mut *hit);
        if !self.sieve.may_hold(text) {
            return;
        }
        for found in self.automaton.find_overlapping_iter(text) {
            self.predicates[found.pattern().as_usize()].iter().copied().for_each(&mut *hit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(find: impl FnOnce(&mut dyn FnMut(PredicateId))) -> Vec<PredicateId> {
        let mut hits = Vec::new();
        find(&mut |predicate| hits.push(predicate));
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    #[test]
    fn equal_texts_are_found_whatever_their_length() {
        let long = "x".repeat(200);
        let equal = Equal::new(&[("", 0), ("sh", 1), ("bash", 2), ("sh", 3), (&long, 4)]);
        assert_eq!(found(|mut hit| equal.find("sh", &mut hit)), [1, 3]);
        assert_eq!(found(|mut hit| equal.find("", &mut hit)), [0]);
        assert_eq!(found(|mut hit| equal.find(&long, &mut hit)), [4]);
        assert!(found(|mut hit| equal.find(&"x".repeat(100), &mut hit)).is_empty());
    }

    #[test]
    fn every_beginning_is_found() {
        let patterns = [("/etc", 0), ("/etc/pam.d", 1), ("/usr", 2), ("", 3)];
        let tree = Tree::new(End::Front, &patterns);
        assert_eq!(found(|mut hit| tree.find("/etc/pam.d/sshd", &mut hit)), [0, 1, 3]);
        assert_eq!(found(|mut hit| tree.find("/et", &mut hit)), [3]);
    }

    #[test]
    fn each_finds_what_comparing_one_by_one_finds() {
        let texts = [
            "",
            "/",
            "/etc",
            "/etc/",
            "/etc/ssh",
            "/etc/shadow",
            "/var",
            "/var/log/x",
            "sh",
            "ssh",
            "shadow",
            "a",
            "aa",
            "aaa",
            "aab",
            "baa",
            "id_rsa",
            "/.ssh/",
            "..",
            "../",
            "ID_RSA",
            "日本",
            "本",
            "x/../y",
            "fish_read_history",
        ];
        let patterns: Vec<(&str, PredicateId)> = texts.iter().copied().zip(0..).collect();
        let front = Tree::new(End::Front, &patterns);
        let back = Tree::new(End::Back, &patterns);
        let equal = Equal::new(&patterns);
        let anywhere = Anywhere::new(&patterns, false).expect("built");
        let ignoring = Anywhere::new(&patterns, true).expect("built");
        let long = format!("/home/ann{}/id_rsa.pub", "/x".repeat(300));
        let mut values: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        for one in texts {
            values.extend(texts.iter().map(|other| format!("{one}{other}")));
            values.extend([
                format!("/home{one}/"),
                format!("{one}\u{e9}"),
                format!("{long}{one}"),
                one.to_uppercase(),
            ]);
        }
        let expected = |test: &dyn Fn(&str) -> bool| {
            patterns.iter().filter(|(text, _)| test(text)).map(|(_, id)| *id).collect::<Vec<_>>()
        };
        for value in &values {
            assert_eq!(
                found(|mut hit| front.find(value, &mut hit)),
                expected(&|text| value.starts_with(text)),
                "{value}"
            );
            assert_eq!(
                found(|mut hit| back.find(value, &mut hit)),
                expected(&|text| value.ends_with(text)),
                "{value}"
            );
            assert_eq!(
                found(|mut hit| equal.find(value, &mut hit)),
                expected(&|text| value == text),
                "{value}"
            );
            assert_eq!(
                found(|mut hit| anywhere.find(value, &mut hit)),
                expected(&|text| value.contains(text)),
                "{value}"
            );
            let lower = value.to_ascii_lowercase();
            let holds = |text: &str| lower.contains(&text.to_ascii_lowercase());
            assert_eq!(found(|mut hit| ignoring.find(value, &mut hit)), expected(&holds), "{value}");
        }
    }

    #[test]
    fn a_sieve_of_long_texts_lets_each_of_them_through() {
        let texts = ["liblzma.so.5.6.0", "/.ssh/authorized", "fish_read_history", "0123456789"];
        let patterns: Vec<(&str, PredicateId)> = texts.iter().copied().zip(0..).collect();
        for ignore_case in [false, true] {
            let anywhere = Anywhere::new(&patterns, ignore_case).expect("built");
            for (text, id) in &patterns {
                for before in 0..40 {
                    for after in [0, 1, 9] {
                        let value = format!("{}{text}{}", "-".repeat(before), "-".repeat(after));
                        assert_eq!(found(|mut hit| anywhere.find(&value, &mut hit)), [*id], "{value}");
                    }
                }
            }
            assert!(found(|mut hit| anywhere.find("/usr/lib/liblzma.so.5", &mut hit)).is_empty());
        }
    }

    #[test]
    fn overlapping_texts_are_all_found() {
        let anywhere = Anywhere::new(&[("abc", 0), ("b", 1), ("", 2), ("zz", 3)], false).expect("built");
        assert_eq!(found(|mut hit| anywhere.find("xabcx", &mut hit)), [0, 1, 2]);
        let blind = Anywhere::new(&[("ABC", 0), ("abc", 1)], true).expect("built");
        assert_eq!(found(|mut hit| blind.find("xAbCx", &mut hit)), [0, 1]);
    }
}
