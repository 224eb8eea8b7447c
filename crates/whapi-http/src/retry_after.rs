//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

/// The longest wait that [`parse_retry_after`] returns: 2^31 seconds, 68 years.
///
/// RFC 9111 names this number for seconds that overflow. Adding it to an `Instant`, a `SystemTime`
/// or a `Duration` that a program has measured does not overflow.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(1 << 31);

/// Parses the value of a `Retry-After` header: whole seconds, or an HTTP date.
///
/// White space around the value is ignored. A date before `now` is a wait of zero. A wait is at most
/// [`LONGEST_RETRY_AFTER`], however many digits the seconds have. `None` when the value is neither.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use whapi_http::{LONGEST_RETRY_AFTER, parse_retry_after};
///
/// let now = SystemTime::UNIX_EPOCH;
/// let wait = |value| parse_retry_after(value, now);
/// assert_eq!(wait("7"), Some(Duration::from_secs(7)));
/// assert_eq!(wait("Thu, 01 Jan 1970 00:00:09 GMT"), Some(Duration::from_secs(9)));
/// assert_eq!(wait("99999999999999999999999"), Some(LONGEST_RETRY_AFTER));
/// assert_eq!(wait("+5"), None);
/// ```
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value
            .parse()
            .map_or(LONGEST_RETRY_AFTER, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        date.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    #[track_caller]
    fn check(value: &str, seconds: Option<u64>) {
        let expected = seconds.map(Duration::from_secs);
        assert_eq!(parse_retry_after(value, now()), expected, "`{value}`");
    }

    #[test]
    fn seconds_are_digits_only() {
        check("2", Some(2));
        check(" 120 ", Some(120));
        check("0", Some(0));
        check("", None);
        check("-1", None);
        check("+5", None);
        check("2.5", None);
        check("soon", None);
    }

    #[test]
    fn a_date_is_the_time_until_then() {
        check("Sun, 06 Nov 1994 08:49:47 GMT", Some(10));
        check("Sunday, 06-Nov-94 08:49:47 GMT", Some(10));
        check("Sun Nov  6 08:49:47 1994", Some(10));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
    }

    #[test]
    fn longer_waits_than_68_years_are_68_years() {
        check("2147483647", Some((1 << 31) - 1));
        check("2147483649", Some(1 << 31));
        check("18446744073709551615", Some(1 << 31));
        check("99999999999999999999999", Some(1 << 31));
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(1 << 31));
    }

    #[test]
    fn the_longest_wait_does_not_overflow() {
        let wait = LONGEST_RETRY_AFTER;
        assert!(Instant::now().checked_add(wait).is_some());
        assert!(SystemTime::now().checked_add(wait).is_some());
        assert!(Duration::from_secs(600).checked_add(wait).is_some());
    }
}
