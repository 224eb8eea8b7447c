//! Which channels a run takes, of those that several runs share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

/// The most runs that share the channels.
const MOST: u32 = 10_000;

/// One of several runs that share the channels: `2/3` is the second of three.
///
/// A channel belongs to one of them by a hash of its name and the number of the run, of which the
/// highest wins. So a channel that is added or removed moves no other, and one more run takes only the
/// channels that become its own.
///
/// # Examples
///
/// ```
/// use whapi_export_dataset::Shard;
///
/// let shards: Vec<Shard> = ["1/3", "2/3", "3/3"].map(|text| text.parse().unwrap()).into();
/// let takers = shards.iter().filter(|shard| shard.takes("shop"));
/// assert_eq!(takers.count(), 1);
/// assert!(Shard::WHOLE.takes("shop"));
/// assert!("0/3".parse::<Shard>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// From 1.
    number: u32,
    count: u32,
}

/// A text that is no [`Shard`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidShard(String);

impl fmt::Display for InvalidShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no shard such as 1/3, the first of three: numbers from 1, at most {MOST}",
            whapi_text::escape_terminal(&self.0)
        )
    }
}

impl std::error::Error for InvalidShard {}

impl Shard {
    /// The only run: it takes every channel.
    pub const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };

    pub(crate) fn new(number: u32, count: u32) -> Option<Self> {
        let fits = (1..=MOST).contains(&count) && (1..=count).contains(&number);
        fits.then_some(Self { number, count })
    }

    /// The number of the run, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// The number of runs.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether this run takes a channel. Letter case does not matter.
    pub fn takes(self, channel: &str) -> bool {
        let channel = channel.to_lowercase();
        let score = |number: u32| {
            let text = format!("{number}\n{channel}");
            let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
            // The lower number of two equal hashes.
            (hash, u32::MAX - number)
        };
        let winner = (1..=self.count).max_by_key(|number| score(*number));
        winner == Some(self.number)
    }
}

/// `2/3`.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let shard = text.split_once('/').and_then(|(number, count)| {
            Self::new(number.trim().parse().ok()?, count.trim().parse().ok()?)
        });
        shard.ok_or_else(|| InvalidShard(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        (0..300).map(|number| format!("channel-{number}")).collect()
    }

    fn taker(count: u32, name: &str) -> u32 {
        let mut takers =
            (1..=count).filter(|number| Shard::new(*number, count).unwrap().takes(name));
        let taker = takers.next().unwrap();
        assert_eq!(takers.next(), None);
        taker
    }

    #[test]
    fn every_channel_has_one_run_and_every_run_about_as_many() {
        let mut taken = [0; 3];
        for name in names() {
            taken[taker(3, &name) as usize - 1] += 1;
            assert_eq!(taker(3, &name), taker(3, &name.to_uppercase()));
        }
        assert!(
            taken.iter().all(|count| (70..130).contains(count)),
            "{taken:?}"
        );
    }

    #[test]
    fn one_more_run_takes_only_what_becomes_its_own() {
        for name in names() {
            let (before, after) = (taker(3, &name), taker(4, &name));
            assert!(after == before || after == 4, "{name}");
        }
    }

    /// Machines of different versions must agree.
    #[test]
    fn the_runs_of_names_stay_the_same() {
        let takers = ["shop", "office", "home", "main"].map(|name| taker(5, name));
        assert_eq!(takers, EXPECTED);
    }

    /// printf '%s\n%s' NUMBER NAME | sha256sum: the number with the highest.
    const EXPECTED: [u32; 4] = [1, 4, 4, 5];

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "", "1", "0/3", "4/3", "1/0", "a/b", "1/3/5", "-1/3", "1/10001",
        ] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!(
            "0/3".parse::<Shard>().unwrap_err().to_string(),
            "`0/3` is no shard such as 1/3, the first of three: numbers from 1, at most 10000"
        );
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
    }
}
