//! A fault: what goes wrong, and when.

use super::effect::Effect;
use super::trigger::Trigger;

/// Something that goes wrong, or changes, while the gate is being read.
///
/// A fault concerns `GET /contacts` unless [`on`](Self::on) says otherwise, and happens every time
/// that its [`Trigger`] is true unless [`times`](Self::times) bounds it. Only requests with the right
/// token count.
///
/// Of several faults for one request, all [`Effect::Change`], [`Effect::ChangeAfter`],
/// [`Effect::Latency`] and those that answer another page ([`Effect::SamePage`], [`Effect::Rows`],
/// [`Effect::RoundOffset`], [`Effect::ClampOffset`], [`Effect::StartOver`]) happen, in the order in which they were given to the
/// builder; of those that spoil the answer only the first does, and the others are not used up.
///
/// # Examples
///
/// Every fifth request is turned away, at most twice:
///
/// ```
/// use whapi_emulator::{Effect, Fault, Trigger};
///
/// let fault = Fault::new(Trigger::Every(5), Effect::Status(503)).times(2);
/// assert_eq!(fault.trigger, Trigger::Every(5));
/// ```
///
/// Three of all contacts vanish just before the second answer is made:
///
/// ```
/// use whapi_emulator::{Change, Effect, Fault, Trigger};
///
/// let change = Change::RemoveAt(vec![10, 20, 30]);
/// let fault = Fault::new(Trigger::Request(2), Effect::Change(change));
/// # assert_eq!(fault.trigger, Trigger::Request(2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Which requests it happens to.
    pub trigger: Trigger,
    /// What happens.
    pub effect: Effect,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) remaining: Option<u64>,
}

impl Fault {
    /// A fault of `GET /contacts` that happens every time that `trigger` is true.
    pub fn new(trigger: Trigger, effect: Effect) -> Self {
        Self {
            trigger,
            effect,
            method: "GET".to_owned(),
            path: "/contacts".to_owned(),
            remaining: None,
        }
    }

    /// The path that it concerns, compared as sent. Default: `/contacts`.
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The method that it concerns. Default: `GET`.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// How often it happens at most. Default: no bound.
    pub fn times(mut self, times: u64) -> Self {
        self.remaining = Some(times);
        self
    }
}
