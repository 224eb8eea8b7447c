//! The ids that a scan has met, small enough for a million of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

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
        let (digits, mark) = match (id.phone(), id.as_str().strip_suffix("@lid")) {
            (Some(phone), _) => (phone.digits(), 0),
            (None, Some(user)) if id.kind() == IdKind::Lid && is_short_number(user) => {
                (user, LID_BIT)
            }
            _ => return Self::Text(id.identity().into()),
        };
        let number = digits.bytes().fold(1, |number: u64, digit| {
            number * 10 + u64::from(digit - b'0')
        });
        Self::Digits(number | mark)
    }
}

/// Whether so many digits, and nothing else, fit into a [`Key::Digits`]. A phone number always does.
fn is_short_number(user: &str) -> bool {
    user.len() <= MOST_DIGITS && user.bytes().all(|byte| byte.is_ascii_digit())
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
    digits: HashMap<u64, u8, HashIds>,
    texts: HashMap<Box<str>, u8, RandomState>,
    hash: RandomState,
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

/// Hashes packed ids: a number of 8 bytes needs less than the standard library's hash, which takes
/// any text, and a million of them are met. Seeded by that one, so that nobody can choose ids which
/// fall onto each other.
#[derive(Debug, Clone)]
struct HashIds {
    seed: u64,
    factor: u64,
}

/// The golden ratio in 64 bits: spreads what the first, random factor leaves close together.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Default for HashIds {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            seed: random.hash_one("seed"),
            // Odd: an even one would lose the top bit.
            factor: random.hash_one("factor") | 1,
        }
    }
}

impl BuildHasher for HashIds {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher {
            hash: self.seed,
            factor: self.factor,
        }
    }
}

struct IdHasher {
    hash: u64,
    factor: u64,
}

impl Hasher for IdHasher {
    fn write_u64(&mut self, id: u64) {
        self.hash = folded_product(folded_product(self.hash ^ id, self.factor), SPREAD);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

/// Both halves of a product, one upon the other: each bit of the factors has a say in each bit.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the other half is taken, too"
)]
fn folded_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Numbers that follow each other, as those of one company do, must share neither the low bits,
    /// by which a table chooses a place, nor the high ones, by which it tells neighbours apart.
    #[test]
    fn neighbours_fall_apart() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100 {
            let hash = HashIds {
                seed: random.u64(..),
                factor: random.u64(..) | 1,
            };
            let hashes: Vec<_> = (0..4096_u64)
                .map(|next| hash.hash_one(1_447_700_900_000 + next))
                .collect();
            let different = |part: fn(&u64) -> u64| {
                let parts: HashSet<_> = hashes.iter().map(part).collect();
                parts.len()
            };
            // Of 4,096 thrown at random, 2,589 places of 4,096 are hit.
            assert!(different(|hash| hash & 0xfff) > 2400);
            assert_eq!(different(|hash| hash >> 57), 128);
            assert_eq!(different(|hash| *hash), 4096);
        }
    }

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
        ] {
            assert_eq!(seen.meet(&key(id), pass), met, "{id} in pass {pass}");
        }
        assert_eq!(seen.len(), 3);
    }
}
