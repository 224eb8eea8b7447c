//! Google's quotas, kept by construction: nobody asks more often than is allowed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Google allows a user 60 reads and 60 writes a minute; a few are left for other programs.
pub(crate) const A_MINUTE: usize = 55;
const MINUTE: Duration = Duration::from_secs(60);

/// At most [`A_MINUTE`] requests in any 60 seconds.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    sent: VecDeque<Instant>,
}

impl Bucket {
    /// How long the next request has to wait.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let at = self.sent.len().checked_sub(A_MINUTE)?;
        let free = self.sent[at] + MINUTE;
        (free > now).then(|| free - now)
    }

    /// Counts a request.
    pub(crate) fn take(&mut self, now: Instant) {
        self.sent.push_back(now);
        while self.sent.len() > A_MINUTE {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_it_may() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        let mut now = start;
        let mut sent = Vec::new();
        for nth in 0_u32..500 {
            now += Duration::from_millis(u64::from(nth * 7919 % 1500));
            if let Some(wait) = bucket.wait(now) {
                now += wait;
            }
            assert_eq!(bucket.wait(now), None);
            bucket.take(now);
            sent.push(now);
        }
        for window in sent.windows(A_MINUTE + 1) {
            assert!(window[A_MINUTE] - window[0] >= MINUTE);
        }
    }

    #[test]
    fn few_requests_never_wait() {
        let now = Instant::now();
        let mut bucket = Bucket::default();
        for _ in 0..A_MINUTE {
            assert_eq!(bucket.wait(now), None);
            bucket.take(now);
        }
        assert_eq!(bucket.wait(now), Some(MINUTE));
        assert_eq!(bucket.wait(now + MINUTE), None);
    }
}
