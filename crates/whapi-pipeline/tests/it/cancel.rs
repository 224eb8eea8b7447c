//! A run that is cancelled, at every point of it.

use tokio::sync::oneshot;
use whapi_pipeline::{Cancelled, Outcome, Pipeline, RunReport};

use crate::common::{Call, Log, Prepared, Recorder, Waits, committed, exports, nothing};

/// Runs `ab c` through x, y and z; y cancels in one call.
async fn run(call: Call, waits: Waits) -> (Vec<String>, RunReport) {
    let log = Log::default();
    let (cancel, cancelled) = oneshot::channel();
    let exporter = Recorder::new("y", &log).cancelling(call, waits, cancel);
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", exporter.boxed())
        .export("z", "z.out", Recorder::new("z", &log).boxed())
        .run(&mut Prepared::new(&log, "ab c"), wait_for(cancelled))
        .await;
    assert_eq!(report.outcome, Outcome::Cancelled(Cancelled::Interrupt));
    assert_eq!(report.outcome.as_str(), "cancelled");
    assert!(report.failure.is_none());
    (log.lines(), report)
}

async fn wait_for(cancelled: oneshot::Receiver<Cancelled>) -> Cancelled {
    match cancelled.await {
        Ok(by) => by,
        Err(_) => std::future::pending().await,
    }
}

#[tokio::test]
async fn before_it_starts() {
    let log = Log::default();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .export("y", "y.out", Recorder::new("y", &log).boxed())
        .run(
            &mut Prepared::new(&log, "ab"),
            std::future::ready(Cancelled::Terminate),
        )
        .await;
    assert_eq!(log.lines(), ["x: dropped", "y: dropped"]);
    assert_eq!(report.outcome, Outcome::Cancelled(Cancelled::Terminate));
    assert_eq!(exports(&report), ["x", "y"].map(nothing));
}

#[tokio::test]
async fn while_an_exporter_begins() {
    let (log, report) = run(Call::Begin, Waits::Yes).await;
    assert_eq!(
        log,
        ["x: begin", "y: begin", "x: abort", "y: abort", "z: dropped"]
    );
    assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
}

#[tokio::test]
async fn after_an_exporter_has_begun() {
    let (log, report) = run(Call::Begin, Waits::No).await;
    assert_eq!(
        log,
        ["x: begin", "y: begin", "x: abort", "y: abort", "z: dropped"]
    );
    assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
}

#[tokio::test]
async fn while_an_exporter_writes_a_batch() {
    for waits in [Waits::Yes, Waits::No] {
        let (log, report) = run(Call::Batch(2), waits).await;
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
        assert_eq!(exports(&report), ["x", "y", "z"].map(nothing));
        assert_eq!(report.contacts.total, 3);
    }
}

#[tokio::test]
async fn while_the_source_is_asked() {
    let log = Log::default();
    let (cancel, cancelled) = oneshot::channel();
    let report = Pipeline::new()
        .export("x", "x.out", Recorder::new("x", &log).boxed())
        .run(
            &mut Prepared::new(&log, "ab").hanging(cancel),
            wait_for(cancelled),
        )
        .await;
    assert_eq!(
        log.lines(),
        ["x: begin", "source: ab", "x: ab", "source: end", "x: abort"]
    );
    assert_eq!(report.outcome, Outcome::Cancelled(Cancelled::Terminate));
    assert_eq!(exports(&report), [nothing("x")]);
}

#[tokio::test]
async fn while_an_exporter_commits() {
    let (log, report) = run(Call::Finish, Waits::Yes).await;
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
    assert_eq!(
        exports(&report),
        [committed("x", 3), nothing("y"), nothing("z")]
    );
}

#[tokio::test]
async fn after_an_exporter_has_committed_the_rest_is_aborted() {
    let (log, report) = run(Call::Finish, Waits::No).await;
    assert_eq!(
        log[11..],
        ["source: end", "x: finish", "y: finish", "z: abort"]
    );
    assert_eq!(
        exports(&report),
        [committed("x", 3), committed("y", 3), nothing("z")]
    );
}

#[tokio::test]
async fn after_the_last_commit_it_is_too_late() {
    let log = Log::default();
    let (cancel, cancelled) = oneshot::channel();
    let exporter = Recorder::new("x", &log).cancelling(Call::Finish, Waits::No, cancel);
    let report = Pipeline::new()
        .export("x", "x.out", exporter.boxed())
        .run(&mut Prepared::new(&log, "ab"), wait_for(cancelled))
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(exports(&report), [committed("x", 2)]);
}
