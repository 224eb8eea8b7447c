//! The ids that a scan has met, small enough for a million of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;

use foldhash::quality;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use whapi_model::{ContactId, IdKind};

/// An id as a number where that loses nothing, or its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// Up to 16 digits behind a leading 1, which keeps leading zeros apart, and [`LID_BIT`].
    Digits(u64),
    Text(Box<str>),
}

/// The most decimal digits of a [`Key::Digits`]. They leave room for [`LID_BIT`] below [`ID_BITS`].
const MOST_DIGITS: usize = 16;
const LID_BIT: u64 = 1 << 55;
/// How many bits of a packed entry are the id. The number of the pass is above them.
const ID_BITS: u32 = 56;
const ID: u64 = (1 << ID_BITS) - 1;

impl Key {
    pub(crate) fn of(id: &ContactId) -> Self {
        let identity = id.identity();
        let (digits, mark) = if id.kind() == IdKind::Phone {
            (identity, 0)
        } else if let Some(user) = identity.strip_suffix("@lid")
            && is_short_number(user)
        {
            (user, LID_BIT)
        } else {
            return Self::Text(identity.into());
        };
        let number = digits.bytes().fold(1, |number: u64, digit| {
            number * 10 + u64::from(digit - b'0')
        });
        Self::Digits(number | mark)
    }
}

/// Whether so many digits, and nothing else, fit into a [`Key::Digits`]. A phone number always
/// does.
fn is_short_number(user: &str) -> bool {
    (1..=MOST_DIGITS).contains(&user.len()) && user.bytes().all(|byte| byte.is_ascii_digit())
}

/// When an id was met: what [`Seen::meet`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// Never before.
    New,
    /// In an earlier pass, but not yet in this one.
    Earlier,
    /// In this pass already.
    Again,
}

/// Ids, each with the pass that met it last.
///
/// An id of digits and its pass take 8 bytes of a table and one more for its index: 19 MB for a
/// million ids.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    digits: HashTable<u64>,
    /// Seeded in each run, so that no list of ids is slow for every reader.
    hash: quality::RandomState,
    texts: HashMap<Box<str>, u8>,
    /// Compares passes. `SipHash`, because a collision would hide a move.
    sums: RandomState,
}

/// The most ids for which room is made before they are met.
const MOST_EXPECTED: u64 = 1 << 20;

impl Seen {
    /// Makes room for a list of this length, at most 1,048,576 ids: an answer may claim any total.
    pub(crate) fn expect(&mut self, ids: u64) {
        let expected = ids.min(MOST_EXPECTED).saturating_sub(self.len());
        let hash = &self.hash;
        let expected = usize::try_from(expected).unwrap_or(0);
        self.digits
            .reserve(expected, |entry| hash.hash_one(entry & ID));
    }

    /// Loads what [`meet`](Self::meet) reads of these keys from memory, many keys at once.
    pub(crate) fn prefetch(&self, keys: &[Option<Key>]) {
        let loaded = keys.iter().flatten().filter_map(|key| match key {
            Key::Digits(id) => {
                let hash = self.hash.hash_one(*id);
                self.digits.find(hash, |entry| entry & ID == *id)
            }
            Key::Text(_) => None,
        });
        std::hint::black_box(loaded.fold(0, |all, entry| all ^ entry));
    }

    /// Records that `key` was met in pass number `pass`, and returns when it was met before.
    pub(crate) fn meet(&mut self, key: &Key, pass: u8) -> Met {
        let before = match key {
            Key::Digits(id) => self.record(*id, pass),
            Key::Text(text) => self.texts.insert(text.clone(), pass),
        };
        match before {
            None => Met::New,
            Some(earlier) if earlier == pass => Met::Again,
            Some(_) => Met::Earlier,
        }
    }

    /// Records an id of digits. Returns the pass that met it before.
    fn record(&mut self, id: u64, pass: u8) -> Option<u8> {
        let now = id | u64::from(pass) << ID_BITS;
        let hash = &self.hash;
        let entry = self.digits.entry(
            hash.hash_one(id),
            |entry| entry & ID == id,
            |entry| hash.hash_one(entry & ID),
        );
        match entry {
            Entry::Occupied(mut entry) => {
                let before = mem::replace(entry.get_mut(), now);
                Some(before.to_be_bytes()[0])
            }
            Entry::Vacant(entry) => {
                entry.insert(now);
                None
            }
        }
    }

