//! Whether and when to retry a request.

use std::time::{Duration, Instant};

use whapi_export::{Error, ErrorKind};
use whapi_http::Backoff;

use super::failure::ApiFailure;

/// The maximum number of tries of a request.
const MAX_TRIES: u32 = 8;
/// The maximum number of tries after status 429. Their waits last well over a minute, after which the
/// quota is restored.
const MAX_QUOTA_TRIES: u32 = 14;
/// The maximum time of all tries of a request.
const DEADLINE: Duration = Duration::from_secs(600);
/// The maximum `Retry-After`.
const MAX_WAIT: Duration = Duration::from_secs(300);
/// The waits between tries.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(64));

/// Counts the tries of one request.
#[derive(Debug)]
pub(crate) struct Retries {
    tries: u32,
    begun: Instant,
    /// Whether the access token was renewed because the API refused it.
    renewed: bool,
}

impl Retries {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            tries: 0,
            begun: now,
            renewed: false,
        }
    }

    /// Returns how long to wait before the next try.
    ///
    /// # Errors
    ///
    /// The failure's error, if there is no next try.
    pub(crate) fn wait(&mut self, failure: ApiFailure, now: Instant) -> Result<Duration, Error> {
        self.tries += 1;
        if failure.token_refused && !std::mem::replace(&mut self.renewed, true) {
            return Ok(Duration::ZERO);
        }
        let asked = failure.retry_after.unwrap_or_default();
        let late = now.duration_since(self.begun) + asked > DEADLINE;
        let most = match failure.error.kind() {
            ErrorKind::RateLimited => MAX_QUOTA_TRIES,
            _ => MAX_TRIES,
        };
        if asked > MAX_WAIT {
            let message = format!(
                "{}; Google asks to wait {} s, longer than the {} s that are waited for",
                failure.error,
                asked.as_secs(),
                MAX_WAIT.as_secs()
            );
            return Err(Error::new(failure.error.kind(), message));
        }
        if !failure.is_retryable || self.tries >= most || late {
            return Err(failure.error);
        }
        Ok(asked.max(BACKOFF.delay(self.tries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_waits_and_time_are_limited() {
        let now = Instant::now();
        let mut retries = Retries::new(now);
        let mut waits = Vec::new();
        while let Ok(wait) = retries.wait(ApiFailure::interrupted("x"), now) {
            waits.push(wait);
        }
        assert_eq!(waits.len(), 7);
        for (wait, most) in waits.iter().zip([1, 2, 4, 8, 16, 32, 64]) {
            assert!(*wait <= Duration::from_secs(most));
        }

        let asked = |seconds| ApiFailure {
            retry_after: Some(Duration::from_secs(seconds)),
            ..ApiFailure::interrupted("x")
        };
        let mut retries = Retries::new(now);
        assert!(retries.wait(asked(300), now).unwrap() >= Duration::from_secs(300));
        assert!(retries.wait(asked(301), now).is_err());
        let later = now + DEADLINE;
        assert!(Retries::new(now).wait(asked(1), later).is_err());
    }
}
