//! Whether and when to ask again.

use std::time::{Duration, Instant};

use whapi_export::{Error, ErrorKind};

use super::failure::ApiFailure;

/// The most tries of one request.
const MAX_TRIES: u32 = 8;
/// The most tries of one that the quota does not let through: their waits outlast a minute, after
/// which there is a new quota, by far.
const MAX_QUOTA_TRIES: u32 = 14;
/// After so long in all, a request is given up.
const DEADLINE: Duration = Duration::from_secs(600);
/// The longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(300);
/// The first backoff is up to this; each further one up to twice as long.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// No backoff is longer.
const MAX_BACKOFF: Duration = Duration::from_secs(64);

/// How often and how long one request was tried.
#[derive(Debug)]
pub(crate) struct Retries {
    tries: u32,
    begun: Instant,
}

impl Retries {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            tries: 0,
            begun: now,
        }
    }

    /// How long to wait before the next try.
    ///
    /// # Errors
    ///
    /// The failure's own error when there is no next try.
    pub(crate) fn wait(&mut self, failure: ApiFailure, now: Instant) -> Result<Duration, Error> {
        self.tries += 1;
        if failure.token_refused && self.tries == 1 {
            return Ok(Duration::ZERO);
        }
        let asked = failure.retry_after.unwrap_or_default();
        let late = now.duration_since(self.begun) + asked > DEADLINE;
        let most = match failure.error.kind() {
            ErrorKind::RateLimited => MAX_QUOTA_TRIES,
            _ => MAX_TRIES,
        };
        if !failure.is_retryable || self.tries >= most || asked > MAX_WAIT || late {
            return Err(failure.error);
        }
        Ok(asked.max(jitter(self.tries)))
    }
}

/// Full jitter: anything from nothing to the backoff.
fn jitter(tries: u32) -> Duration {
    let most = (FIRST_BACKOFF * 2_u32.saturating_pow(tries - 1)).min(MAX_BACKOFF);
    most.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends() {
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