    /// How many different ids were met in all.
    pub(crate) fn len(&self) -> u64 {
        (self.digits.len() + self.texts.len()) as u64
    }

    /// A hash of a sequence of ids, which compares two passes.
    pub(crate) fn chain(&self, sum: u64, key: Option<&Key>) -> u64 {
        self.sums.hash_one((sum, key))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str) -> Key {
        Key::of(&ContactId::parse(id).unwrap())
    }

    #[test]
    fn digits_are_packed() {
        assert_eq!(key("447090"), Key::Digits(1_447_090));
        assert_eq!(key("447090@c.us"), Key::Digits(1_447_090));
        assert_eq!(key("447090@lid"), Key::Digits((1 << 55) + 1_447_090));
        let longest = "9".repeat(16);
        let packed = (1 << 55) + 19_999_999_999_999_999;
        assert_eq!(key(&format!("{longest}@lid")), Key::Digits(packed));
        let longer = format!("{longest}9@lid");
        assert_eq!(key(&longer), Key::Text(longer.as_str().into()));
    }

    #[test]
    fn only_spellings_of_one_id_share_a_key() {
        assert_eq!(key("447700900123"), key("447700900123@s.whatsapp.net"));
        assert_eq!(key("447700900123"), key("447700900123@c.us"));
        assert_eq!(key("447700900123"), key("+44 7700 900123"));
        assert_eq!(key("447700900123@lid"), key("447700900123:2@lid"));
        let different = [
            "447700900123",
            "447700900123@lid",
            "0447700900123",
            "00447700900123",
            "447700900123@g.us",
            "1447700900123456",
            "144770090012345678901",
            "9999999999999999@lid",
            "99999999999999999@lid",
        ];
        for (i, a) in different.iter().enumerate() {
            for b in &different[i + 1..] {
                assert_ne!(key(a), key(b), "{a} {b}");
            }
        }
        assert!(matches!(key("9999999999999999@lid"), Key::Digits(_)));
        assert!(matches!(key("99999999999999999@lid"), Key::Text(_)));
    }

    #[test]
    fn a_sequence_is_summed_up_by_its_ids_and_their_order() {
        let seen = Seen::default();
        let sum = |ids: &[Option<&str>]| {
            ids.iter().fold(0, |sum, id| {
                let key = id.map(key);
                seen.chain(sum, key.as_ref())
            })
        };
        let (a, b) = (Some("4470"), Some("4471"));
        let sums = [
            sum(&[]),
            sum(&[a]),
            sum(&[a, b]),
            sum(&[b, a]),
            sum(&[a, None]),
            sum(&[a, a]),
        ];
        let different: std::collections::HashSet<_> = sums.iter().collect();
        assert_eq!(different.len(), sums.len());
        assert_eq!(sum(&[Some("4470@c.us"), b]), sum(&[a, b]));
    }

    #[test]
    fn meetings() {
        let mut seen = Seen::default();
        for (id, pass, met) in [
            ("4470", 1, Met::New),
            ("4470@c.us", 1, Met::Again),
            ("4470@lid", 1, Met::New),
            ("4470", 2, Met::Earlier),
            ("4470", 2, Met::Again),
            ("status@broadcast", 2, Met::New),
            ("status@broadcast", 3, Met::Earlier),
            ("9999999999999999@lid", 255, Met::New),
            ("9999999999999999@lid", 255, Met::Again),
            ("9999999999999999@lid", 1, Met::Earlier),
        ] {
            assert_eq!(seen.meet(&key(id), pass), met, "{id} in pass {pass}");
        }
        assert_eq!(seen.len(), 4);
    }

    proptest! {
        #[test]
        fn ids_of_digits_agree_with_a_map(
            met in prop::collection::vec((prop_oneof![1..64_u64, 1..=ID], any::<u8>()), 0..200),
            expected in 0..300_u64,
        ) {
            let (mut seen, mut map) = (Seen::default(), HashMap::new());
            for (nth, (id, pass)) in met.into_iter().enumerate() {
                if nth == 100 {
                    seen.expect(expected);
                }
                prop_assert_eq!(seen.record(id, pass), map.insert(id, pass));
                prop_assert_eq!(seen.len(), map.len() as u64);
            }
            for (id, pass) in map {
                prop_assert_eq!(seen.record(id, 0), Some(pass));
            }
        }
    }
}
