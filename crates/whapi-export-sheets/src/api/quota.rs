//! Google's quotas of requests per minute.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The maximum number of requests per minute. Google allows 60; the rest is for other programs.
pub(crate) const MAX_PER_MINUTE: usize = 55;
const MINUTE: Duration = Duration::from_secs(60);

/// Allows at most [`MAX_PER_MINUTE`] requests in any 60 seconds.
#[derive(Debug, Default)]
pub(crate) struct QuotaWindow {
    sent: VecDeque<Instant>,
}

impl QuotaWindow {
    /// How long the next request has to wait; `None` for not at all.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let at = self.sent.len().checked_sub(MAX_PER_MINUTE)?;
        let free = self.sent[at] + MINUTE;
        (free > now).then(|| free - now)
    }

    /// Records a request.
    pub(crate) fn take(&mut self, now: Instant) {
        self.sent.push_back(now);
        while self.sent.len() > MAX_PER_MINUTE {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_exceeds_the_quota() {
        let start = Instant::now();
        let mut quota = QuotaWindow::default();
        let mut now = start;
        let mut sent = Vec::new();
        for nth in 0_u32..500 {
            now += Duration::from_millis(u64::from(nth * 7919 % 1500));
            if let Some(wait) = quota.wait(now) {
                now += wait;
            }
            assert_eq!(quota.wait(now), None);
            quota.take(now);
            sent.push(now);
        }
        for window in sent.windows(MAX_PER_MINUTE + 1) {
            assert!(window[MAX_PER_MINUTE] - window[0] >= MINUTE);
        }
    }

    #[test]
    fn few_requests_never_wait() {
        let now = Instant::now();
        let mut quota = QuotaWindow::default();
        for _ in 0..MAX_PER_MINUTE {
            assert_eq!(quota.wait(now), None);
            quota.take(now);
        }
        assert_eq!(quota.wait(now), Some(MINUTE));
        assert_eq!(quota.wait(now + MINUTE), None);
    }
}
