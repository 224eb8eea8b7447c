//! Time, so that tests need not wait.

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

/// Where a client takes its time from and how it waits.
///
/// Only waits of our own go through it: backoff, `Retry-After`, waiting for a channel to start.
/// The time-outs on a connection are real time always.
#[async_trait]
pub trait Clock: Send + Sync {
    /// A moment that never goes back.
    fn now(&self) -> Instant;

    /// The time of day, to read `Retry-After` dates by.
    fn time_of_day(&self) -> SystemTime;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The machine's clock and tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn time_of_day(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
