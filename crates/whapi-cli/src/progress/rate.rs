//! How fast contacts come, and how long the rest takes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The time over which the rate is an average.
const WINDOW: Duration = Duration::from_secs(15);
/// Over less time than this there is no rate: the first pages come at once.
const LEAST: Duration = Duration::from_secs(1);

/// The average number of contacts per second, without the time of waits.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// Active time and contacts, the oldest first. The first one is where the window starts.
    samples: VecDeque<(Duration, u64)>,
    begun: Option<Instant>,
    /// The length of the waits that have ended.
    waited: Duration,
    wait: Option<(Instant, Instant)>,
}

impl Rate {
    /// Adds the number of contacts so far.
    pub(super) fn add(&mut self, contacts: u64, now: Instant) {
        self.begun.get_or_insert(now);
        let active = self.active(now);
        if self.samples.back().is_none_or(|last| last.1 < contacts) {
            self.samples.push_back((active, contacts));
        }
        while let [_, second, ..] = self.samples.make_contiguous()
            && second.0 + WINDOW < active
        {
            self.samples.pop_front();
        }
    }

    /// Adds a wait from `now` on. Waits at the same time count once.
    pub(super) fn wait(&mut self, now: Instant, until: Instant) {
        self.begun.get_or_insert(now);
        match &mut self.wait {
            Some((_, end)) if now < *end => *end = until.max(*end),
            over => {
                if let Some((begun, end)) = over.take() {
                    self.waited += end - begun;
                }
                self.wait = Some((now, until));
            }
        }
    }

    /// Ends the wait before its time.
    pub(super) fn resume(&mut self, now: Instant) {
        if let Some((begun, end)) = self.wait.take() {
            self.waited += now.clamp(begun, end) - begun;
        }
    }

    /// Returns how fast contacts come. `None` if too little is known.
    pub(super) fn speed(&self, now: Instant) -> Option<Speed> {
        let (first, last) = (self.samples.front()?, self.samples.back()?);
        let time = self.active(now).saturating_sub(first.0);
        let contacts = last.1 - first.1;
        (contacts > 0 && time >= LEAST).then_some(Speed { contacts, time })
    }

    /// The time since the start, without waits.
    fn active(&self, now: Instant) -> Duration {
        let begun = self.begun.unwrap_or(now);
        let waiting = self
            .wait
            .map_or(Duration::ZERO, |(begun, end)| now.clamp(begun, end) - begun);
        now.saturating_duration_since(begun)
            .saturating_sub(self.waited + waiting)
    }
}

/// So many contacts in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Speed {
    contacts: u64,
    time: Duration,
}

impl Speed {
    /// Tenths of a contact per second.
    pub(super) fn tenths_per_second(self) -> u64 {
        let tenths = u128::from(self.contacts) * 10_000 / self.time.as_millis();
        u64::try_from(tenths).unwrap_or(u64::MAX)
    }

    /// The time in which `rest` more contacts come.
    pub(super) fn time_for(self, rest: u64) -> Duration {
        let millis = u128::from(rest) * self.time.as_millis() / u128::from(self.contacts);
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn per_second(rate: &Rate, now: Instant) -> Option<u64> {
        Some(rate.speed(now)?.tenths_per_second() / 10)
    }

    fn left(rate: &Rate, rest: u64, now: Instant) -> Option<Duration> {
        Some(rate.speed(now)?.time_for(rest))
    }

    #[test]
    fn the_rate_is_known_after_a_second_and_counts_no_wait() {
        let begun = Instant::now();
        let at = |time| begun + seconds(time);
        let mut rate = Rate::default();
        assert_eq!(per_second(&rate, at(0)), None);
        rate.add(500, at(0));
        // Pages that come at once give no rate: it would be 140,000 per second.
        rate.add(1000, begun + Duration::from_millis(7));
        assert_eq!(per_second(&rate, begun + Duration::from_millis(7)), None);
        assert_eq!(per_second(&rate, at(2)), Some(250));
        assert_eq!(left(&rate, 500, at(2)), Some(seconds(2)));

        // Eight requests wait for the same answer, and one of them longer.
        for _ in 0..8 {
            rate.wait(at(2), at(10));
        }
        rate.wait(at(4), at(12));
        assert_eq!(per_second(&rate, at(8)), Some(250));
        assert_eq!(per_second(&rate, at(12)), Some(250));
        assert_eq!(per_second(&rate, at(14)), Some(125));

        // A second wait, which ends early.
        rate.wait(at(14), at(24));
        rate.resume(at(15));
        assert_eq!(per_second(&rate, at(15)), Some(125));
        rate.add(1600, at(16));
        assert_eq!(per_second(&rate, at(16)), Some(220));
    }

    #[test]
    fn the_rate_forgets_what_was_long_ago() {
        let begun = Instant::now();
        let mut rate = Rate::default();
        // 100 per second for a minute, then 10 per second.
        for second in 0..=60 {
            rate.add(second * 100, begun + seconds(second));
        }
        assert_eq!(per_second(&rate, begun + seconds(60)), Some(100));
        for second in 1..=60 {
            rate.add(6000 + second * 10, begun + seconds(60 + second));
        }
        assert_eq!(per_second(&rate, begun + seconds(120)), Some(10));
        assert_eq!(rate.samples.len(), 17);
    }

    #[test]
    fn a_list_that_stands_still_gets_slower_and_has_no_end_in_sight() {
        let begun = Instant::now();
        let mut rate = Rate::default();
        rate.add(0, begun);
        assert_eq!(per_second(&rate, begun + seconds(5)), None);
        rate.add(100, begun + seconds(10));
        assert_eq!(left(&rate, 100, begun + seconds(10)), Some(seconds(10)));
        assert_eq!(left(&rate, 100, begun + seconds(20)), Some(seconds(20)));
    }
}
