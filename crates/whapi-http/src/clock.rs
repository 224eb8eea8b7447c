//! Time as a value, so that tests need not wait.

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

/// The source of a client's time and waits.
///
/// Backoff, `Retry-After` and throttling go through it. Time-outs of connections use real time.
///
/// ```
/// use std::time::Duration;
/// use whapi_http::{Clock, SystemClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let clock: &dyn Clock = &SystemClock::default();
/// let before = clock.now();
/// clock.sleep(Duration::from_millis(1)).await;
/// assert!(clock.now() - before >= Duration::from_millis(1));
/// # }
/// ```
#[async_trait]
pub trait Clock: Send + Sync {
    /// A monotonic moment, to measure by.
    fn now(&self) -> Instant;

    /// The time of day, to compare dates with.
    fn time_of_day(&self) -> SystemTime;

    /// Waits for this long.
    async fn sleep(&self, duration: Duration);
}

/// The operating system's clock and tokio's timer.
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
