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

/// A time as people read it, in UTC: `2026-11-22 17:03 UTC`.
pub(crate) fn readable(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let minutes = since.as_secs() / 60;
    let (year, month, day) = date(minutes / (24 * 60));
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// Year, month and day, so many days after the first of January 1970.
fn date(mut days: u64) -> (u64, usize, u64) {
    let mut year = 1970;
    loop {
        let leap = u64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        if days < 365 + leap {
            let months = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let mut month = 0;
            while days >= months[month] {
                days -= months[month];
                month += 1;
            }
            return (year, month + 1, days + 1);
        }
        days -= 365 + leap;
        year += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: u64, expected: &str) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(readable(time), expected);
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        check(0, "1970-01-01 00:00 UTC");
        check(951_782_399, "2000-02-28 23:59 UTC");
        check(951_782_400, "2000-02-29 00:00 UTC");
        check(951_868_800, "2000-03-01 00:00 UTC");
        check(1_767_225_599, "2025-12-31 23:59 UTC");
        check(1_795_367_000, "2026-11-22 17:03 UTC");
    }
}
