//! A bound on the requests in flight.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::Clock;

/// A bound on the requests in flight, shared by the tasks of a client.
///
/// The bound halves when a request is [refused](Permit::refused) (status 429). It grows back by one
/// after as many [answers](Permit::answered) as it allows at a time. A [hold](Self::hold), as
/// `Retry-After` asks for, delays every request.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
/// use whapi_http::{Clock, SystemClock, Throttle};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let clock = SystemClock::default();
/// let throttle = Throttle::new(NonZeroUsize::new(8).unwrap());
/// let permit = throttle.acquire(&clock).await;
/// // The server answered 429 with `Retry-After: 7`.
/// permit.refused(clock.now());
/// throttle.hold(clock.now() + Duration::from_secs(7));
/// drop(permit);
/// # }
/// ```
#[derive(Debug)]
pub struct Throttle {
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    /// The bound that was set.
    most: usize,
    /// The bound in force.
    bound: usize,
    in_flight: usize,
    answers_since_change: usize,
    /// No request starts before this.
    hold_until: Option<Instant>,
    /// Requests that started before this do not halve the bound again.
    halved_at: Option<Instant>,
}

/// Permission for one request in flight, until it is dropped.
#[derive(Debug)]
pub struct Permit<'a> {
    throttle: &'a Throttle,
    started: Instant,
}

impl Throttle {
    /// A throttle that allows at most so many requests in flight.
    pub fn new(most: NonZeroUsize) -> Self {
        let most = most.get();
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

    /// Waits until a request may start.
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

    /// Delays every request that has not started, until this moment or a later one that was set
    /// before.
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
    /// Counts an answer.
    pub fn answered(&self) {
        let mut state = self.throttle.lock();
        state.answers_since_change += 1;
        if state.bound < state.most && state.answers_since_change >= state.bound {
            state.bound += 1;
            state.answers_since_change = 0;
            self.throttle.freed.notify_one();
        }
    }

    /// Halves the bound, to 1 at least, because the server refused the request as one too many.
    /// Requests that were in flight together halve it once.
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

    fn throttle(most: usize) -> Throttle {
        Throttle::new(NonZeroUsize::new(most).unwrap())
    }

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
        let throttle = throttle(8);
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
    async fn a_hold_delays_every_request() {
        let clock = VirtualClock::new();
        let throttle = throttle(2);
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
