//! A clock for tests, on which waiting takes no time.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

use crate::Clock;

/// A clock that stands still until somebody waits, and then jumps: a test of minutes of waiting
/// takes none. Remembers every wait.
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
