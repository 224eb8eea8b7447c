//! Waits between tries.

use std::time::Duration;

/// Exponential backoff with full jitter.
///
/// The wait after try *n* is drawn evenly between zero and the smaller of `longest` and `first`
/// doubled *n* - 1 times. Random waits keep many clients from trying again at the same moment.
///
/// ```
/// use std::time::Duration;
/// use whapi_http::Backoff;
///
/// let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(64));
/// assert!(backoff.delay(1) <= Duration::from_secs(1));
/// assert!(backoff.delay(3) <= Duration::from_secs(4));
/// assert!(backoff.delay(100) <= Duration::from_secs(64));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// A backoff whose first wait is at most `first`, and no wait longer than `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The wait after the try with this number, counted from 1.
    pub fn delay(&self, tries: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        let most = self.first.saturating_mul(doubled).min(self.longest);
        most.mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_cap_and_are_jittered() {
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let caps = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
        for (tries, cap) in (1..).zip(caps) {
            let cap = Duration::from_millis(cap);
            let waits: Vec<_> = (0..200).map(|_| backoff.delay(tries)).collect();
            assert!(waits.iter().all(|wait| *wait <= cap), "try {tries}");
            assert!(waits.iter().any(|wait| *wait > cap / 2), "try {tries}");
            assert!(waits.iter().any(|wait| *wait < cap / 2), "try {tries}");
        }
    }

    #[test]
    fn any_number_of_tries_has_a_wait() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::MAX);
        for tries in [0, 1, 33, 64, u32::MAX] {
            backoff.delay(tries);
        }
    }
}
