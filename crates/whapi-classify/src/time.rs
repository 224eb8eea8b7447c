//! Times as text.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time as RFC 3339 has it, in UTC, from seconds since 1970-01-01 UTC. `None` outside of the years
/// 0 to 9999, which RFC 3339 cannot write.
pub(crate) fn rfc_3339(seconds: i64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    time.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
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
}
