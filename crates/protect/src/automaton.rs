//! Texts inside texts, for a decider that reads a byte at a time (Aho and Corasick, 1975).

use std::collections::VecDeque;

use yagura_sensor::prevent::{Bits, State};

/// A text to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) text: Vec<u8>,
    /// Only where the other text ends with it.
    pub(crate) at_end: bool,
    /// The test that then holds.
    pub(crate) test: usize,
}

/// States that find the patterns; the first is where a text begins. `first` is its number among all states. `None` where
/// there are more than `states_max`.
pub(crate) fn build(patterns: &[Pattern], first: usize, states_max: usize) -> Option<Vec<State>> {
    let mut trie = vec![Node::default()];
    for pattern in patterns {
        let mut at = 0;
        for byte in &pattern.text {
            at = match trie[at].next[usize::from(*byte)] {
                0 => {
                    trie.push(Node::default());
                    let made = trie.len() - 1;
                    trie[at].next[usize::from(*byte)] = made;
                    made
                }
                there => there,
            };
            if trie.len() > states_max {
                return None;
            }
        }
        let bits = if pattern.at_end { &mut trie[at].found_at_end } else { &mut trie[at].found };
        bits.insert(pattern.test);
    }
    complete(&mut trie);
    if first + trie.len() > usize::from(u16::MAX) {
        return None;
    }
    let state = |node: &Node| State {
        next: Box::new(node.next.map(|next| u16::try_from(first + next).unwrap_or(u16::MAX))),
        found: node.found,
        found_at_end: node.found_at_end,
    };
    Some(trie.iter().map(state).collect())
}

struct Node {
    // 0 is the root: none is below itself.
    next: [usize; 256],
    found: Bits,
    found_at_end: Bits,
}

impl Default for Node {
    fn default() -> Self {
        Self { next: [0; 256], found: Bits::default(), found_at_end: Bits::default() }
    }
}

// Gives every state a successor for every byte, level by level: where none was made, that of the longest end of what was
// read that begins some pattern.
fn complete(trie: &mut [Node]) {
    let mut fallback = vec![0; trie.len()];
    let mut open: VecDeque<usize> = trie[0].next.iter().copied().filter(|next| *next != 0).collect();
    while let Some(at) = open.pop_front() {
        let back = fallback[at];
        let (found, found_at_end) = (trie[back].found, trie[back].found_at_end);
        trie[at].found.extend(found);
        trie[at].found_at_end.extend(found_at_end);
        for byte in 0..256 {
            let below = trie[back].next[byte];
            match trie[at].next[byte] {
                0 => trie[at].next[byte] = below,
                made => {
                    fallback[made] = below;
                    open.push_back(made);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(states: &[State], first: usize, text: &[u8]) -> Bits {
        let (mut at, mut held) = (0, Bits::default());
        for byte in text {
            at = usize::from(states[at].next[usize::from(*byte)]) - first;
            held.extend(states[at].found);
        }
        held.extend(states[at].found_at_end);
        held
    }

    #[test]
    fn finds_what_searching_each_by_itself_finds() {
        let words = ["he", "she", "his", "hers", "e", "aab", "aaab", "/tmp/", "x"];
        let patterns: Vec<Pattern> = words
            .iter()
            .enumerate()
            .map(|(test, word)| Pattern { text: word.as_bytes().to_vec(), at_end: test % 3 == 1, test })
            .collect();
        let states = build(&patterns, 7, 1_000).expect("few states");
        for text in ["", "ushers", "aaaab", "she", "a/tmp/xhis", "hehehe", "aaaaaab", "e", "hershe"] {
            let mut wanted = Bits::default();
            for (test, word) in words.iter().enumerate() {
                if if test % 3 == 1 { text.ends_with(word) } else { text.contains(word) } {
                    wanted.insert(test);
                }
            }
            assert_eq!(run(&states, 7, text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn too_many_states_are_refused() {
        let pattern = Pattern { text: vec![b'a'; 100], at_end: false, test: 0 };
        assert!(build(std::slice::from_ref(&pattern), 0, 100).is_none());
        assert!(build(&[pattern], 0, 101).is_some());
    }
}
