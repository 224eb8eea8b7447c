//! Dates in UTC, and ages.

use whapi_text::{MONTHS, rfc_3339, year_and_month};

const DAY: i64 = 86_400;

/// The age of the last activity of a chat.
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

    /// The age of `then` at `now`, both in seconds since 1970-01-01 UTC.
    ///
    /// A time in the future is new, because clocks differ.
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
    /// The month in UTC of this second since 1970-01-01.
    pub(crate) fn of(seconds: i64) -> Self {
        let (year, month) = year_and_month(seconds);
        Self(i64::from(year) * 12 + i64::from(month) - 1)
    }

    /// The number of months from this one to `later`. Negative if `later` is before.
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

/// A time as `2026-11-25T17:38:00Z`; outside of the years 0 to 9999, their beginning or end.
pub(crate) fn iso(seconds: i64) -> String {
    rfc_3339(seconds).unwrap_or_else(|| match seconds {
        ..0 => "0000-01-01T00:00:00Z".to_owned(),
        _ => "9999-12-31T23:59:59Z".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_always_valid_rfc_3339() {
        assert_eq!(iso(1_795_628_280), "2026-11-25T17:38:00Z");
        assert_eq!(iso(i64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(iso(i64::MIN), "0000-01-01T00:00:00Z");
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
