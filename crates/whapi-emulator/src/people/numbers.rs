//! Phone numbers that are not in use, and LIDs.

/// A range of phone numbers.
///
/// `prefix`, then `first` to `first + size - 1` as `digits` digits.
struct Range {
    prefix: &'static str,
    digits: usize,
    first: u64,
    size: u64,
}

impl Range {
    const fn new(prefix: &'static str, digits: usize, first: u64, size: u64) -> Self {
        Self {
            prefix,
            digits,
            first,
            size,
        }
    }

    /// 555-0100 to 555-0199 of a North American area code.
    const fn area(prefix: &'static str) -> Self {
        Self::new(prefix, 4, 100, 100)
    }

    fn number(&self, index: u64) -> String {
        let (prefix, digits) = (self.prefix, self.digits);
        format!("{prefix}{:0digits$}", self.first + index)
    }
}

/// Ranges that national authorities reserve for fiction.
///
/// 555-01xx in North America, Ofcom's numbers for drama, 020 91x xxxx in Ireland, the French and
/// German ranges for films, a Swedish range for books, the Australian ranges for creative works.
const FICTION: [Range; 56] = [
    Range::area("1202555"),
    Range::area("1206555"),
    Range::area("1212555"),
    Range::area("1213555"),
    Range::area("1303555"),
    Range::area("1305555"),
    Range::area("1312555"),
    Range::area("1404555"),
    Range::area("1415555"),
    Range::area("1416555"),
    Range::area("1503555"),
    Range::area("1504555"),
    Range::area("1512555"),
    Range::area("1514555"),
    Range::area("1602555"),
    Range::area("1604555"),
    Range::area("1613555"),
    Range::area("1617555"),
    Range::area("1702555"),
    Range::area("1713555"),
    Range::area("1801555"),
    Range::area("1808555"),
    Range::area("1902555"),
    Range::area("1907555"),
    Range::new("447700900", 3, 0, 1000),
    Range::new("442079460", 3, 0, 1000),
    Range::new("441134960", 3, 0, 1000),
    Range::new("441144960", 3, 0, 1000),
    Range::new("441154960", 3, 0, 1000),
    Range::new("441164960", 3, 0, 1000),
    Range::new("441174960", 3, 0, 1000),
    Range::new("441214960", 3, 0, 1000),
    Range::new("441314960", 3, 0, 1000),
    Range::new("441414960", 3, 0, 1000),
    Range::new("441614960", 3, 0, 1000),
    Range::new("3532091", 5, 0, 100_000),
    Range::new("3319900", 4, 0, 10_000),
    Range::new("3326191", 4, 0, 10_000),
    Range::new("3335301", 4, 0, 10_000),
    Range::new("3346571", 4, 0, 10_000),
    Range::new("3353649", 4, 0, 10_000),
    Range::new("3363998", 4, 0, 10_000),
    Range::new("493023125", 3, 0, 1000),
    Range::new("494066969", 3, 0, 1000),
    Range::new("496990009", 3, 0, 1000),
    Range::new("492214710", 3, 0, 1000),
    Range::new("498999998", 3, 0, 1000),
    Range::new("46701740", 3, 605, 95),
    Range::new("6125550", 4, 0, 10_000),
    Range::new("6127010", 4, 0, 10_000),
    Range::new("6135550", 4, 0, 10_000),
    Range::new("6137010", 4, 0, 10_000),
    Range::new("6175550", 4, 0, 10_000),
    Range::new("6177010", 4, 0, 10_000),
    Range::new("6185550", 4, 0, 10_000),
    Range::new("6187010", 4, 0, 10_000),
];

/// Numbers of country code 999, which is reserved and not assigned.
///
/// Those with 0 after the country code are used by the channel and by `nasty`.
const UNASSIGNED: Range = Range::new("999", 9, 100_000_000, 900_000_000);

/// Step of a walk through a range.
///
/// It has no common factor with any size, so a walk visits each number once before it repeats one.
const STRIDE: u64 = 618_033_989;

struct Walk {
    at: u64,
    left: u64,
}

impl Walk {
    fn next(&mut self, size: u64) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        self.at = (self.at + STRIDE) % size;
        Some(self.at)
    }
}

/// Generates phone numbers without repetition.
pub(super) struct Numbers {
    /// The ranges with numbers left.
    open: Vec<(&'static Range, Walk)>,
    rest: Walk,
}

impl Numbers {
    pub(super) fn new(rng: &mut fastrand::Rng) -> Self {
        let mut walk = |size| Walk {
            at: rng.u64(..size),
            left: size,
        };
        Self {
            open: FICTION
                .iter()
                .map(|range| (range, walk(range.size)))
                .collect(),
            rest: walk(UNASSIGNED.size),
        }
    }

    pub(super) fn next(&mut self, rng: &mut fastrand::Rng) -> String {
        while !self.open.is_empty() {
            let pick = rng.usize(..self.open.len());
            let (range, walk) = &mut self.open[pick];
            if let Some(index) = walk.next(range.size) {
                return range.number(index);
            }
            self.open.swap_remove(pick);
        }
        let index = self.rest.next(UNASSIGNED.size);
        UNASSIGNED.number(index.expect("fewer than 900 million people fit in memory"))
    }
}

/// Number of LIDs with 14 digits.
///
/// There are ten times as many with 15.
const LIDS: u64 = 70_000_000_000_000;
const LID_STRIDE: u64 = 43_301_270_189_221;

/// Generates LIDs without repetition. Those that start with 1 are used by `nasty`.
pub(super) struct Lids {
    at: u64,
}

impl Lids {
    pub(super) fn new(rng: &mut fastrand::Rng) -> Self {
        Self {
            at: rng.u64(..LIDS),
        }
    }

    pub(super) fn next(&mut self, rng: &mut fastrand::Rng) -> String {
        self.at = (self.at + LID_STRIDE) % LIDS;
        let fourteen = LIDS / 7 * 2 + self.at;
        if rng.bool() {
            format!("{fourteen}@lid")
        } else {
            format!("{}@lid", fourteen * 10 + rng.u64(..10))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gcd(a: u64, b: u64) -> u64 {
        if b == 0 { a } else { gcd(b, a % b) }
    }

    #[test]
    fn strides_share_no_factor_with_what_they_walk() {
        for range in FICTION.iter().chain([&UNASSIGNED]) {
            assert_eq!(gcd(STRIDE, range.size), 1, "{}", range.prefix);
        }
        assert_eq!(gcd(LID_STRIDE, LIDS), 1);
    }

    #[test]
    fn no_range_runs_out_of_its_digits_or_into_another() {
        for range in &FICTION {
            assert!(range.first + range.size <= 10_u64.pow(u32::try_from(range.digits).unwrap()));
            let twins = FICTION
                .iter()
                .filter(|other| other.prefix.starts_with(range.prefix));
            assert_eq!(twins.count(), 1, "{}", range.prefix);
        }
        assert_eq!(FICTION[0].number(0), "12025550100");
        assert_eq!(FICTION[0].number(99), "12025550199");
    }
}
