//! Scripts of what goes wrong, and when.

use std::collections::HashMap;
use std::time::Duration;

use crate::Change;

/// Something that goes wrong, or changes, while the gate is being read.
///
/// A fault concerns `GET /contacts` unless [`on`](Self::on) says otherwise, and happens every time
/// that its [`When`] is true unless [`times`](Self::times) bounds it. Only requests with the right
/// token count.
///
/// Of several faults for one request, all [`What::Change`], [`What::ChangeAfter`],
/// [`What::Latency`] and those that answer another page ([`What::SamePage`], [`What::Rows`],
/// [`What::RoundOffset`], [`What::ClampOffset`], [`What::StartOver`]) happen, in the order in which they were given to the
/// builder; of those that spoil the answer only the first does, and the others are not used up.
///
/// # Examples
///
/// Every fifth request is turned away, at most twice:
///
/// ```
/// use whapi_emulator::{Fault, What, When};
///
/// let fault = Fault::new(When::Every(5), What::Status(503)).times(2);
/// assert_eq!(fault.when, When::Every(5));
/// ```
///
/// Three of all contacts vanish just before the second answer is made:
///
/// ```
/// use whapi_emulator::{Change, Fault, What, When};
///
/// let change = Change::RemoveAt(vec![10, 20, 30]);
/// let fault = Fault::new(When::Request(2), What::Change(change));
/// # assert_eq!(fault.when, When::Request(2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Which requests it happens to.
    pub when: When,
    /// What happens.
    pub what: What,
    method: String,
    path: String,
    left: Option<u64>,
}

impl Fault {
    /// A fault of `GET /contacts` that happens every time that `when` is true.
    pub fn new(when: When, what: What) -> Self {
        Self {
            when,
            what,
            method: "GET".to_owned(),
            path: "/contacts".to_owned(),
            left: None,
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
        self.left = Some(times);
        self
    }
}

/// Which requests a fault happens to. Requests are counted from 1, for each method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// All.
    Always,
    /// The n-th.
    Request(u64),
    /// The n-th, the 2n-th, … Never for 0.
    Every(u64),
    /// The n-th and all after it.
    From(u64),
    /// Those that ask for this `offset`; one that names none asks for 0.
    Offset(u64),
    /// Those that ask for more than this `count`; one that names none asks for 100.
    CountOver(u64),
}

impl When {
    fn holds(self, asked: &Asked) -> bool {
        match self {
            Self::Always => true,
            Self::Request(n) => asked.number == n,
            Self::Every(n) => asked.number.is_multiple_of(n),
            Self::From(n) => asked.number >= n,
            Self::Offset(offset) => asked.offset == offset,
            Self::CountOver(count) => asked.count > count,
        }
    }
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// This status with the gate's error body. One that HTTP does not know becomes 500.
    Status(u16),
    /// 429 with the gate's error body.
    RateLimited {
        /// The `Retry-After` header, as it is to be sent: seconds, an HTTP date or nonsense.
        /// `None` leaves the header out, as the real gate does.
        retry_after: Option<String>,
    },
    /// This status with the gate's error body and a `Retry-After` header.
    RetryAfter {
        /// The status.
        status: u16,
        /// The header's value.
        value: String,
    },
    /// 200 with an outage page in HTML.
    Html,
    /// 200 with this body as `application/json`, whatever it is.
    Json(String),
    /// The true answer's head with its full `Content-Length`, half the body, then the connection
    /// closes.
    CutBody,
    /// Half of the true answer as if it were all: the JSON ends in the middle.
    TruncatedJson,
    /// The answer comes this much later.
    Latency(Duration),
    /// The answer is that for offset 0.
    SamePage,
    /// The answer has at most so many rows.
    Rows(u64),
    /// The answer is that for the offset rounded down to a multiple of this, at least 1.
    RoundOffset(u64),
    /// The answer is that for this offset when a higher one is asked.
    ClampOffset(u64),
    /// Behind its end the list begins anew: the answer is that for the rest of dividing the offset
    /// by the list's length.
    StartOver,
    /// 302 to this address.
    Redirect(String),
    /// A body in chunks that never ends: rows of a contact list.
    Endless,
    /// The true answer followed by white space up to this many bytes, with a `Content-Length`.
    HugeBody(u64),
    /// The true answer, one byte each time that this long has passed.
    Drip(Duration),
    /// The connection closes without an answer.
    CloseConnection,
    /// The list changes just before the answer is made.
    Change(Change),
    /// The list changes just after the answer is made.
    ChangeAfter(Change),
}

/// What a request asked, as far as faults look at it.
#[derive(Debug, Clone, Copy)]
struct Asked {
    number: u64,
    offset: u64,
    count: u64,
}

/// Another page of a list than the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherPage {
    Rows(u64),
    RoundedOffset(u64),
    ClampedOffset(u64),
    StartOver,
}

impl OtherPage {
    /// The offset and count of the page that is answered, of a list of `length` rows.
    pub(crate) fn of(self, offset: u64, count: u64, length: u64) -> (u64, u64) {
        match self {
            Self::Rows(most) => (offset, count.min(most)),
            Self::RoundedOffset(to) => (offset - offset % to.max(1), count),
            Self::ClampedOffset(most) => (offset.min(most), count),
            Self::StartOver => (offset % length.max(1), count),
        }
    }
}

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
            count: count.unwrap_or(crate::routes::DEFAULT_COUNT),
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
    fn other_pages() {
        let page = |what: OtherPage| what.of(130, 50, 100);
        assert_eq!(page(OtherPage::Rows(7)), (130, 7));
        assert_eq!(page(OtherPage::RoundedOffset(50)), (100, 50));
        assert_eq!(page(OtherPage::RoundedOffset(u64::MAX)), (0, 50));
        assert_eq!(page(OtherPage::ClampedOffset(90)), (90, 50));
        assert_eq!(page(OtherPage::StartOver), (30, 50));
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
