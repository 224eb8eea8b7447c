//! What a fault does.

use std::time::Duration;

use crate::change::Change;

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// This status with the gate's error body. One that HTTP does not know becomes 500.
    Status(u16),
    /// 429 with the gate's error body.
    RateLimited {
        /// The `Retry-After` header, as it is to be sent: seconds, an HTTP date or nonsense.
        /// `None` leaves the header out, as the real gate does.
        retry_after: Option<String>,
    },
    /// This status with the gate's error body and a `Retry-After` header.
    RetryAfter {
        /// The status.
        status: u16,
        /// The header's value.
        value: String,
    },
    /// 200 with an outage page in HTML.
    Html,
    /// 200 with this body as `application/json`, whatever it is.
    Json(String),
    /// The true answer's head with its full `Content-Length`, half the body, then the connection
    /// closes.
    CutBody,
    /// Half of the true answer as if it were all: the JSON ends in the middle.
    TruncatedJson,
    /// The answer comes this much later.
    Latency(Duration),
    /// The answer is that for offset 0.
    SamePage,
    /// The answer has at most so many rows.
    Rows(u64),
    /// The answer is that for the offset rounded down to a multiple of this, at least 1.
    RoundOffset(u64),
    /// The answer is that for this offset when a higher one is asked.
    ClampOffset(u64),
    /// Behind its end the list begins anew: the answer is that for the rest of dividing the offset
    /// by the list's length.
    StartOver,
    /// 302 to this address.
    Redirect(String),
    /// A body in chunks that never ends: rows of a contact list.
    Endless,
    /// The true answer followed by white space up to this many bytes, with a `Content-Length`.
    HugeBody(u64),
    /// The true answer, one byte each time that this long has passed.
    Drip(Duration),
    /// The connection closes without an answer.
    CloseConnection,
    /// The list changes just before the answer is made.
    Change(Change),
    /// The list changes just after the answer is made.
    ChangeAfter(Change),
}
