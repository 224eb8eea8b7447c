//! Failures: which exporters are aborted, which have committed, and what is reported.

use whapi_classify::ReasonKind;
use whapi_fetch::{Error, ErrorKind};
use whapi_pipeline::{Filter, Outcome, Pipeline, RunReport, Stage, never_cancelled};

use crate::common::{Call, Log, Prepared, Recorder, committed, exports, nothing};

/// Runs `ab c` through x, y and z, of which y fails in one call.
async fn run(call: Call) -> (Vec<String>, RunReport) {
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).failing(call).boxed())
        .export("z", "z.out", Recorder::new("z", &log).boxed())
        .run(&mut Prepared::new(&log, "ab c"), never_cancelled())
        .await;
    (log.lines(), report)
}

#[track_caller]
fn check_failure(report: &RunReport, message: &str) {
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.outcome.as_str(), "failed");
    let failure = report.failure.as_ref().unwrap();
    let Stage::Export { format, kind, .. } = &failure.stage else {
        panic!("{:?}", failure.stage);
    };
    let destination = whapi_export::ErrorKind::Destination;
    assert_eq!((format.as_str(), *kind), ("y", destination));
    assert_eq!(failure.kind(), "destination");
    assert_eq!(failure.to_string(), message);
}

#[tokio::test]
async fn one_that_cannot_begin_ends_the_run_before_the_source_is_asked() {
    let (log, report) = run(Call::Begin).await;
    assert_eq!(
        log,
        [
            "x: begin",
            "y: begin",
            "x: abort",
            "y: dropped",
            "z: dropped"
        ]
    );
    check_failure(&report, "y fails in Begin: the moon is in the way");
    assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
    assert_eq!((report.contacts.total, report.scan.pages), (0, 0));
}

#[tokio::test]
async fn one_that_fails_in_the_first_batch_aborts_all() {
    let (log, report) = run(Call::Batch(1)).await;
    assert_eq!(
        log[3..],
        [
            "source: ab",
            "x: ab",
            "y: ab",
            "x: abort",
            "y: abort",
            "z: abort"
        ]
    );
    check_failure(&report, "y fails in Batch(1): the moon is in the way");
    assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
    assert_eq!((report.contacts.total, report.scan.pages), (2, 1));
}

#[tokio::test]
async fn one_that_fails_in_a_later_batch_aborts_all() {
    let (log, report) = run(Call::Batch(2)).await;
    assert_eq!(
        log[7..],
        [
            "source: c",
            "x: c",
            "y: c",
            "x: abort",
            "y: abort",
            "z: abort"
        ]
    );
    check_failure(&report, "y fails in Batch(2): the moon is in the way");
    assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
    assert_eq!((report.contacts.total, report.scan.pages), (3, 2));
}

#[tokio::test]
async fn what_committed_before_a_failing_commit_stays() {
    let (log, report) = run(Call::Finish).await;
    assert_eq!(
        log[11..],
        [
            "source: end",
            "x: finish",
            "y: finish",
            "y: dropped",
            "z: abort"
        ]
    );
    check_failure(&report, "y fails in Finish: the moon is in the way");
    assert_eq!(
        exports(&report),
        [committed("x", 3), nothing("y"), nothing("z")]
    );
    assert!(report.scan.complete, "the scan itself was");
}

#[tokio::test]
async fn a_source_that_fails_aborts_all() {
    for (batches, contacts) in [("", 0), ("ab", 2), ("ab c", 3)] {
        let log = Log::default();
        let cause = std::io::Error::other("the connection was reset");
        let error = Error::new(ErrorKind::Api, "the API failed").with_source(cause);
        let report = Pipeline::new()
            .export("x", "x.out", Recorder::new("x", &log).boxed())
            .export("y", "y.out", Recorder::new("y", &log).boxed())
            .run(
                &mut Prepared::new(&log, batches).failing(error),
                never_cancelled(),
            )
            .await;
        let lines = log.lines();
        let [.., end, first, second] = &lines[..] else {
            panic!("too little happened: {lines:?}");
        };
        assert_eq!(
            [end, first, second],
            ["source: end", "x: abort", "y: abort"]
        );
        assert_eq!(report.outcome, Outcome::Failed);
        let failure = report.failure.as_ref().unwrap();
        assert_eq!(failure.stage, Stage::Source(ErrorKind::Api));
        assert_eq!(failure.kind(), "gate");
        assert_eq!(
            failure.to_string(),
            "the API failed: the connection was reset"
        );
        assert_eq!(report.contacts.total, contacts);
        assert!(!report.scan.complete);
        assert_eq!(exports(&report), ["x", "y"].map(nothing));
    }
}

#[tokio::test]
async fn one_that_cannot_clean_up_is_a_warning_and_the_others_are_aborted() {
    let log = Log::default();
    let failing = |name, call| Recorder::new(name, &log).failing(call);
    let report = Pipeline::new()
        .export("x", "x.out", failing("x", Call::Abort).boxed())
        .export(
            "y",
            "y.out",
            failing("y", Call::Batch(1)).failing(Call::Abort).boxed(),
        )
        .export("z", "z.out", Recorder::new("z", &log).boxed())
        .run(&mut Prepared::new(&log, "ab"), never_cancelled())
        .await;
    assert_eq!(
        log.lines()[6..],
        [
            "x: abort",
            "x: dropped",
            "y: abort",
            "y: dropped",
            "z: abort"
        ]
    );
    check_failure(&report, "y fails in Batch(1): the moon is in the way");
    let warnings = report.exports.iter().map(|export| export.warnings.clone());
    let could_not = |name| {
        vec![format!(
            "could not clean up: {name} fails in Abort: the moon is in the way"
        )]
    };
    assert_eq!(
        warnings.collect::<Vec<_>>(),
        [could_not("x"), could_not("y"), vec![]]
    );
}

/// Without reasons these filters would leave out every contact.
#[tokio::test]
async fn a_filter_without_what_it_requires_ends_the_run_before_anything_is_asked() {
    for (filter, name) in [
        (Filter::group(["Family".to_owned()]), "group"),
        (Filter::label(["Lead".to_owned()]), "label"),
        (Filter::reason([ReasonKind::AddressBook]), "reason"),
        (Filter::active_since(0), "active-since"),
    ] {
        let log = Log::default();
        let report = Pipeline::new()
            .filter(filter)
            .export("x", "x.out", Recorder::new("x", &log).boxed())
            .run(&mut Prepared::new(&log, "ab"), never_cancelled())
            .await;
        assert_eq!(report.outcome, Outcome::Failed);
        let failure = report.failure.unwrap();
        assert_eq!(failure.stage, Stage::Source(ErrorKind::Config));
        assert_eq!(
            failure.to_string(),
            format!(
                "the filter `{name}` needs reasons, which this source of contacts does not have"
            )
        );
        assert_eq!(log.lines(), ["x: dropped"]);
    }
}
