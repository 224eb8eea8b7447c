//! The ids that a scan has met, small enough for a million of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use whapi_model::{ContactId, IdKind};

/// An id in 8 bytes where that loses nothing, or its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// Up to 18 digits behind a leading 1, which keeps leading zeros apart; a LID has the top bit.
    Digits(u64),
    Text(Box<str>),
}

const LID_BIT: u64 = 1 << 63;
const MOST_DIGITS: usize = 18;

impl Key {
    pub(crate) fn of(id: &ContactId) -> Self {
        let (digits, mark) = match id.kind() {
            IdKind::Phone => (id.identity(), 0),
            IdKind::Lid => (id.as_str().trim_end_matches("@lid"), LID_BIT),
            _ => return Self::Text(id.identity().into()),
        };
        if digits.len() > MOST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Text(id.identity().into());
        }
        let number = digits.bytes().fold(1, |number: u64, digit| {
            number * 10 + u64::from(digit - b'0')
        });
        Self::Digits(number | mark)
    }
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

/// Ids, each with the pass that met it last. 17 bytes an id of digits, in a table that is between
/// 7/16 and 7/8 full: 36 MB for a million.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    digits: HashMap<u64, u8, RandomState>,
    texts: HashMap<Box<str>, u8, RandomState>,
    hash: RandomState,
}

impl Seen {
    /// Notes that `key` was met in pass number `pass`.
    pub(crate) fn meet(&mut self, key: &Key, pass: u8) -> Met {
        let before = match key {
            Key::Digits(digits) => self.digits.insert(*digits, pass),
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
        self.hash.hash_one((sum, key))
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
        assert_eq!(key("447090@lid"), Key::Digits((1 << 63) + 1_447_090));
        let longest = "9".repeat(18);
        let packed = (1 << 63) + 1_999_999_999_999_999_999;
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
            "999999999999999999@lid",
            "9999999999999999999@lid",
        ];
        for (i, a) in different.iter().enumerate() {
            for b in &different[i + 1..] {
                assert_ne!(key(a), key(b), "{a} {b}");
            }
        }
        assert!(matches!(key("999999999999999999@lid"), Key::Digits(_)));
        assert!(matches!(key("9999999999999999999@lid"), Key::Text(_)));
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
        ] {
            assert_eq!(seen.meet(&key(id), pass), met, "{id} in pass {pass}");
        }
        assert_eq!(seen.len(), 3);
    }
}
