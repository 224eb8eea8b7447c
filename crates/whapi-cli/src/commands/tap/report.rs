//! What became of the channels.

use whapi_fetch::{Error, ErrorKind};
use whapi_pipeline::Outcome;
use whapi_singer::Stream;
use whapi_text::{counted, with_causes};

use crate::console::Console;
use crate::exit;
use crate::summary::text::{ChannelLine, print_channels};

/// What became of a channel.
#[derive(Debug)]
pub(super) struct ChannelResult {
    name: String,
    outcome: Outcome,
    /// The rows of each stream. `None` if nothing was written.
    rows: Option<Vec<(Stream, u64)>>,
    /// Why it is not proven complete, a sentence each.
    doubts: Vec<String>,
    /// The kind of the failure.
    failure: Option<ErrorKind>,
}

impl ChannelResult {
    /// A channel that could not be read.
    #[expect(clippy::needless_pass_by_value, reason = "an error is reported once")]
    pub(super) fn failed(name: String, error: Error) -> Self {
        Self {
            name,
            outcome: Outcome::Failed,
            rows: None,
            doubts: vec![format!("could not be read: {}", with_causes(&error))],
            failure: Some(error.kind()),
        }
    }

    /// A channel of which nothing was written, because something may be missing.
    pub(super) fn incomplete(name: String, doubts: Vec<String>) -> Self {
        Self {
            name,
            outcome: Outcome::Incomplete,
            rows: None,
            doubts,
            failure: None,
        }
    }

    /// A channel that was written. It is complete if there is no doubt.
    pub(super) fn written(name: String, rows: Vec<(Stream, u64)>, doubts: Vec<String>) -> Self {
        Self {
            name,
            outcome: if doubts.is_empty() {
                Outcome::Complete
            } else {
                Outcome::Incomplete
            },
            rows: Some(rows),
            doubts,
            failure: None,
        }
    }

    fn line(&self) -> ChannelLine<'_> {
        let rows = self.rows.iter().flatten();
        let rows: Vec<_> = rows
            .map(|(stream, rows)| counted(*rows, row_of(*stream)))
            .collect();
        ChannelLine {
            name: &self.name,
            outcome: self.outcome,
            read: (!rows.is_empty()).then(|| rows.join(", ")),
        }
    }
}

/// The name of a row.
fn row_of(stream: Stream) -> &'static str {
    match stream {
        Stream::Contacts => "contact",
        Stream::Groups => "group",
        Stream::Memberships => "membership",
        Stream::Chats => "chat",
    }
}

/// Prints what became of each channel, and returns the exit code.
pub(super) fn summarize(results: &[ChannelResult], console: Console) -> u8 {
    let lines: Vec<_> = results.iter().map(ChannelResult::line).collect();
    print_channels(&lines, console);
    for result in results {
        for doubt in &result.doubts {
            console.warn(format_args!(
                "not proven complete: channel `{}`: {doubt}",
                result.name
            ));
        }
    }
    let is_complete = |result: &ChannelResult| result.outcome == Outcome::Complete;
    if results.iter().all(is_complete) {
        return exit::COMPLETE;
    }
    let failures = results.iter().map(|result| result.failure);
    let all_failed: Option<Vec<_>> = failures.collect();
    match all_failed.as_deref() {
        Some([first, ..]) => exit::of_source(*first),
        _ => exit::INCOMPLETE,
    }
}
