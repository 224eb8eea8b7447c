//! All faults of a gate, and what they do to each request.

use std::collections::HashMap;
use std::time::Duration;

use super::effect::What;
use super::fault::Fault;
use super::trigger::Asked;
use crate::change::Change;
use crate::paging::{DEFAULT_COUNT, OtherPage};

/// What is to happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) before: Vec<Change>,
    pub(crate) after: Vec<Change>,
    /// What the answer's page is instead of the one that was asked for.
    pub(crate) pages: Vec<OtherPage>,
    /// The one thing that spoils the answer.
    pub(crate) spoil: Option<What>,
}

/// All faults, and how many requests there were.
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

    /// Counts a request and says what is to happen to it.
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
        let asked = Asked {
            number: *number,
            offset: offset.unwrap_or(0),
            count: count.unwrap_or(DEFAULT_COUNT),
        };
        let mut plan = Plan::default();
        for fault in &mut self.faults {
            if fault.method != method
                || fault.path != path
                || fault.left == Some(0)
                || !fault.when.holds(&asked)
            {
                continue;
            }
            match &fault.what {
                What::Latency(delay) => plan.delay += *delay,
                What::Change(change) => plan.before.push(change.clone()),
                What::ChangeAfter(change) => plan.after.push(change.clone()),
                What::SamePage => plan.pages.push(OtherPage::RoundedOffset(u64::MAX)),
                What::Rows(most) => plan.pages.push(OtherPage::Rows(*most)),
                What::RoundOffset(to) => plan.pages.push(OtherPage::RoundedOffset(*to)),
                What::ClampOffset(most) => plan.pages.push(OtherPage::ClampedOffset(*most)),
                What::StartOver => plan.pages.push(OtherPage::StartOver),
                _ if plan.spoil.is_some() => continue,
                spoil => plan.spoil = Some(spoil.clone()),
            }
            if let Some(left) = &mut fault.left {
                *left -= 1;
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::trigger::When;

    /// Which of the first ten requests the fault happens to.
    #[track_caller]
    fn check(fault: Fault, expected: &[u64]) {
        let mut script = Script::new(vec![fault]);
        let hit: Vec<u64> = (1..=10)
            .filter(|n| {
                script
                    .plan("GET", "/contacts", Some(n * 100), Some(n * 50))
                    .spoil
                    .is_some()
            })
            .collect();
        assert_eq!(hit, expected);
    }

    #[test]
    fn every_when() {
        let fault = |when| Fault::new(when, What::Html);
        check(fault(When::Always), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        check(fault(When::Request(3)), &[3]);
        check(fault(When::Every(4)), &[4, 8]);
        check(fault(When::Every(0)), &[]);
        check(fault(When::From(8)), &[8, 9, 10]);
        check(fault(When::Offset(500)), &[5]);
        check(fault(When::CountOver(400)), &[9, 10]);
        check(fault(When::From(2)).times(2), &[2, 3]);
        check(fault(When::Always).on("/chats"), &[]);
        check(fault(When::Always).method("PUT"), &[]);
    }

    #[test]
    fn the_first_spoiler_wins_and_the_second_waits() {
        let mut script = Script::new(vec![
            Fault::new(When::Always, What::Status(500)).times(1),
            Fault::new(When::Always, What::SamePage),
            Fault::new(When::Always, What::Html).times(1),
        ]);
        let mut next = || {
            let plan = script.plan("GET", "/contacts", None, None);
            (plan.spoil, !plan.pages.is_empty())
        };
        assert_eq!(next(), (Some(What::Status(500)), true));
        assert_eq!(next(), (Some(What::Html), true));
        assert_eq!(next(), (None, true));
    }
}
