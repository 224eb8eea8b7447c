//! Runs in which nothing fails: what is called when, and what is counted.

use std::sync::{Arc, Mutex};

use whapi_classify::Standing;
use whapi_fetch::InMemory;
use whapi_model::{Contact, ContactId};
use whapi_pipeline::{ContactCounts, Event, Outcome, Pipeline, RunReport, never_cancelled};

use crate::common::{Log, Prepared, Recorder, committed, exports};

fn counts(report: &RunReport) -> [u64; 5] {
    let ContactCounts {
        total,
        saved,
        discovered,
        unknown,
        selected,
        ..
    } = report.contacts;
    [total, saved, discovered, unknown, selected]
}

#[tokio::test]
async fn all_begin_then_batches_in_order_then_all_commit_in_order() {
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .export("z", "z.out", Recorder::new("z", &log).boxed())
        .run(&mut Prepared::new(&log, "ab cde"), never_cancelled())
        .await;
    assert_eq!(
        log.lines(),
        [
            "x: begin",
            "y: begin",
            "z: begin",
            "source: ab",
            "x: ab",
            "y: ab",
            "z: ab",
            "source: cde",
            "x: cde",
            "y: cde",
            "z: cde",
            "source: end",
            "x: finish",
            "y: finish",
            "z: finish",
        ]
    );
    assert_eq!(report.outcome, Outcome::Complete);
    assert!(report.failure.is_none());
    assert_eq!(counts(&report), [5, 2, 2, 1, 5]);
    assert_eq!((report.scan.pages, report.scan.contacts), (2, 5));
    assert_eq!(
        exports(&report),
        [committed("x", 5), committed("y", 5), committed("z", 5)]
    );
}

/// Long names, so that no more than two contacts are given at a time.
#[tokio::test]
async fn a_batch_that_takes_much_memory_comes_in_pieces() {
    let name = "n".repeat(700 << 10);
    let person = |id: &str| {
        let id = ContactId::parse(id).unwrap();
        Contact::new(id).with_name(&name).with_saved(true)
    };
    let people = ["a", "b", "c", "d", "e"].map(person).to_vec();
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .run(&mut InMemory::new(people), never_cancelled())
        .await;
    let expected = [
        "x: begin",
        "y: begin",
        "x: ab",
        "y: ab",
        "x: cd",
        "y: cd",
        "x: e",
        "y: e",
        "x: finish",
        "y: finish",
    ];
    assert_eq!(log.lines(), expected);
    assert_eq!(report.contacts.selected, 5);
}

#[tokio::test]
async fn a_filter_keeps_contacts_from_exporters_and_not_from_the_counts() {
    use Standing::{Discovered, Saved, Unknown};
    let table: [(&[Standing], &str, &str, u64); 6] = [
        (&[], "abc", "def", 6),
        (&[Saved], "a", "d", 2),
        (&[Discovered], "b", "e", 2),
        (&[Unknown], "c", "f", 2),
        (&[Unknown, Saved, Saved], "ac", "df", 4),
        (&[Saved, Discovered, Unknown], "abc", "def", 6),
    ];
    for (only, first, second, selected) in table {
        let log = Log::default();
        let report = Pipeline::new()
            .only(only.iter().copied())
            .export("x", "x.out", Recorder::new("x", &log).boxed())
            .run(&mut Prepared::new(&log, "abc def"), never_cancelled())
            .await;
        assert_eq!(
            log.lines(),
            [
                "x: begin".to_owned(),
                "source: abc".to_owned(),
                format!("x: {first}"),
                "source: def".to_owned(),
                format!("x: {second}"),
                "source: end".to_owned(),
                "x: finish".to_owned(),
            ]
        );
        assert_eq!(counts(&report), [6, 2, 2, 2, selected]);
        assert_eq!(exports(&report), [committed("x", selected)]);
    }
}

#[tokio::test]
async fn a_batch_of_which_the_filter_leaves_nothing_is_an_empty_batch() {
    let log = Log::default();
    let report = Pipeline::new()
        .only([Standing::Discovered])
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .run(&mut Prepared::new(&log, "ad b"), never_cancelled())
        .await;
    assert_eq!(
        log.lines()[1..5],
        ["source: ad", "x: -", "source: b", "x: b"]
    );
    assert_eq!(counts(&report), [3, 2, 1, 0, 1]);
}

#[tokio::test]
async fn what_each_exporter_skips_is_its_own() {
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).skipping().boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .run(&mut Prepared::new(&log, "abc de"), never_cancelled())
        .await;
    assert_eq!(
        exports(&report),
        [
            r#"x committed 3 ad at x's place, Some("x's hash"), ["Windy."]"#.to_owned(),
            committed("y", 5)
        ]
    );
    let skipped = &report.exports[0].batches.skipped[1];
    assert_eq!(
        (skipped.code, skipped.reason.as_str()),
        ("first", "It is the first.")
    );
    assert_eq!(report.outcome, Outcome::Complete);
}

#[tokio::test]
async fn an_empty_source_is_complete_and_commits() {
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .run(&mut Prepared::new(&log, ""), never_cancelled())
        .await;
    assert_eq!(log.lines(), ["x: begin", "source: end", "x: finish"]);
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(counts(&report), [0; 5]);
    assert_eq!(exports(&report), [committed("x", 0)]);
}

#[tokio::test]
async fn without_exporters_all_contacts_are_counted() {
    let log = Log::default();
    let report = Pipeline::new()
        .run(&mut Prepared::new(&log, "ab c"), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(counts(&report), [3, 1, 1, 1, 3]);
    assert_eq!(exports(&report), Vec::<String>::new());
}

#[tokio::test]
async fn an_incomplete_scan_commits_with_its_reasons() {
    let log = Log::default();
    let mut source = Prepared::new(&log, "ab").incomplete("the list kept moving");
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .run(&mut source, never_cancelled())
        .await;
    assert_eq!(
        log.lines()[6..],
        [
            "x: finish, incomplete: the list kept moving",
            "y: finish, incomplete: the list kept moving",
        ]
    );
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert_eq!(report.outcome.as_str(), "incomplete");
    assert!(report.failure.is_none());
    assert_eq!(report.scan.reasons, ["the list kept moving"]);
    assert_eq!(exports(&report), [committed("x", 2), committed("y", 2)]);
}

#[tokio::test]
async fn events_report_batches_and_commits() {
    let log = Log::default();
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let report = Pipeline::new()
        .only([Standing::Saved])
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .observe(move |event| {
            heard.lock().unwrap().push(match event {
                Event::Batch { contacts, scan } => format!("{contacts} by page {}", scan.pages),
                Event::Committing { format } => format!("committing {format}"),
                other => panic!("{other:?} is new here"),
            });
        })
        .run(&mut Prepared::new(&log, "abc de"), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    let expected = ["3 by page 1", "5 by page 2", "committing x", "committing y"];
    assert_eq!(*events.lock().unwrap(), expected);
}

#[test]
fn a_pipeline_shows_its_formats_and_its_filter() {
    let log = Log::default();
    let pipeline = Pipeline::new().only([Standing::Saved]).export(
        "x",
        "secret-place",
        Recorder::new("x", &log).boxed(),
    );
    assert_eq!(
        format!("{pipeline:?}"),
        r#"Pipeline { formats: ["x"], filters: [Filter { name: "only", .. }], .. }"#
    );
}

#[test]
fn reports_and_pipelines_can_be_sent_to_another_thread() {
    fn check<T: Send>() {}
    check::<Pipeline>();
    check::<RunReport>();
}
