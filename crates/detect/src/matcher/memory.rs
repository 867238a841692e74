//! What a matcher remembers: of the present event, of processes, of flag values. All of it is bounded.

use yagura_event::FlagSet;

use crate::{
    compile::{Engine, group::GroupId, shape::ShapeId},
    field::quick::Slash,
    limits::{FLAG_CACHE_ENTRIES, PROCESS_CACHE_ENTRIES},
};

/// Answers about the present event. A stamp says which event an answer is about, so nothing is cleared between events.
#[derive(Debug)]
pub(crate) struct EventMemory {
    /// The present event's stamp; odd and even answers share a word, so it counts in twos.
    pub(crate) epoch: u32,
    /// Of each predicate: the last event it held for.
    pub(crate) hit_stamps: Vec<u32>,
    /// Predicates that hold for the present event.
    pub(crate) hits: Vec<u32>,
    pub(crate) flags: FlagMemory,
    pub(crate) slash: Slash,
    group_stamps: Vec<u32>,
    node_stamps: Vec<u32>,
}

impl EventMemory {
    pub(crate) fn new(engine: &Engine) -> Self {
        Self {
            epoch: 0,
            hit_stamps: vec![0; engine.graph.predicates.len()],
            hits: Vec::new(),
            flags: FlagMemory::default(),
            slash: Slash::default(),
            group_stamps: vec![0; engine.groups.groups.len()],
            node_stamps: vec![0; engine.graph.nodes.len()],
        }
    }

    /// Goes on to the next event.
    pub(crate) fn next(&mut self) {
        self.hits.clear();
        self.slash = Slash::default();
        self.epoch = self.epoch.wrapping_add(2);
        if self.epoch == 0 {
            // After two thousand million events the stamps repeat; old ones must not look new.
            self.hit_stamps.fill(0);
            self.group_stamps.fill(0);
            self.node_stamps.fill(0);
            self.epoch = 2;
        }
    }

    /// True the first time a group is asked for in this event.
    pub(crate) fn ask(&mut self, group: GroupId) -> bool {
        std::mem::replace(&mut self.group_stamps[group as usize], self.epoch) != self.epoch
    }

    pub(crate) fn is_hit(&self, predicate: u32) -> bool {
        self.hit_stamps[predicate as usize] == self.epoch
    }

    pub(crate) fn known(&self, node: u32) -> Option<bool> {
        let stamp = self.node_stamps[node as usize];
        (stamp & !1 == self.epoch).then_some(stamp & 1 == 1)
    }

    pub(crate) fn know(&mut self, node: u32, value: bool) {
        self.node_stamps[node as usize] = self.epoch | u32::from(value);
    }
}

/// Which predicates of a group hold for a flag value. The same few values come again and again, and their text is long.
/// Each value has one place; a later value that falls on it takes it over.
#[derive(Debug)]
pub(crate) struct FlagMemory {
    slots: Box<[FlagSlot]>,
}

#[derive(Debug, Default)]
struct FlagSlot {
    key: Option<(GroupId, FlagSet, u64)>,
    hits: Vec<u32>,
}

impl Default for FlagMemory {
    fn default() -> Self {
        let mut slots = Vec::new();
        slots.resize_with(FLAG_CACHE_ENTRIES, FlagSlot::default);
        Self { slots: slots.into() }
    }
}

impl FlagMemory {
    pub(crate) fn get(
        &mut self,
        group: GroupId,
        set: FlagSet,
        bits: u64,
        find: impl FnOnce(&mut Vec<u32>),
    ) -> &[u32] {
        const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (bits ^ u64::from(group) << 40).wrapping_mul(MULTIPLIER);
        let slot = &mut self.slots[(mixed >> 48) as usize % FLAG_CACHE_ENTRIES];
        if slot.key != Some((group, set, bits)) {
            slot.key = Some((group, set, bits));
            slot.hits.clear();
            find(&mut slot.hits);
        }
        &slot.hits
    }
}

