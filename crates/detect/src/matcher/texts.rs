//! Answering many text predicates on one value at once: a table for equality, tries for beginnings and ends, one
//! Aho-Corasick automaton for what stands anywhere.
//!
//! Each finds the predicates that hold; a predicate that is found twice is reported twice.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::hash::FastMap;

/// Index of a predicate in its engine.
pub(crate) type PredicateId = u32;

/// Texts that a value may equal.
#[derive(Debug, Default)]
pub(crate) struct Equal {
    // Bit n: some text has n bytes; bit 63: some text has 63 or more.
    lengths: u64,
    texts: FastMap<Box<str>, Box<[PredicateId]>>,
}

fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl Equal {
    pub(crate) fn new(patterns: &[(&str, PredicateId)]) -> Self {
        let mut texts: FastMap<Box<str>, Vec<PredicateId>> = FastMap::default();
        for (text, predicate) in patterns {
            texts.entry((*text).into()).or_default().push(*predicate);
        }
        Self {
            lengths: texts.keys().fold(0, |bits, text| bits | length_bit(text.len())),
            texts: texts.into_iter().map(|(text, predicates)| (text, predicates.into())).collect(),
        }
    }

    pub(crate) fn find(&self, text: &str, hit: &mut impl FnMut(PredicateId)) {
        if self.lengths & length_bit(text.len()) == 0 {
            return;
        }
        if let Some(predicates) = self.texts.get(text) {
            predicates.iter().copied().for_each(hit);
        }
    }
}

/// Texts that a value may begin with; fed backwards, texts it may end with.
///
/// Nodes, their edges and their predicates lie in three tables, each node's side by side.
#[derive(Debug)]
pub(crate) struct Trie {
    nodes: Box<[TrieNode]>,
    // Sorted by node and byte.
    edges: Box<[(u8, u32)]>,
    predicates: Box<[PredicateId]>,
    // Of each first byte: the node; 0 where there is none. Most values are told apart here.
    first: Box<[u32; 256]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct TrieNode {
    edges: u32,
    edges_end: u32,
    predicates: u32,
    predicates_end: u32,
}

#[derive(Default)]
struct TrieDraft {
    predicates: Vec<PredicateId>,
    // Sorted by byte.
    next: Vec<(u8, u32)>,
}

impl Trie {
    pub(crate) fn new<'a, B: Iterator<Item = u8>>(
        patterns: impl Iterator<Item = (B, PredicateId)> + 'a,
    ) -> Self {
        let mut drafts = vec![TrieDraft::default()];
        for (bytes, predicate) in patterns {
            let mut at = 0;
            for byte in bytes {
                at = match drafts[at].next.binary_search_by_key(&byte, |(byte, _)| *byte) {
                    Ok(index) => drafts[at].next[index].1 as usize,
                    Err(index) => {
                        let new = drafts.len();
                        drafts[at].next.insert(index, (byte, small(new)));
                        drafts.push(TrieDraft::default());
                        new
                    }
                };
            }
            drafts[at].predicates.push(predicate);
        }
        Self::flat(&drafts)
    }

    fn flat(drafts: &[TrieDraft]) -> Self {
        let (mut nodes, mut edges, mut predicates) = (Vec::new(), Vec::new(), Vec::new());
        for draft in drafts {
            let (edges_start, predicates_start) = (small(edges.len()), small(predicates.len()));
            edges.extend_from_slice(&draft.next);
            predicates.extend_from_slice(&draft.predicates);
            nodes.push(TrieNode {
                edges: edges_start,
                edges_end: small(edges.len()),
                predicates: predicates_start,
                predicates_end: small(predicates.len()),
            });
        }
        let mut first = Box::new([0; 256]);
        for (byte, next) in &drafts[0].next {
            first[usize::from(*byte)] = *next;
        }
        Self { nodes: nodes.into(), edges: edges.into(), predicates: predicates.into(), first }
    }

    pub(crate) fn find(&self, mut bytes: impl Iterator<Item = u8>, hit: &mut impl FnMut(PredicateId)) {
        self.report(self.nodes[0], hit);
        let Some(first) = bytes.next() else { return };
        let mut at = self.first[usize::from(first)];
        while at != 0 {
            let node = self.nodes[at as usize];
            self.report(node, hit);
            let edges = &self.edges[node.edges as usize..node.edges_end as usize];
            if edges.is_empty() {
                return;
            }
            let Some(byte) = bytes.next() else { return };
            at = edges.iter().find(|(candidate, _)| *candidate == byte).map_or(0, |(_, next)| *next);
        }
    }

    fn report(&self, node: TrieNode, hit: &mut impl FnMut(PredicateId)) {
        let predicates = &self.predicates[node.predicates as usize..node.predicates_end as usize];
        predicates.iter().copied().for_each(hit);
    }
}

fn small(index: usize) -> u32 {
    u32::try_from(index).expect("limits.rs bounds all texts")
}

/// Texts that may stand anywhere in a value.
#[derive(Debug)]
pub(crate) struct Anywhere {
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
        Some(Self { automaton, predicates: texts.into_values().map(Into::into).collect(), always })
    }

    pub(crate) fn find(&self, text: &str, hit: &mut impl FnMut(PredicateId)) {
        self.always.iter().copied().for_each(&mut *hit);
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
        let trie = Trie::new(patterns.iter().map(|(text, id)| (text.bytes(), *id)));
        assert_eq!(found(|mut hit| trie.find("/etc/pam.d/sshd".bytes(), &mut hit)), [0, 1, 3]);
        assert_eq!(found(|mut hit| trie.find("/et".bytes(), &mut hit)), [3]);
    }

    #[test]
    fn overlapping_texts_are_all_found() {
        let anywhere = Anywhere::new(&[("abc", 0), ("b", 1), ("", 2), ("zz", 3)], false).expect("built");
        assert_eq!(found(|mut hit| anywhere.find("xabcx", &mut hit)), [0, 1, 2]);
        let blind = Anywhere::new(&[("ABC", 0), ("abc", 1)], true).expect("built");
        assert_eq!(found(|mut hit| blind.find("xAbCx", &mut hit)), [0, 1]);
    }
}
