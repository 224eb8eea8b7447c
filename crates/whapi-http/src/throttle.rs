//! How many requests may be under way: fewer when the gate says that it is too much.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::Clock;

/// A bound on requests in flight that halves on 429 and grows back by one after as many answers
/// as it allows at a time. A `Retry-After` holds every request, not only the one that was told.
#[derive(Debug)]
pub struct Throttle {
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    /// The bound that the caller set.
    most: usize,
    /// The bound in force.
    bound: usize,
    in_flight: usize,
    answers_since_change: usize,
    /// Nobody starts before this.
    hold_until: Option<Instant>,
    /// Requests that started before this do not halve the bound again.
    halved_at: Option<Instant>,
}

/// A place among the requests in flight; given back on drop.
#[derive(Debug)]
pub struct Permit<'a> {
    throttle: &'a Throttle,
    started: Instant,
}

impl Throttle {
    /// A throttle that allows `most` requests in flight.
    pub fn new(most: usize) -> Self {
        Self {
            state: Mutex::new(State {
                most,
                bound: most,
                in_flight: 0,
                answers_since_change: 0,
                hold_until: None,
                halved_at: None,
            }),
            freed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place, and for the end of any hold.
    pub async fn acquire(&self, clock: &dyn Clock) -> Permit<'_> {
        loop {
            let freed = self.freed.notified();
            let hold = {
                let mut state = self.lock();
                let now = clock.now();
                match state.hold_until {
                    Some(until) if until > now => Some(until - now),
                    _ if state.in_flight < state.bound => {
                        state.in_flight += 1;
                        return Permit {
                            throttle: self,
                            started: now,
                        };
                    }
                    _ => None,
                }
            };
            match hold {
                Some(wait) => clock.sleep(wait).await,
                None => freed.await,
            }
        }
    }

    /// The gate asked everybody to wait.
    pub fn hold(&self, until: Instant) {
        let mut state = self.lock();
        state.hold_until = Some(state.hold_until.map_or(until, |known| known.max(until)));
    }

    #[cfg(test)]
    fn bound(&self) -> usize {
        self.lock().bound
    }
}

impl Permit<'_> {
    /// The request was answered.
    pub fn answered(&self) {
        let mut state = self.throttle.lock();
        state.answers_since_change += 1;
        if state.bound < state.most && state.answers_since_change >= state.bound {
            state.bound += 1;
            state.answers_since_change = 0;
            self.throttle.freed.notify_one();
        }
    }

    /// The request was refused as one too many. Requests that were under way together halve the
    /// bound once, not once each.
    pub fn refused(&self, now: Instant) {
        let mut state = self.throttle.lock();
        if state.halved_at.is_some_and(|at| self.started < at) {
            return;
        }
        state.bound = (state.bound / 2).max(1);
        state.answers_since_change = 0;
        state.halved_at = Some(now.max(self.started + Duration::from_nanos(1)));
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.throttle.lock().in_flight -= 1;
        self.throttle.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VirtualClock;

    async fn take(throttle: &Throttle, clock: &VirtualClock, count: usize) -> Vec<Instant> {
        let mut started = Vec::new();
        for _ in 0..count {
            started.push(throttle.acquire(clock).await.started);
        }
        started
    }

    #[tokio::test]
    async fn one_burst_of_refusals_halves_once_and_answers_grow_it_back() {
        let clock = VirtualClock::new();
        let throttle = Throttle::new(8);
        {
            let mut permits = Vec::new();
            for _ in 0..8 {
                permits.push(throttle.acquire(&clock).await);
            }
            for permit in &permits {
                permit.refused(clock.now());
            }
        }
        assert_eq!(throttle.bound(), 4);
        clock.sleep(Duration::from_secs(1)).await;
        throttle.acquire(&clock).await.refused(clock.now());
        assert_eq!(throttle.bound(), 2);
        for expected in [2, 3, 3, 3, 4] {
            throttle.acquire(&clock).await.answered();
            assert_eq!(throttle.bound(), expected);
        }
        for _ in 0..100 {
            throttle.acquire(&clock).await.answered();
        }
        assert_eq!(throttle.bound(), 8);
    }

    #[tokio::test]
    async fn a_hold_stops_everybody() {
        let clock = VirtualClock::new();
        let throttle = Throttle::new(2);
        let start = clock.now();
        throttle.hold(start + Duration::from_secs(7));
        let started = take(&throttle, &clock, 3).await;
        assert!(
            started
                .iter()
                .all(|at| *at - start == Duration::from_secs(7))
        );
        assert_eq!(clock.sleeps(), [Duration::from_secs(7)]);
    }
}