/// Answers about processes. Each id has one place; a later process that falls on it takes it over.
#[derive(Debug)]
pub(crate) struct ProcessMemory {
    entries: Vec<Entry>,
    groups: usize,
    nodes: usize,
    predicates: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Entry {
    process: Option<u64>,
    hits: Vec<u32>,
    hit_bits: Vec<u64>,
    asked: Vec<u64>,
    known: Vec<u64>,
    values: Vec<u64>,
    // Where what is remembered for a shape begins in `passed`: a word of look-ups, then the rules passed.
    shapes: Vec<(ShapeId, u32)>,
    passed: Vec<u64>,
}

impl Entry {
    pub(crate) fn hit(&mut self, predicate: u32) {
        if !test(&self.hit_bits, predicate as usize) {
            self.hit_bits[predicate as usize / 64] |= 1 << (predicate % 64);
            self.hits.push(predicate);
        }
    }

    fn clear(&mut self, process: u64) {
        self.process = Some(process);
        self.hits.clear();
        self.hit_bits.fill(0);
        self.asked.fill(0);
        self.known.fill(0);
        self.shapes.clear();
        self.passed.clear();
    }
}

fn test(words: &[u64], index: usize) -> bool {
    words[index / 64] >> (index % 64) & 1 == 1
}

impl ProcessMemory {
    pub(crate) fn new(engine: &Engine) -> Self {
        let mut entries = Vec::new();
        entries.resize_with(PROCESS_CACHE_ENTRIES, Entry::default);
        Self {
            entries,
            groups: engine.groups.groups.len().div_ceil(64),
            nodes: (engine.graph.process_bits as usize).div_ceil(64),
            predicates: engine.graph.predicates.len().div_ceil(64),
        }
    }

    /// The place of a process, emptied where another one had it.
    pub(crate) fn enter(&mut self, process: u64) -> usize {
        let index = process as usize % PROCESS_CACHE_ENTRIES;
        let entry = &mut self.entries[index];
        if entry.process != Some(process) {
            if entry.hit_bits.len() != self.predicates {
                entry.asked = vec![0; self.groups];
                entry.known = vec![0; self.nodes];
                entry.values = vec![0; self.nodes];
                entry.hit_bits = vec![0; self.predicates];
            }
            entry.clear(process);
        }
        index
    }

    pub(crate) fn forget(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.process = None);
    }

    pub(crate) fn entry(&mut self, entry: usize) -> &mut Entry {
        &mut self.entries[entry]
    }

    pub(crate) fn hits(&self, entry: usize) -> &[u32] {
        &self.entries[entry].hits
    }

    pub(crate) fn is_hit(&self, entry: usize, predicate: u32) -> bool {
        test(&self.entries[entry].hit_bits, predicate as usize)
    }

    /// True the first time a group is asked for this process.
    pub(crate) fn ask(&mut self, entry: usize, group: GroupId) -> bool {
        let word = &mut self.entries[entry].asked[group as usize / 64];
        let bit = 1 << (group % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }

    pub(crate) fn known(&self, entry: usize, bit: u32) -> Option<bool> {
        let entry = &self.entries[entry];
        test(&entry.known, bit as usize).then(|| test(&entry.values, bit as usize))
    }

    pub(crate) fn know(&mut self, entry: usize, bit: u32, value: bool) {
        let entry = &mut self.entries[entry];
        let (word, mask) = (bit as usize / 64, 1 << (bit % 64));
        entry.known[word] |= mask;
        if value {
            entry.values[word] |= mask;
        } else {
            entry.values[word] &= !mask;
        }
    }

    /// Where the rules that the process passes for this shape are kept, if they are.
    pub(crate) fn passed(&self, entry: usize, shape: ShapeId) -> Option<usize> {
        self.entries[entry].shapes.iter().find(|(known, _)| *known == shape).map(|(_, start)| *start as usize)
    }

    /// The look-ups that rules which the process passes hang on, by bit.
    pub(crate) fn passed_lookups(&self, entry: usize, start: usize) -> u64 {
        self.entries[entry].passed[start]
    }

    pub(crate) fn passed_words(&self, entry: usize, start: usize, words: usize) -> &[u64] {
        &self.entries[entry].passed[start + 1..start + 1 + words]
    }

    pub(crate) fn remember(&mut self, entry: usize, shape: ShapeId, lookups: u64, passed: &[u64]) -> usize {
        let entry = &mut self.entries[entry];
        let start = entry.passed.len();
        entry.shapes.push((shape, u32::try_from(start).expect("bounded by shapes times rules")));
        entry.passed.push(lookups);
        entry.passed.extend_from_slice(passed);
        start
    }
}
