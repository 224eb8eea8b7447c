//! The target of a run: its id, its note and its state.

use std::time::SystemTime;

use time::OffsetDateTime;

use super::request::WriteRequest;
use super::staging::random_tab_id;
use crate::api::client::SheetsClient;
use crate::plan::{TabState, Target};

/// The maximum number of an incomplete scan's reasons in the note.
const MAX_REASONS: usize = 5;

/// Creates the target of a run, with random ids.
pub(super) fn target(client: &SheetsClient, request: &WriteRequest<'_>) -> Target {
    let complete = request.end.is_complete();
    let at = format_minute(client.clock().time_of_day());
    Target {
        title: request.title.to_owned(),
        new_tab: random_tab_id(),
        note: note(request, &at),
        state: TabState {
            v: 1,
            run: format!("{:016x}", fastrand::u64(..)),
            tab: request.title.to_owned(),
            complete,
            at,
        },
    }
}

/// The text of the note on the header of the first column.
fn note(request: &WriteRequest<'_>, at: &str) -> String {
    let mut note = format!("Written by whapi.\nLast change: {at}.\n");
    if request.end.is_complete() {
        note.push_str("Complete: the scan saw every contact.");
    } else {
        note.push_str(
            "Incomplete: contacts may be missing or out of date; no contact was removed.",
        );
        for reason in request.end.reasons().iter().take(MAX_REASONS) {
            note.push_str("\n- ");
            note.push_str(reason);
        }
    }
    note
}

/// Formats a time in UTC, to the minute: `2026-11-22 17:03 UTC`.
///
/// A time outside of the years 1970 to 9999 becomes the start of 1970.
fn format_minute(time: SystemTime) -> String {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{} {:02}:{:02} UTC",
        time.date(),
        time.hour(),
        time.minute()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(seconds: u64, expected: &str) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(format_minute(time), expected);
    }

    #[test]
    fn times_are_formatted_in_utc() {
        check(0, "1970-01-01 00:00 UTC");
        check(951_782_399, "2000-02-28 23:59 UTC");
        check(951_782_400, "2000-02-29 00:00 UTC");
        check(951_868_800, "2000-03-01 00:00 UTC");
        check(1_767_225_599, "2025-12-31 23:59 UTC");
        check(1_795_367_000, "2026-11-22 17:03 UTC");
        check(253_402_300_799, "9999-12-31 23:59 UTC");
        check(253_402_300_800, "1970-01-01 00:00 UTC");
    }
}
