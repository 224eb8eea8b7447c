//! Counts and shares for people.

use std::fmt;

use whapi_text::grouped;

/// A count, and whether the true number may be higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Exact(u64),
    /// A lower bound: other contacts may belong here. 0 is shown as not known.
    AtLeast(u64),
}

impl Count {
    /// A count of `number`, if `unknown` other contacts may belong here.
    pub(crate) fn new(number: u64, unknown: u64) -> Self {
        if unknown == 0 {
            Self::Exact(number)
        } else {
            Self::AtLeast(number)
        }
    }

    /// A count of one part of a whole, of which another row shows the `unknown` part.
    ///
    /// Because of that row only a count of 0 becomes a lower bound.
    pub(crate) fn part(number: u64, unknown: u64) -> Self {
        if number == 0 {
            Self::new(number, unknown)
        } else {
            Self::Exact(number)
        }
    }

    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Exact(number) | Self::AtLeast(number) => number,
        }
    }

    pub(crate) fn is_known(self) -> bool {
        self != Self::AtLeast(0)
    }

    /// The share of `whole` in percent. Empty if it is not known.
    pub(crate) fn share(self, whole: u64) -> String {
        if self.is_known() {
            share(self.number(), whole)
        } else {
            String::new()
        }
    }
}

/// `1,317`, `at least 12` or `not known`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(number) => f.write_str(&grouped(*number)),
            Self::AtLeast(0) => f.write_str("not known"),
            Self::AtLeast(number) => write!(f, "at least {}", grouped(*number)),
        }
    }
}

/// A number in at most four characters: `999`, `1.3k`, `13k`, `1.3M`.
pub(crate) fn short(number: u64) -> String {
    let (unit, name) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    let whole = number / unit;
    let tenth = number % unit * 10 / unit;
    if whole < 10 && tenth > 0 {
        format!("{whole}.{tenth}{name}")
    } else {
        format!("{whole}{name}")
    }
}

/// A share in whole percent. `0%` and `100%` are exact; otherwise `<1%` and `>99%`.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    match (part * 200 + whole) / (whole * 2) {
        0 if part > 0 => "<1%".to_owned(),
        100 if part < whole => ">99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_honest_at_both_ends() {
        let table = [
            (0, 3, "0%"),
            (1, 3, "33%"),
            (2, 3, "67%"),
            (3, 3, "100%"),
            (1, 200, "1%"),
            (1, 201, "<1%"),
            (200, 201, ">99%"),
            (472, 1317, "36%"),
            (u64::MAX, u64::MAX, "100%"),
            (0, 0, ""),
        ];
        for (part, whole, expected) in table {
            assert_eq!(share(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn none_found_is_not_none_there() {
        let table = [
            (Count::new(0, 0), "0", "0%"),
            (Count::new(1317, 0), "1,317", "66%"),
            (Count::new(1317, 1), "at least 1,317", "66%"),
            (Count::new(0, 1), "not known", ""),
        ];
        for (count, text, share) in table {
            assert_eq!(count.to_string(), text);
            assert_eq!(count.share(2000), share);
        }
    }

    #[test]
    fn short_numbers_never_say_too_much() {
        let table = [
            (999, "999"),
            (1_000, "1k"),
            (1_349, "1.3k"),
            (9_999, "9.9k"),
            (999_999, "999k"),
            (1_000_000, "1M"),
            (2_500_000_000, "2.5G"),
        ];
        for (number, text) in table {
            assert_eq!(short(number), text);
        }
    }
}
