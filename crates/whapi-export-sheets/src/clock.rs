//! Time, so that tests need not wait.

use std::time::{Duration, Instant, SystemTime};

/// Where waits and dates come from. Time-outs on a connection are real time always.
#[derive(Debug, Clone, Default)]
pub(crate) enum Clock {
    #[default]
    System,
    /// Jumps when somebody waits.
    #[cfg(test)]
    Virtual(std::sync::Arc<VirtualClock>),
}

impl Clock {
    pub(crate) fn now(&self) -> Instant {
        match self {
            Self::System => Instant::now(),
            #[cfg(test)]
            Self::Virtual(clock) => clock.now(),
        }
    }

    pub(crate) fn time_of_day(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            #[cfg(test)]
            Self::Virtual(clock) => SystemTime::UNIX_EPOCH + clock.elapsed(),
        }
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        match self {
            Self::System => tokio::time::sleep(duration).await,
            #[cfg(test)]
            Self::Virtual(clock) => {
                tokio::task::yield_now().await;
                clock.advance(duration);
            }
        }
    }
}

/// A clock that stands still until somebody waits, and remembers every wait.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct VirtualClock {
    start: Instant,
    state: std::sync::Mutex<(Duration, Vec<Duration>)>,
}

#[cfg(test)]
impl VirtualClock {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            state: std::sync::Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.state.lock().unwrap().0
    }

    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        self.state.lock().unwrap().1.clone()
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let mut state = self.state.lock().unwrap();
        state.0 += duration;
        state.1.push(duration);
    }
}
