//! Times as text.

const DAY: i64 = 24 * 60 * 60;

/// A time as RFC 3339 has it, in UTC, from seconds since 1970-01-01 UTC. `None` outside of the years
/// 0 to 9999, which RFC 3339 cannot write.
pub(crate) fn rfc_3339(seconds: i64) -> Option<String> {
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date(days)?;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    ))
}

/// Year, month and day, so many days after 1970-01-01.
fn date(days: i64) -> Option<(i64, i64, i64)> {
    /// Days in 400 years, after which the calendar repeats itself.
    const ERA: i64 = 146_097;
    /// From the first of March of the year 0 to 1970-01-01.
    const FROM_YEAR_0: i64 = 719_468;

    // Years that begin in March have their leap day at the end, where it moves no month.
    let days = days.checked_add(FROM_YEAR_0)?;
    let (era, day_of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let (month, next_year) = if months < 10 {
        (months + 3, 0)
    } else {
        (months - 9, 1)
    };
    let year = year_of_era + era * 400 + next_year;
    (0..=9999).contains(&year).then_some((year, month, day))
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
        check(951_782_400, Some("2000-02-29T00:00:00Z"));
        check(951_868_799, Some("2000-02-29T23:59:59Z"));
        check(951_868_800, Some("2000-03-01T00:00:00Z"));
        check(1_709_164_800, Some("2024-02-29T00:00:00Z"));
        check(1_735_689_599, Some("2024-12-31T23:59:59Z"));
        check(1_735_689_600, Some("2025-01-01T00:00:00Z"));
        check(4_107_542_399, Some("2100-02-28T23:59:59Z"));
        check(4_107_542_400, Some("2100-03-01T00:00:00Z"));
    }

    #[test]
    fn every_day_follows_the_one_before_it() {
        let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let (mut year, mut month, mut day) = (0, 1, 1);
        let mut days = -719_528;
        while year < 10_000 {
            assert_eq!(date(days), Some((year, month, day)));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = months[month as usize - 1] + i64::from(leap && month == 2);
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
            days += 1;
        }
        assert_eq!(date(days), None, "the year 10000");
        assert_eq!(date(-719_529), None, "the year before 0");
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
