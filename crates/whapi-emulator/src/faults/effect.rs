//! The effects of faults.

use std::time::Duration;

use crate::change::ListChange;

/// The effect of a fault on an answer or the list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Answers this status with an error body of the API. An invalid status becomes 500.
    Status(u16),
    /// Answers 429 with an error body of the API.
    RateLimited {
        /// The `Retry-After` header: seconds, an HTTP date or any other text. `None` sends no
        /// header, like the real API.
        retry_after: Option<String>,
    },
    /// Answers this status with an error body and a `Retry-After` header.
    RetryAfter {
        /// The HTTP status.
        status: u16,
        /// The header's value.
        value: String,
    },
    /// Answers 402 with `{"code":402,"error":"trial version limit exceeded"}`.
    ///
    /// Programs have seen this form in place of the documented one, which [`Status`](Self::Status)
    /// has.
    TrialLimit,
    /// Answers 200 with an HTML page about an outage.
    Html,
    /// Answers 200 with this body as `application/json`, valid or not.
    Json(String),
    /// Sends the full `Content-Length` and half the body, then closes the connection.
    CutBody,
    /// Answers half of the body, with the `Content-Length` of that half.
    TruncatedJson,
    /// Delays the answer.
    Latency(Duration),
    /// Answers the page at offset 0.
    SamePage,
    /// Limits the page to this many rows.
    Rows(u64),
    /// Rounds the offset down to a multiple of this. 0 counts as 1.
    RoundOffset(u64),
    /// Limits the offset to this.
    ClampOffset(u64),
    /// Restarts the list after its end: offset modulo length.
    StartOver,
    /// Answers 302 with this `Location`.
    Redirect(String),
    /// Answers a list of contacts that never ends, in chunks.
    Endless,
    /// Pads the body with spaces to this many bytes, with a `Content-Length`.
    HugeBody(u64),
    /// Sends the body byte by byte, each after this time.
    Drip(Duration),
    /// Closes the connection without an answer.
    CloseConnection,
    /// Changes the list before the answer is built.
    Change(ListChange),
    /// Changes the list after the answer is built.
    ChangeAfter(ListChange),
}
