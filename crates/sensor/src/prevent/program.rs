//! [`Program`]: conditions in the form that the kernel's deciders read.

use std::{collections::BTreeMap, net::IpAddr};

/// Most tests of one hook.
pub const TESTS_MAX: usize = 512;
/// Longest text that is looked up as a whole, in bytes; `TEXT_MAX` of the deciders less the byte that ends it.
pub const TEXT_BYTES_MAX: usize = 239;
/// Most states of all automata together; `STATES` of the deciders.
pub(crate) const STATES_MAX: usize = 8_192;
/// Most conjunctions of one hook; `ALTERNATIVES` of the deciders.
pub(crate) const ALTERNATIVES_MAX: usize = 768;
/// Slots of one hook; `SLOTS` of the deciders.
pub(crate) const SLOTS: usize = 32;

/// A set of tests, by number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Bits(pub [u64; 8]);

impl Bits {
    /// Adds a test.
    pub fn insert(&mut self, test: usize) {
        if let Some(word) = self.0.get_mut(test / 64) {
            *word |= 1 << (test % 64);
        }
    }

    /// Adds all tests of another set.
    pub fn extend(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == [0; 8]
    }

    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        self.0.into_iter().flat_map(u64::to_ne_bytes)
    }
}

/// Where something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Hook {
    /// A program is about to run its first instruction.
    Exec = 0,
    /// A connection is about to be made.
    Connect = 1,
}

/// What the deciders can look up; the numbers are those of `enum slot`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Slot {
    /// The kernel's name of the process.
    Name = 0,
    /// That of its parent.
    ParentName = 1,
    /// Path of the program's file.
    Exe = 2,
    /// That of its parent.
    ParentExe = 3,
    /// Arguments after the first, with blanks between.
    Args = 4,
    /// Name and arguments, with blanks between.
    Cmdline = 5,
    /// Names of all ancestors: a test holds where it holds of one. Whole texts only.
    AncestorName = 6,
    /// Effective user.
    Uid = 8,
    /// 1 where it has a terminal.
    HasTerminal = 9,
    /// 1 where its file was made by `memfd_create`.
    Memfd = 10,
    /// 1 where its file lies in the upper layer of an overlay.
    UpperLayer = 11,
    /// Who signed in; −1 where nobody did.
    LoginUid = 12,
    /// Remote port.
    Port = 13,
    /// Number of the transport protocol.
    Protocol = 14,
    /// Effective group.
    Gid = 15,
    /// Remote address; IPv4 as the IPv6 address that stands for it.
    Address = 16,
    /// 2 for IPv4, 10 for IPv6.
    Family = 17,
}

/// A conjunction: it holds where all of `set` hold, none of `clear` does, and all of both are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Tests that must hold.
    pub set: Bits,
    /// Tests that must not.
    pub clear: Bits,
    /// Number of the rule, for the caller.
    pub rule: u32,
    /// Tell only.
    pub dry: bool,
}

/// A state of an automaton that finds texts inside texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The state after each byte.
    pub next: Box<[u16; 256]>,
    /// Tests that hold as soon as it is reached.
    pub found: Bits,
    /// Tests that hold where the text ends in it.
    pub found_at_end: Bits,
}

/// Conditions of both hooks. Whoever makes one keeps to the ceilings; what is beyond them is refused as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Program {
    /// Conjunctions, those that refuse before those that only tell.
    pub alternatives: BTreeMap<Hook, Vec<Alternative>>,
    /// Tests that hold of a whole text.
    pub texts: BTreeMap<(Hook, Slot, Vec<u8>), Bits>,
    /// Tests that hold of texts that begin so; each with the bits of its own beginnings.
    pub prefixes: BTreeMap<(Hook, Slot, Vec<u8>), Bits>,
    /// Tests that hold of a number.
    pub numbers: BTreeMap<(Hook, Slot, i64), Bits>,
    /// Tests that hold of addresses in a network; each with the bits of the networks it lies in.
    pub networks: Vec<(IpAddr, u8, Bits)>,
    /// States of all automata; the first is none.
    pub states: Vec<State>,
    /// Where the automaton of a slot begins.
    pub automata: BTreeMap<(Hook, Slot), u16>,
    /// All tests of a slot.
    pub tests: BTreeMap<(Hook, Slot), Bits>,
}

impl Program {
    /// Whether it has anything to decide.
    pub fn is_empty(&self) -> bool {
        self.alternatives.values().all(Vec::is_empty)
    }

    /// What is beyond the deciders' ceilings, in words.
    pub(crate) fn excess(&self) -> Option<String> {
        let over = |what: &str, have: usize, most: usize| {
            (have > most).then(|| format!("{have} {what}; the kernel's tables hold {most}"))
        };
        let alternatives = self.alternatives.values().map(Vec::len).max().unwrap_or(0);
        over("conjunctions", alternatives, ALTERNATIVES_MAX)
            .or_else(|| over("states", self.states.len(), STATES_MAX))
            .or_else(|| over("texts and numbers", self.texts.len() + self.numbers.len(), 16_384))
            .or_else(|| over("beginnings", self.prefixes.len(), 4_096))
            .or_else(|| over("networks", self.networks.len(), 4_096))
            .or_else(|| {
                let texts = self.texts.keys().chain(self.prefixes.keys());
                over("bytes in a text", texts.map(|key| key.2.len()).max().unwrap_or(0), TEXT_BYTES_MAX)
            })
    }
}
