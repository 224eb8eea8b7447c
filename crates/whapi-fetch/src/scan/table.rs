//! Packed ids with the pass that met each last, 8 bytes together.

use std::hash::BuildHasher;
use std::mem;

use foldhash::quality::RandomState;

/// How many bits of a slot are the id. Above them is the number of the pass.
const ID_BITS: u32 = 56;
const ID: u64 = (1 << ID_BITS) - 1;

/// A hash table of ids, each in the first free slot from where its hash points. At most half of the
/// slots are taken, so that hardly any id is far from there.
///
/// Looking for an id touches one line of memory; a map of the standard library's touches two, and with
/// a million ids neither is near (docs/adr/0015-a-table-of-ids.md).
#[derive(Debug, Default)]
pub(super) struct Table {
    /// A power of two of them, or none at all. 0 is free: no id is 0.
    slots: Vec<u64>,
    taken: usize,
    /// Seeded at random in each run, so that no list of ids falls onto itself whoever reads it.
    hash: RandomState,
}

impl Table {
    /// How many ids there are.
    pub(super) fn len(&self) -> usize {
        self.taken
    }

    /// Makes room for so many more ids.
    pub(super) fn reserve(&mut self, more: usize) {
        let slots = ((self.taken + more) * 2).next_power_of_two();
        if slots > self.slots.len() {
            let before = mem::replace(&mut self.slots, vec![0; slots]);
            for taken in before.into_iter().filter(|slot| *slot != 0) {
                let at = self.find(taken & ID);
                self.slots[at] = taken;
            }
        }
    }

    /// Notes that `id`, of [`ID_BITS`] and not 0, was met in pass number `pass`. Returns the pass that
    /// met it before.
    pub(super) fn insert(&mut self, id: u64, pass: u8) -> Option<u8> {
        if self.slots.is_empty() {
            self.reserve(1);
        }
        let now = id | u64::from(pass) << ID_BITS;
        let at = self.find(id);
        match mem::replace(&mut self.slots[at], now) {
            0 => {
                self.taken += 1;
                // The next one finds room.
                self.reserve(1);
                None
            }
            before => Some(before.to_be_bytes()[0]),
        }
    }

    /// What is in the slot where `id` may be: a way to have it fetched from memory.
    pub(super) fn touch(&self, id: u64) -> u64 {
        self.slots.get(self.first(id)).copied().unwrap_or(0)
    }

    /// The slot of `id`, or the free one where it belongs.
    fn find(&self, id: u64) -> usize {
        let mut at = self.first(id);
        loop {
            let found = self.slots[at] & ID;
            if found == id || found == 0 {
                return at;
            }
            at = (at + 1) & self.mask();
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the mask leaves fewer bits than any size has"
    )]
    fn first(&self, id: u64) -> usize {
        self.hash.hash_one(id) as usize & self.mask()
    }

    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_in_an_empty_table() {
        let table = Table::default();
        assert_eq!((table.len(), table.touch(7)), (0, 0));
    }

    #[test]
    fn at_most_half_is_taken() {
        let mut table = Table::default();
        for id in 1..=1000 {
            assert_eq!(table.insert(id, 1), None);
            assert!(table.len() * 2 <= table.slots.len());
        }
        table.reserve(24);
        assert_eq!(table.slots.len(), 2048);
        for id in 1..=1000 {
            assert_eq!(table.insert(id, 2), Some(1));
        }
        assert_eq!((table.slots.len(), table.len()), (2048, 1000));
        table.reserve(25);
        assert_eq!(table.slots.len(), 4096);
        assert_eq!(table.insert(1000, 3), Some(2));
    }

    /// Numbers that follow each other, as those of one company do, must not crowd.
    #[test]
    fn neighbours_fall_apart() {
        for _ in 0..100 {
            let mut table = Table::default();
            table.reserve(4096);
            let first = (0..4096).map(|next| table.first(1_447_700_900_000 + next));
            let different: std::collections::HashSet<_> = first.collect();
            // Of 4,096 thrown at random, 3,223 places of 8,192 are hit.
            assert!(different.len() > 3000, "{}", different.len());
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_map(
            met in prop::collection::vec((prop_oneof![1..64_u64, 1..=ID], any::<u8>()), 0..200),
            more in 0..300_usize,
        ) {
            let (mut table, mut map) = (Table::default(), HashMap::new());
            for (nth, (id, pass)) in met.into_iter().enumerate() {
                if nth == 100 {
                    table.reserve(more);
                }
                prop_assert_eq!(table.insert(id, pass), map.insert(id, pass));
                prop_assert_eq!(table.len(), map.len());
            }
            for (id, pass) in map {
                prop_assert_eq!(table.insert(id, 0), Some(pass));
            }
        }
    }
}
