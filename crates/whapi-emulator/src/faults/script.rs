//! The faults of an emulator, and the plan for each request.

use std::collections::HashMap;
use std::time::Duration;

use super::effect::Effect;
use super::fault::Fault;
use super::trigger::RequestFacts;
use crate::change::ListChange;
use crate::paging::{DEFAULT_COUNT, PageOverride};

/// The effects of all faults on one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) before: Vec<ListChange>,
    pub(crate) after: Vec<ListChange>,
    /// Changes of the requested page, in order.
    pub(crate) pages: Vec<PageOverride>,
    /// The effect that replaces or damages the answer.
    pub(crate) answer: Option<Effect>,
}

/// The faults, and the number of requests for each method and path.
#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: Vec<Fault>,
    requests: HashMap<(String, String), u64>,
}

impl Script {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            requests: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Counts a request and returns the effects on it.
    pub(crate) fn plan(
        &mut self,
        method: &str,
        path: &str,
        offset: Option<u64>,
        count: Option<u64>,
    ) -> Plan {
        let number = self
            .requests
            .entry((method.to_owned(), path.to_owned()))
            .or_default();
        *number += 1;
        let request = RequestFacts {
            number: *number,
            offset: offset.unwrap_or(0),
            count: count.unwrap_or(DEFAULT_COUNT),
        };
        let mut plan = Plan::default();
        for fault in &mut self.faults {
            if fault.method != method
                || fault.path != path
                || fault.remaining == Some(0)
                || !fault.trigger.matches(&request)
            {
                continue;
            }
            match &fault.effect {
                Effect::Latency(delay) => plan.delay += *delay,
                Effect::Change(change) => plan.before.push(change.clone()),
                Effect::ChangeAfter(change) => plan.after.push(change.clone()),
                Effect::SamePage => plan.pages.push(PageOverride::RoundedOffset(u64::MAX)),
                Effect::Rows(most) => plan.pages.push(PageOverride::Rows(*most)),
                Effect::RoundOffset(to) => plan.pages.push(PageOverride::RoundedOffset(*to)),
                Effect::ClampOffset(most) => plan.pages.push(PageOverride::ClampedOffset(*most)),
                Effect::StartOver => plan.pages.push(PageOverride::StartOver),
                _ if plan.answer.is_some() => continue,
                effect => plan.answer = Some(effect.clone()),
            }
            if let Some(remaining) = &mut fault.remaining {
                *remaining -= 1;
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::trigger::Trigger;

    /// Checks which of the first ten requests the fault applies to.
    #[track_caller]
    fn check(fault: Fault, expected: &[u64]) {
        let mut script = Script::new(vec![fault]);
        let hit: Vec<u64> = (1..=10)
            .filter(|n| {
                script
                    .plan("GET", "/contacts", Some(n * 100), Some(n * 50))
                    .answer
                    .is_some()
            })
            .collect();
        assert_eq!(hit, expected);
    }

    #[test]
    fn every_trigger() {
        let fault = |trigger| Fault::new(trigger, Effect::Html);
        check(fault(Trigger::Always), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        check(fault(Trigger::Request(3)), &[3]);
        check(fault(Trigger::Every(4)), &[4, 8]);
        check(fault(Trigger::Every(0)), &[]);
        check(fault(Trigger::From(8)), &[8, 9, 10]);
        check(fault(Trigger::Offset(500)), &[5]);
        check(fault(Trigger::CountOver(400)), &[9, 10]);
        check(fault(Trigger::From(2)).times(2), &[2, 3]);
        check(fault(Trigger::Always).on("/chats"), &[]);
        check(fault(Trigger::Always).method("PUT"), &[]);
    }

    #[test]
    fn only_the_first_effect_on_the_answer_is_used() {
        let mut script = Script::new(vec![
            Fault::new(Trigger::Always, Effect::Status(500)).times(1),
            Fault::new(Trigger::Always, Effect::SamePage),
            Fault::new(Trigger::Always, Effect::Html).times(1),
        ]);
        let mut next = || {
            let plan = script.plan("GET", "/contacts", None, None);
            (plan.answer, !plan.pages.is_empty())
        };
        assert_eq!(next(), (Some(Effect::Status(500)), true));
        assert_eq!(next(), (Some(Effect::Html), true));
        assert_eq!(next(), (None, true));
    }
}
