//! A clock for tests, on which waiting takes no time.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

use crate::Clock;

/// A clock on which a wait moves the time and returns at once. It records every wait.
///
/// It starts at the Unix epoch. Waits that overlap end at their own times, as on a real clock.
///
/// ```
/// use std::time::Duration;
/// use whapi_http::{Clock, VirtualClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let clock = VirtualClock::new();
/// let before = clock.now();
/// clock.sleep(Duration::from_secs(300)).await;
/// assert_eq!(clock.now() - before, Duration::from_secs(300));
/// assert_eq!(clock.sleeps(), [Duration::from_secs(300)]);
///
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.elapsed(), Duration::from_secs(360));
/// # }
/// ```
#[derive(Debug)]
pub struct VirtualClock {
    start: Instant,
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
            state: Mutex::default(),
        }
    }

    /// The time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        self.lock().elapsed
    }

    /// Moves the time forward without recording a wait.
    pub fn advance(&self, duration: Duration) {
        self.lock().elapsed += duration;
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
        self.start + self.elapsed()
    }

    fn time_of_day(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        let wake = {
            let mut state = self.lock();
            state.sleeps.push(duration);
            state.elapsed + duration
        };
        // Other tasks that are ready run first, as they would while real time passes.
        tokio::task::yield_now().await;
        let mut state = self.lock();
        state.elapsed = state.elapsed.max(wake);
    }
}
