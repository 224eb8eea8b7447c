//! Time, so that tests need not wait.

use std::sync::Mutex;
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

/// A clock that stands still until somebody waits, and then jumps: a test of minutes of waiting
/// takes none. Remembers every wait.
///
/// ```
/// use std::time::Duration;
/// use whapi_fetch::{Clock, VirtualClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let clock = VirtualClock::new();
/// let before = clock.now();
/// clock.sleep(Duration::from_secs(300)).await;
/// assert_eq!(clock.now() - before, Duration::from_secs(300));
/// assert_eq!(clock.sleeps(), [Duration::from_secs(300)]);
/// # }
/// ```
#[derive(Debug)]
pub struct VirtualClock {
    start: Instant,
    start_of_day: SystemTime,
    state: Mutex<VirtualState>,
}

#[derive(Debug, Default)]
struct VirtualState {
    elapsed: Duration,
    sleeps: Vec<Duration>,
}

impl VirtualClock {
    /// A clock that starts at the Unix epoch.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            start_of_day: SystemTime::UNIX_EPOCH,
            state: Mutex::default(),
        }
    }

    /// Every wait so far, in the order in which they began.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.lock().sleeps.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VirtualState> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.start + self.lock().elapsed
    }

    fn time_of_day(&self) -> SystemTime {
        self.start_of_day + self.lock().elapsed
    }

    async fn sleep(&self, duration: Duration) {
        let wake = {
            let mut state = self.lock();
            state.sleeps.push(duration);
            state.elapsed + duration
        };
        // Let everybody else who is ready go first, as they would while real time passes.
        tokio::task::yield_now().await;
        let mut state = self.lock();
        state.elapsed = state.elapsed.max(wake);
    }
}
