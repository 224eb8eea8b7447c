//! Faults at every request of a run.

use std::time::Duration;

use whapi_export::{ClassifiedContact, ErrorKind, RunEnd};

use super::standin::{Fault, Kind};
use super::{Rig, expected, people, renamed};

const SMALL: usize = 15;
/// Needs a staging tab and three parts.
const LARGE: usize = 400;
const MAX_REQUEST: usize = 35_000;

/// The contacts of two consecutive runs.
fn before_and_after(count: usize) -> (Vec<ClassifiedContact>, Vec<ClassifiedContact>) {
    let before = people(count);
    let after = before[3..].iter().zip(0..);
    let after = after.map(|(contact, nth)| renamed(contact, &format!("Renamed {nth}")));
    (before.clone(), after.collect())
}

/// Repeats a run with the fault at its first request, then at its second, and so on.
fn at_every_request(count: usize, fault: &Fault, check: impl Fn(&Rig, bool, usize)) {
    let (before, after) = before_and_after(count);
    for nth in 1.. {
        let rig = Rig::limited_to(MAX_REQUEST);
        rig.run(&before);
        rig.standin.forget_journal();
        rig.standin.fault(nth, fault.clone());
        let ran = rig.try_run(&rig.ctx(), &after, &RunEnd::complete());
        let requests = rig.standin.journal().len();
        if nth > requests {
            return;
        }
        // `None` is the state before the first run.
        for state in rig.standin.history().into_iter().flatten() {
            assert!(
                state == expected(&before) || state == expected(&after),
                "the tab had no other state, request {nth}"
            );
        }
        check(&rig, ran.is_ok(), nth);
        rig.run(&after);
        rig.holds(&after);
    }
}

#[test]
fn a_temporary_fault_is_retried() {
    let faults = [
        Fault::Status(503, None),
        Fault::Status(429, Some("7")),
        Fault::Html(408),
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::StatusAfter(503),
        Fault::Truncated,
    ];
    for fault in &faults {
        for count in [SMALL, LARGE] {
            at_every_request(count, fault, |rig, ok, nth| {
                assert!(ok, "{fault:?} at request {nth} of {count} contacts");
                rig.no_staging();
                let (_, after) = before_and_after(count);
                rig.holds(&after);
            });
        }
    }
}

#[test]
fn the_next_run_repairs_an_interrupted_run() {
    for count in [SMALL, LARGE] {
        let (before, after) = before_and_after(count);
        for fault in [Fault::CutBefore, Fault::CutAfter, Fault::StatusAfter(503)] {
            for nth in 1.. {
                let rig = Rig::limited_to(MAX_REQUEST);
                rig.run(&before);
                rig.standin.forget_journal();
                let requests = rig.stop_at(&after, nth, &fault);
                let live = rig.contacts_tab().texts();
                assert!(live == expected(&before) || live == expected(&after));
                rig.run(&after);
                rig.holds(&after);
                if nth > requests {
                    break;
                }
            }
        }
    }
}

impl Rig {
    /// Runs, and drops the run during its `nth` request. Returns the number of requests.
    fn stop_at(&self, contacts: &[ClassifiedContact], nth: usize, fault: &Fault) -> usize {
        self.standin.fault(nth, fault.clone());
        self.runtime.block_on(async {
            let run = async {
                let mut exporter = self.definition.open(&self.ctx()).unwrap();
                exporter.begin(&whapi_export::RunInfo::new()).await.unwrap();
                let _ = exporter.write_batch(contacts).await.unwrap();
                let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
            };
            let stopped = async {
                // The request failed when the run waits for its retry.
                while self.standin.clock().sleeps().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = stopped => {}
                () = run => {}
            }
        });
        let requests = self.standin.journal().len();
        self.standin.forget_journal();
        requests
    }
}

#[test]
fn a_permanent_fault_changes_nothing() {
    for count in [SMALL, LARGE] {
        let (before, after) = before_and_after(count);
        for nth in 1..=8 {
            let rig = Rig::limited_to(MAX_REQUEST);
            rig.run(&before);
            rig.standin.forget_journal();
            rig.standin.fault_from(nth, Fault::Status(503, None));
            let ran = rig.try_run(&rig.ctx(), &after, &RunEnd::complete());
            let Err(error) = ran else {
                continue;
            };
            assert_eq!(error.kind(), ErrorKind::Destination);
            let left = rig.standin.titles();
            let left = left.iter().find(|title| title.starts_with("whapi-"));
            let left = left.map_or(String::new(), |title| {
                format!("; the hidden tab `{title}` is still there, and the next run deletes it")
            });
            assert_eq!(
                error.to_string(),
                format!("Google Sheets failed with status 503 (Google: scripted){left}")
            );
            assert_eq!(rig.contacts_tab().texts(), expected(&before));
            let tries = rig.standin.journal().len();
            assert!(tries <= nth + 40, "{tries} requests");
        }
    }
}

