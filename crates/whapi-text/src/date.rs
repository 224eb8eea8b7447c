//! Dates and times in UTC, from seconds since 1970-01-01 UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};

/// The names of the months, three letters each.
pub const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The last second that RFC 3339 can write.
const LAST_SECOND: &str = "9999-12-31T23:59:59Z";

/// A time in the format of RFC 3339, in UTC.
///
/// `None` outside of the years 0 to 9999, which that format cannot write.
///
/// # Examples
///
/// ```
/// assert_eq!(whapi_text::rfc_3339(1_795_628_280).as_deref(), Some("2026-11-25T17:38:00Z"));
/// ```
pub fn rfc_3339(seconds: i64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    time.format(&Rfc3339).ok()
}

/// A time of the system in the format of RFC 3339, in UTC and to the second.
///
/// A time before 1970 or after the year 9999 is written as the beginning of the one or the end of the other.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let time = UNIX_EPOCH + Duration::from_secs(1_795_628_280);
/// assert_eq!(whapi_text::system_time_rfc_3339(time), "2026-11-25T17:38:00Z");
/// ```
pub fn system_time_rfc_3339(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let seconds = i64::try_from(seconds).ok();
    let text = seconds.and_then(rfc_3339);
    text.unwrap_or_else(|| LAST_SECOND.to_owned())
}

/// Parses a time in the format of RFC 3339. Returns whole seconds since 1970-01-01 UTC.
///
/// # Examples
///
/// ```
/// assert_eq!(whapi_text::parse_rfc_3339("2026-11-25T18:38:00+01:00"), Some(1_795_628_280));
/// assert_eq!(whapi_text::parse_rfc_3339("yesterday"), None);
/// ```
pub fn parse_rfc_3339(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(time.unix_timestamp())
}

/// A time for people, in UTC and without seconds.
///
/// A time outside of the years -9999 to 9999 is shown as their beginning or end.
///
/// # Examples
///
/// ```
/// assert_eq!(whapi_text::readable_time(1_795_628_280), "25 Nov 2026, 17:38 UTC");
/// ```
pub fn readable_time(seconds: i64) -> String {
    let time = saturating(seconds);
    let (hour, minute, _) = time.to_hms();
    let month = MONTHS[usize::from(u8::from(time.month())) - 1];
    let (day, year) = (time.day(), time.year());
    format!("{day} {month} {year}, {hour:02}:{minute:02} UTC")
}

/// The year and the month, 1 to 12, of a time in UTC.
///
/// A time outside of the years -9999 to 9999 has their first or last month.
///
/// # Examples
///
/// ```
/// assert_eq!(whapi_text::year_and_month(1_795_628_280), (2026, 11));
/// ```
pub fn year_and_month(seconds: i64) -> (i32, u8) {
    let time = saturating(seconds);
    (time.year(), time.month().into())
}

fn saturating(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(if seconds < 0 {
        PrimitiveDateTime::MIN.assume_utc()
    } else {
        PrimitiveDateTime::MAX.assume_utc()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(seconds: i64, expected: Option<&str>) {
        assert_eq!(rfc_3339(seconds).as_deref(), expected, "{seconds}");
    }

    // Each was checked with `date --utc --iso-8601=seconds --date=@SECONDS`.
    #[test]
    fn known_times() {
        check(0, Some("1970-01-01T00:00:00Z"));
        check(-1, Some("1969-12-31T23:59:59Z"));
        check(951_868_799, Some("2000-02-29T23:59:59Z"));
        check(1_735_689_599, Some("2024-12-31T23:59:59Z"));
        check(4_107_542_400, Some("2100-03-01T00:00:00Z"));
    }

    #[test]
    fn no_number_overflows() {
        check(i64::MIN, None);
        check(i64::MAX, None);
        check(-62_167_219_200, Some("0000-01-01T00:00:00Z"));
        check(-62_167_219_201, None);
        check(253_402_300_799, Some("9999-12-31T23:59:59Z"));
        check(253_402_300_800, None);
    }

    #[test]
    fn a_time_of_the_system_is_always_written() {
        let second = Duration::from_secs(1);
        for (time, expected) in [
            (UNIX_EPOCH - second, "1970-01-01T00:00:00Z"),
            (UNIX_EPOCH + second, "1970-01-01T00:00:01Z"),
            (
                UNIX_EPOCH + Duration::from_secs(253_402_300_800),
                "9999-12-31T23:59:59Z",
            ),
        ] {
            assert_eq!(system_time_rfc_3339(time), expected);
        }
    }

    #[test]
    fn times_beyond_the_calendar_are_its_ends() {
        assert_eq!(readable_time(i64::MAX), "31 Dec 9999, 23:59 UTC");
        assert_eq!(readable_time(i64::MIN), "1 Jan -9999, 00:00 UTC");
        assert_eq!(year_and_month(i64::MAX), (9999, 12));
    }

    #[test]
    fn months_end_in_utc() {
        assert_eq!(year_and_month(1_798_761_599), (2026, 12));
        assert_eq!(year_and_month(1_798_761_600), (2027, 1));
        assert_eq!(readable_time(-1), "31 Dec 1969, 23:59 UTC");
    }
}
