//! Retries: which statuses are retried, and how long to wait.

use std::time::Duration;

use reqwest::StatusCode;
use whapi_http::Backoff;

/// How often and how long a request is tried.
///
/// The wait before try *n* is drawn evenly between nothing and the smaller of
/// [`max_delay`](Self::max_delay) and [`base_delay`](Self::base_delay) doubled *n* - 1 times
/// ("full jitter"), unless the API names a time.
///
/// ```
/// let policy = whapi_fetch::RetryPolicy::default();
/// assert_eq!(policy.max_tries, 6);
/// assert_eq!(policy.deadline.as_secs(), 300);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Tries in all, the first included. Default: 6.
    pub max_tries: u32,
    /// The first wait is at most this long. Default: 0.5 s.
    pub base_delay: Duration,
    /// No wait of our own is longer than this. Default: 30 s.
    pub max_delay: Duration,
    /// A wait that would end later than this after the first try ends the request instead.
    /// Default: 5 minutes.
    pub deadline: Duration,
    /// A `Retry-After` longer than this ends the run at once. Default: 120 s.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_tries: 6,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            deadline: Duration::from_secs(300),
            max_retry_after: Duration::from_secs(120),
        }
    }
}

impl RetryPolicy {
    /// The wait before the try that follows try number `tries`, counted from 1.
    pub(crate) fn delay(&self, tries: u32) -> Duration {
        Backoff::new(self.base_delay, self.max_delay).delay(tries)
    }
}

/// What an HTTP status means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusVerdict {
    /// An answer to read.
    Read,
    /// The request itself was refused (400): the same request again would be too.
    BadRequest,
    /// The token is wrong, or the channel does not exist.
    Token,
    /// A quota that waiting does not mend.
    Quota,
    /// Too many requests: wait, and ask for less at a time.
    SlowDown,
    /// A passing failure.
    Passing,
    /// Nothing that this API answers.
    Unexpected,
}

/// Classifies a status by the API's documented errors.
pub(crate) fn classify_status(status: StatusCode) -> StatusVerdict {
    match status.as_u16() {
        200 => StatusVerdict::Read,
        400 => StatusVerdict::BadRequest,
        401 | 403 | 404 => StatusVerdict::Token,
        402 => StatusVerdict::Quota,
        429 => StatusVerdict::SlowDown,
        // A proxy in front of the API answers 520 to 530 when the API does not answer.
        408 | 425 | 500 | 502..=504 | 520..=530 => StatusVerdict::Passing,
        _ => StatusVerdict::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_the_api() {
        use StatusVerdict::{BadRequest, Passing, Quota, Read, SlowDown, Token, Unexpected};
        let table = [
            (200, Read),
            (204, Unexpected),
            (301, Unexpected),
            (302, Unexpected),
            (307, Unexpected),
            (400, BadRequest),
            (401, Token),
            (402, Quota),
            (403, Token),
            (404, Token),
            (405, Unexpected),
            (408, Passing),
            (418, Unexpected),
            (425, Passing),
            (429, SlowDown),
            (500, Passing),
            (501, Unexpected),
            (502, Passing),
            (503, Passing),
            (504, Passing),
            (505, Unexpected),
            (520, Passing),
            (530, Passing),
        ];
        for (status, verdict) in table {
            assert_eq!(
                classify_status(StatusCode::from_u16(status).unwrap()),
                verdict,
                "{status}"
            );
        }
    }
}
