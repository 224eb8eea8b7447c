//! The ids that a scan has met, small enough for a million of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use whapi_model::{ContactId, IdKind};

use super::table::Table;

/// An id as a number where that loses nothing, or its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// Up to 16 digits behind a leading 1, which keeps leading zeros apart, and [`LID_BIT`].
    Digits(u64),
    Text(Box<str>),
}

/// So many decimal digits leave room for this bit, and both for the number of a pass in a
/// [table](Table).
const MOST_DIGITS: usize = 16;
const LID_BIT: u64 = 1 << 55;

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

/// Whether so many digits, and nothing else, fit into a [`Key::Digits`]. A phone number always does.
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

/// Ids, each with the pass that met it last: an id of digits in 8 bytes, in a [table](Table) that is
/// at most half full. 17 MB for a million.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    digits: Table,
    texts: HashMap<Box<str>, u8>,
    /// For what has to be beyond doubt, and not quick.
    sums: RandomState,
}

/// The most ids for which room is made before they are met.
const MOST_EXPECTED: u64 = 1 << 20;

impl Seen {
    /// Makes room for a list of this length, as far as an answer can be believed: a table that
    /// grows bit by bit moves every id that it has, time and again.
    pub(crate) fn expect(&mut self, ids: u64) {
        let expected = ids.min(MOST_EXPECTED).saturating_sub(self.len());
        self.digits.reserve(usize::try_from(expected).unwrap_or(0));
    }

    /// Fetches what [`meet`](Self::meet) needs of these keys from memory. With nothing between them the
    /// processor waits for many at once.
    pub(crate) fn prefetch(&self, keys: &[Option<Key>]) {
        let touched = keys.iter().flatten().map(|key| match key {
            Key::Digits(id) => self.digits.touch(*id),
            Key::Text(_) => 0,
        });
        std::hint::black_box(touched.fold(0, |all, slot| all ^ slot));
    }

    /// Notes that `key` was met in pass number `pass`.
    pub(crate) fn meet(&mut self, key: &Key, pass: u8) -> Met {
        let before = match key {
            Key::Digits(id) => self.digits.insert(*id, pass),
            Key::Text(text) => self.texts.insert(text.clone(), pass),
        };
        match before {
            None => Met::New,
            Some(earlier) if earlier == pass => Met::Again,
            Some(_) => Met::Earlier,
        }
    }

    /// How many different ids were met in all.
    pub(crate) fn len(&self) -> u64 {
        (self.digits.len() + self.texts.len()) as u64
    }

    /// A number that sums up a sequence of ids, for comparing two passes.
    pub(crate) fn chain(&self, sum: u64, key: Option<&Key>) -> u64 {
        self.sums.hash_one((sum, key))
    }
}

#[cfg(test)]
mod tests {
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
        let different = [
            "447700900123",
            "447700900123@lid",
            "0447700900123",
            "00447700900123",
            "447700900123@g.us",
            "447700900123:2@lid",
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
}