/// Reads over HTTP at any moment, while the history has the states between requests.
#[test]
fn a_concurrent_reader_sees_the_old_or_the_new_state() {
    let rig = Rig::limited_to(MAX_REQUEST);
    let (before, after) = before_and_after(LARGE);
    let first = |contacts: &[ClassifiedContact]| expected(contacts)[..2].to_vec();
    rig.run(&before);
    // The first contacts of `before` come back at the end of the tab.
    let again = first(&before[3..]);
    let port = rig.standin.port();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let poller = std::thread::spawn(move || {
        let mut seen = Vec::new();
        // Ends when the sender is dropped, also after a panic.
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            seen.push(super::StandIn::poll(port));
        }
        seen
    });
    for _ in 0..3 {
        rig.run(&after);
        rig.standin.clock().advance(Duration::from_secs(60));
        rig.run(&before);
    }
    drop(stop);
    let seen = poller.join().unwrap();
    assert!(seen.len() > 5, "{}", seen.len());
    let (before, after) = (first(&before), first(&after));
    for texts in seen {
        assert!([&before, &after, &again].contains(&&texts), "{texts:?}");
    }
}

#[test]
fn a_refusal_is_not_retried_and_leaves_no_staging_tab() {
    let (before, after) = before_and_after(LARGE);
    for nth in 3..=9 {
        let rig = Rig::limited_to(MAX_REQUEST);
        rig.run(&before);
        rig.standin.forget_journal();
        rig.standin.fault(nth, Fault::Status(400, None));
        let ran = rig.try_run(&rig.ctx(), &after, &RunEnd::complete());
        if rig.standin.journal().len() < nth {
            break;
        }
        let is_part = rig.standin.journal()[nth - 1]
            .path
            .ends_with("ByDataFilter");
        if is_part && ran.is_ok() {
            // It might have been too large, so it was sent in two.
            rig.holds(&after);
        } else {
            assert!(ran.is_err(), "request {nth}");
            rig.holds(&before);
        }
        assert_eq!(
            rig.standin.clock().sleeps().len(),
            0,
            "there is no wait after a refusal"
        );
    }
}

#[test]
fn retry_after_is_respected() {
    let rig = Rig::limited_to(MAX_REQUEST);
    rig.standin.fault(3, Fault::Status(429, Some("17")));
    rig.run(&people(5));
    rig.holds(&people(5));
    let sleeps = rig.standin.clock().sleeps();
    assert_eq!(sleeps.len(), 1);
    assert!(sleeps[0] >= Duration::from_secs(17));

    for too_long in ["301", "18446744073709551615", "99999999999999999999999"] {
        let rig = Rig::limited_to(MAX_REQUEST);
        rig.standin.fault(1, Fault::Status(429, Some("7")));
        rig.standin.fault(2, Fault::Status(429, Some(too_long)));
        let error = rig
            .try_run(&rig.ctx(), &people(5), &RunEnd::complete())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(rig.standin.clock().sleeps().len(), 1, "{too_long}");
    }
}

/// Another program of the same user has exhausted the quota.
#[test]
fn an_exhausted_quota_is_waited_for() {
    for nth in 1..=5 {
        let rig = Rig::new();
        rig.standin.use_up_quota();
        rig.run(&people(nth));
        rig.holds(&people(nth));
    }
}

#[test]
fn the_quota_is_never_exceeded() {
    let rig = Rig::limited_to(MAX_REQUEST);
    rig.runtime.block_on(async {
        let token =
            crate::api::credentials::Credentials::bearer(super::TOKEN, "the test".to_owned())
                .unwrap();
        let mut client = crate::api::client::SheetsClient::new(
            rig.standin.endpoint().parse().unwrap(),
            super::ID.to_owned(),
            token,
            std::sync::Arc::<whapi_http::VirtualClock>::clone(rig.standin.clock()),
            whapi_export::StatusSink::default(),
        )
        .unwrap();
        for _ in 0..200 {
            client.read_snapshot().await.unwrap();
        }
    });
    let journal = rig.standin.journal();
    assert_eq!(journal.len(), 200, "no request was refused and retried");
    assert!(journal.iter().all(|entry| entry.status == Some(200)));
    let waited: Duration = rig.standin.clock().sleeps().iter().sum();
    assert_eq!(waited, Duration::from_secs(180));
}

#[test]
fn columns_moved_during_staging_are_found() {
    let rig = Rig::limited_to(MAX_REQUEST);
    let (before, after) = before_and_after(LARGE);
    rig.run(&before);
    rig.standin.forget_journal();
    rig.runtime.block_on(async {
        let mut exporter = rig.definition.open(&rig.ctx()).unwrap();
        exporter.begin(&whapi_export::RunInfo::new()).await.unwrap();
        let _ = exporter.write_batch(&after).await.unwrap();
        rig.standin
            .edit("Contacts", |sheet| sheet.move_column(5, 0));
        let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
    });
    let ids = rig.contacts_tab().texts();
    assert_eq!(ids[1][1], after[0].id().as_str());
    assert!(rig.standin.count(Kind::Write) >= 3);
}
