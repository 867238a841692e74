//! Which kinds of event somebody wants, shared between the sensor's thread and whoever steers it.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};

use yagura_event::EventKind;

const WORDS: usize = EventKind::COUNT.div_ceil(64);

/// A set of kinds that changes while it is asked.
#[derive(Debug, Default)]
pub(crate) struct Wanted([AtomicU64; WORDS]);

impl Wanted {
    pub(crate) fn new(kinds: &BTreeSet<EventKind>) -> Self {
        let wanted = Self::default();
        wanted.set(kinds);
        wanted
    }

    /// Replaces the set.
    pub(crate) fn set(&self, kinds: &BTreeSet<EventKind>) {
        let mut words = [0_u64; WORDS];
        for kind in kinds {
            words[kind.index() / 64] |= 1 << (kind.index() % 64);
        }
        for (word, bits) in self.0.iter().zip(words) {
            word.store(bits, Ordering::Relaxed);
        }
    }

    pub(crate) fn contains(&self, kind: EventKind) -> bool {
        self.0[kind.index() / 64].load(Ordering::Relaxed) >> (kind.index() % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_set_counts() {
        let wanted = Wanted::new(&EventKind::ALL.iter().copied().collect());
        assert!(EventKind::ALL.iter().all(|kind| wanted.contains(*kind)));
        wanted.set(&[EventKind::Keyctl].into());
        assert!(wanted.contains(EventKind::Keyctl) && !wanted.contains(EventKind::Execve));
    }
}
