//! Real files: what is at the destinations after runs that went wrong.

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;
use whapi_export::{
    BatchReport, ClassifiedContact, Exporter, Output, OutputTarget, Result, RunEnd, RunInfo,
    Summary, async_trait,
};
use whapi_fetch::{Error, ErrorKind};
use whapi_pipeline::{Cancelled, Outcome, Pipeline, RunReport, never_cancelled};

use crate::common::{Call, Log, Prepared, Recorder};

/// One id to a line.
struct Lines(Output);

#[async_trait]
impl Exporter for Lines {
    async fn begin(&mut self, _run: &RunInfo) -> Result<()> {
        self.0.prepare()
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            writeln!(self.0, "{}", contact.id())?;
        }
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        Ok(self.0.commit()?.into())
    }
}

fn lines(path: &Path) -> Box<dyn Exporter> {
    Box::new(Lines(Output::new(OutputTarget::Path(path.to_owned()))))
}

/// A folder with an old `one.txt`; a run writes that and a new `two.txt`, with `other` between.
struct Case {
    folder: TempDir,
    log: Log,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one.txt"), "old\n").unwrap();
        let log = Log::default();
        Self { folder, log }
    }

    fn pipeline(&self, other: Recorder) -> Pipeline {
        Pipeline::new()
            .export("one", "one.txt", lines(&self.folder.path().join("one.txt")))
            .export("other", "nowhere", other.boxed())
            .export("two", "two.txt", lines(&self.folder.path().join("two.txt")))
    }

    fn recorder(&self) -> Recorder {
        Recorder::new("other", &self.log)
    }

    fn source(&self) -> Prepared {
        Prepared::new(&self.log, "ab c")
    }

    /// Every file, and what it holds.
    #[track_caller]
    fn check(&self, expected: &[(&str, &str)]) {
        let mut found: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect();
        found.sort();
        let found: Vec<_> = found
            .iter()
            .map(|(n, t)| (n.as_str(), t.as_str()))
            .collect();
        assert_eq!(found, expected);
    }
}

fn committed(report: &RunReport) -> Vec<bool> {
    report
        .exports
        .iter()
        .map(|export| export.committed)
        .collect()
}

#[tokio::test]
async fn all_appear_at_the_end() {
    let case = Case::new();
    let report = case
        .pipeline(case.recorder())
        .run(&mut case.source(), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    case.check(&[("one.txt", "a\nb\nc\n"), ("two.txt", "a\nb\nc\n")]);
    assert_eq!(
        report.exports[0].destination,
        case.folder.path().join("one.txt").to_str().unwrap()
    );
    // Of `a\nb\nc\n`, by another program.
    assert_eq!(
        report.exports[0].sha256.as_deref(),
        Some("880553fca8fcea94e325ee2cfb48e5a985cc797f39a14cc6d3cedecfeb2ae4d2")
    );
}

#[tokio::test]
async fn a_failure_before_any_commit_leaves_everything_as_it_was() {
    for call in [Call::Begin, Call::Batch(1), Call::Batch(2)] {
        let case = Case::new();
        let report = case
            .pipeline(case.recorder().failing(call))
            .run(&mut case.source(), never_cancelled())
            .await;
        assert_eq!(report.outcome, Outcome::Failed);
        assert_eq!(committed(&report), [false; 3]);
        case.check(&[("one.txt", "old\n")]);
    }
}

#[tokio::test]
async fn a_failing_commit_leaves_what_came_before_and_nothing_of_what_comes_after() {
    let case = Case::new();
    let report = case
        .pipeline(case.recorder().failing(Call::Finish))
        .run(&mut case.source(), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(committed(&report), [true, false, false]);
    case.check(&[("one.txt", "a\nb\nc\n")]);
}

#[tokio::test]
async fn a_failing_source_leaves_everything_as_it_was() {
    let case = Case::new();
    let mut source = case
        .source()
        .failing(Error::new(ErrorKind::Api, "the API failed"));
    let report = case
        .pipeline(case.recorder())
        .run(&mut source, never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Failed);
    case.check(&[("one.txt", "old\n")]);
}

#[tokio::test]
async fn a_cancelled_run_leaves_everything_as_it_was() {
    let case = Case::new();
    let (cancel, cancelled) = tokio::sync::oneshot::channel();
    let report = case
        .pipeline(case.recorder())
        .run(&mut case.source().hanging(cancel), async {
            cancelled.await.unwrap_or(Cancelled::Interrupt)
        })
        .await;
    assert_eq!(report.outcome, Outcome::Cancelled(Cancelled::Terminate));
    case.check(&[("one.txt", "old\n")]);
}

#[tokio::test]
async fn a_folder_that_is_missing_is_found_out_before_the_source_is_asked() {
    let case = Case::new();
    let missing = case.folder.path().join("missing");
    let report = Pipeline::new()
        .export("one", "one.txt", lines(&case.folder.path().join("one.txt")))
        .export("two", "two.txt", lines(&missing.join("two.txt")))
        .run(&mut case.source(), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(case.log.lines(), Vec::<String>::new());
    let failure = report.failure.as_ref().unwrap().to_string();
    let expected = format!(
        "could not create a file in the folder `{}`: ",
        missing.display()
    );
    assert_eq!(failure.get(..expected.len()), Some(&*expected));
    case.check(&[("one.txt", "old\n")]);
}

#[tokio::test]
async fn an_incomplete_scan_replaces_the_file() {
    let case = Case::new();
    let report = case
        .pipeline(case.recorder())
        .run(
            &mut case.source().incomplete("the list kept moving"),
            never_cancelled(),
        )
        .await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    case.check(&[("one.txt", "a\nb\nc\n"), ("two.txt", "a\nb\nc\n")]);
}
