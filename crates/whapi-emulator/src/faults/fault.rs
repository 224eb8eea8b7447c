//! A fault: one trigger and one effect.

use super::effect::Effect;
use super::trigger::Trigger;

/// One effect on the requests that match a trigger.
///
/// By default it applies to `GET /contacts`, every time that its trigger matches;
/// [`on`](Self::on), [`method`](Self::method) and [`times`](Self::times) change that. Requests
/// without the correct token are neither counted nor matched.
///
/// If several faults match a request, each [`Effect::Change`], [`Effect::ChangeAfter`] and
/// [`Effect::Latency`], and each effect on the page ([`Effect::SamePage`], [`Effect::Rows`],
/// [`Effect::RoundOffset`], [`Effect::ClampOffset`], [`Effect::StartOver`]) applies, in the
/// order of the builder. Of the other effects, which replace or damage the answer, only the first
/// applies; the rest does not count against [`times`](Self::times).
///
/// # Examples
///
/// Answers 503 to every fifth request, at most twice:
///
/// ```
/// use whapi_emulator::{Effect, Fault, Trigger};
///
/// let fault = Fault::new(Trigger::Every(5), Effect::Status(503)).times(2);
/// assert_eq!(fault.trigger, Trigger::Every(5));
/// ```
///
/// Removes three contacts before the second answer:
///
/// ```
/// use whapi_emulator::{ListChange, Effect, Fault, Trigger};
///
/// let change = ListChange::RemoveAt(vec![10, 20, 30]);
/// let fault = Fault::new(Trigger::Request(2), Effect::Change(change));
/// # assert_eq!(fault.trigger, Trigger::Request(2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The requests that the fault applies to.
    pub trigger: Trigger,
    /// What the fault does.
    pub effect: Effect,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) remaining: Option<u64>,
}

impl Fault {
    /// Creates a fault of `GET /contacts` without a limit.
    pub fn new(trigger: Trigger, effect: Effect) -> Self {
        Self {
            trigger,
            effect,
            method: "GET".to_owned(),
            path: "/contacts".to_owned(),
            remaining: None,
        }
    }

    /// Sets the path, compared as sent. Default: `/contacts`.
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets the HTTP method. Default: `GET`.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// Limits how often the fault applies. Default: no limit.
    pub fn times(mut self, times: u64) -> Self {
        self.remaining = Some(times);
        self
    }
}
