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
#[derive(Debug)]
pub(crate) struct Trie {
    nodes: Vec<TrieNode>,
}

#[derive(Debug, Default)]
struct TrieNode {
    predicates: Vec<PredicateId>,
    // Sorted by byte.
    next: Vec<(u8, u32)>,
}

impl Trie {
    pub(crate) fn new<'a, B: Iterator<Item = u8>>(
        patterns: impl Iterator<Item = (B, PredicateId)> + 'a,
    ) -> Self {
        let mut nodes = vec![TrieNode::default()];
        for (bytes, predicate) in patterns {
            let mut at = 0;
            for byte in bytes {
                at = match nodes[at].next.binary_search_by_key(&byte, |(byte, _)| *byte) {
                    Ok(index) => nodes[at].next[index].1 as usize,
                    Err(index) => {
                        let new = nodes.len();
                        nodes[at]
                            .next
                            .insert(index, (byte, u32::try_from(new).expect("limits.rs bounds all texts")));
                        nodes.push(TrieNode::default());
                        new
                    }
                };
            }
            nodes[at].predicates.push(predicate);
        }
        Self { nodes }
    }

    pub(crate) fn find(&self, bytes: impl Iterator<Item = u8>, hit: &mut impl FnMut(PredicateId)) {
        let mut node = &self.nodes[0];
        node.predicates.iter().copied().for_each(&mut *hit);
        for byte in bytes {
            let next = match node.next.as_slice() {
                [] => return,
                [(only, next)] if *only == byte => *next,
                many => match many.iter().find(|(candidate, _)| *candidate == byte) {
                    Some((_, next)) => *next,
                    None => return,
                },
            };
            node = &self.nodes[next as usize];
            node.predicates.iter().copied().for_each(&mut *hit);
        }
    }
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
