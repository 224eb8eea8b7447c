//! Dates in UTC, and how long ago something was.

const DAY: i64 = 86_400;

/// Names of the months, as they head columns.
pub(crate) const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// How long ago the last activity of a chat was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    Days7,
    Days30,
    Days90,
    Days365,
    Older,
}

impl Age {
    pub(crate) const ALL: [Self; 5] = [
        Self::Days7,
        Self::Days30,
        Self::Days90,
        Self::Days365,
        Self::Older,
    ];

    /// How old `then` is at `now`, both in seconds since 1970. A time in the future is new: the
    /// clocks of two machines differ.
    pub(crate) fn of(then: i64, now: i64) -> Self {
        let begun = now.saturating_sub(then).saturating_add(DAY - 1);
        match begun.div_euclid(DAY) {
            ..=7 => Self::Days7,
            8..=30 => Self::Days30,
            31..=90 => Self::Days90,
            91..=365 => Self::Days365,
            _ => Self::Older,
        }
    }

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Days7 => "last 7 days",
            Self::Days30 => "8 to 30 days ago",
            Self::Days90 => "31 to 90 days ago",
            Self::Days365 => "91 to 365 days ago",
            Self::Older => "more than 365 days ago",
        }
    }
}

/// A month of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i64);

impl Month {
    /// The month in UTC that holds this second since 1970.
    pub(crate) fn of(seconds: i64) -> Self {
        let (year, month, _) = date(seconds);
        Self(year * 12 + i64::from(month) - 1)
    }

    /// How many months `later` is after this one; negative when it is before.
    pub(crate) fn until(self, later: Self) -> i64 {
        later.0 - self.0
    }

    pub(crate) fn before(self, months: i64) -> Self {
        Self(self.0 - months)
    }

    pub(crate) fn year(self) -> i64 {
        self.0.div_euclid(12)
    }

    /// `Jan`.
    pub(crate) fn name(self) -> &'static str {
        MONTHS[usize::try_from(self.0.rem_euclid(12)).unwrap_or_default()]
    }

    /// `2026-11`.
    pub(crate) fn iso(self) -> String {
        format!("{:04}-{:02}", self.year(), self.0.rem_euclid(12) + 1)
    }
}

/// `2026-11-25T17:38:00Z`.
pub(crate) fn iso(seconds: i64) -> String {
    let (year, month, day) = date(seconds);
    let (hour, minute) = clock(seconds);
    let second = seconds.rem_euclid(60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `25 Nov 2026, 17:38 UTC`.
pub(crate) fn readable(seconds: i64) -> String {
    let (year, month, day) = date(seconds);
    let (hour, minute) = clock(seconds);
    let month = MONTHS[usize::from(month) - 1];
    format!("{day} {month} {year}, {hour:02}:{minute:02} UTC")
}

fn clock(seconds: i64) -> (i64, i64) {
    let of_day = seconds.rem_euclid(DAY);
    (of_day / 3600, of_day % 3600 / 60)
}

/// Year, month and day in UTC. Years begin in March here, so that the leap day is the last of its
/// year and the lengths of months follow one formula.
fn date(seconds: i64) -> (i64, u8, u8) {
    /// Days from 1 March of the year 0 to 1 January 1970.
    const TO_1970: i64 = 719_468;
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let days = seconds.div_euclid(DAY) + TO_1970;
    let era = days.div_euclid(DAYS_IN_400_YEARS);
    let of_era = days.rem_euclid(DAYS_IN_400_YEARS);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let small = |number: i64| u8::try_from(number).unwrap_or(1);
    (year, small(month), small(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_across_leap_days_and_centuries() {
        let table = [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_795_628_280, "2026-11-25T17:38:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
        ];
        for (seconds, expected) in table {
            assert_eq!(iso(seconds), expected);
        }
        assert_eq!(readable(1_795_628_280), "25 Nov 2026, 17:38 UTC");
        assert!(iso(i64::MAX).ends_with('Z'));
        assert!(iso(i64::MIN).ends_with('Z'));
    }

    #[test]
    fn every_day_is_the_next_of_the_one_before() {
        let length = |year: i64, month: u8| match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let mut expected = (1970, 1, 1);
        for day in 0..200_000 {
            assert_eq!(date(day * DAY), expected);
            let (year, month, of_month) = expected;
            expected = match (of_month == length(year, month), month) {
                (false, _) => (year, month, of_month + 1),
                (true, 12) => (year + 1, 1, 1),
                (true, _) => (year, month + 1, 1),
            };
        }
    }

    #[test]
    fn an_age_ends_with_its_last_second() {
        let now = 1_795_628_280;
        let days = |days: i64, more: i64| Age::of(now - days * DAY - more, now);
        assert_eq!(Age::of(now + 60, now), Age::Days7);
        assert_eq!((days(7, 0), days(7, 1)), (Age::Days7, Age::Days30));
        assert_eq!((days(30, 0), days(30, 1)), (Age::Days30, Age::Days90));
        assert_eq!((days(90, 0), days(90, 1)), (Age::Days90, Age::Days365));
        assert_eq!((days(365, 0), days(365, 1)), (Age::Days365, Age::Older));
        assert_eq!(Age::of(i64::MIN, now), Age::Older);
    }

    #[test]
    fn months_are_counted_across_years() {
        let november = Month::of(1_795_628_280);
        assert_eq!(
            (november.iso().as_str(), november.name()),
            ("2026-11", "Nov")
        );
        let december = november.before(11);
        assert_eq!(december.iso(), "2025-12");
        assert_eq!(december.until(november), 11);
        assert_eq!(november.until(december), -11);
    }
}
