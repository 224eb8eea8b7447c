//! Forecasts: exporters get what they would get in a run, and nothing is written.

use whapi_classify::{Change, NameWarning, Naming, ReasonKind, Reasons, Snapshot, Standing};
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Error, ErrorKind, Exporter, Forecast, Needs,
    Result, RunEnd, RunInfo, Summary, async_trait,
};
use whapi_fetch::{ContactSource, Enrichment, EnrichmentRequest, ScanReport};
use whapi_model::{Chat, ChatKind, Contact, ContactId, LidLookup, ReasonLists};
use whapi_pipeline::{Cancelled, Filter, Outcome, Pipeline, RunReport, Stage, never_cancelled};

use crate::common::{Call, Log, Recorder};

fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

fn discovered(text: &str, pushname: &str) -> Contact {
    Contact::new(id(text))
        .with_pushname(pushname)
        .with_saved(false)
}

fn saved(text: &str, name: &str) -> Contact {
    Contact::new(id(text)).with_name(name).with_saved(true)
}

/// A discovered contact with a saved contact's pushname, in a batch before that contact, and a LID.
fn people() -> Vec<Vec<Contact>> {
    vec![
        vec![
            discovered("447700900101", "Ada"),
            discovered("77@lid", "Ada"),
        ],
        vec![saved("447700900102", "Ada"), saved("447700900103", "Bo")],
    ]
}

/// Prepared batches, with everything that can be found out beside contacts.
struct Source {
    batches: std::vec::IntoIter<Vec<Contact>>,
    brings: EnrichmentRequest,
}

impl Source {
    fn plain() -> Self {
        Self {
            batches: people().into_iter(),
            brings: EnrichmentRequest::default(),
        }
    }

    fn enriched() -> Self {
        Self {
            brings: EnrichmentRequest::default()
                .with_reasons(true)
                .with_lids(true),
            ..Self::plain()
        }
    }
}

#[async_trait]
impl ContactSource for Source {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, whapi_fetch::Error> {
        Ok(self.batches.next())
    }

    fn enrichment_request(&self) -> EnrichmentRequest {
        self.brings
    }

    async fn enrichment(&mut self) -> Result<Option<Enrichment>, whapi_fetch::Error> {
        if !self.brings.any() {
            return Ok(None);
        }
        let mut reasons = ReasonLists::default();
        reasons.chats.items = vec![Chat::new(id("447700900101"), ChatKind::Contact)];
        let mut lids = LidLookup::default();
        let (phone, lid) = (
            discovered("447700900101", "Ada"),
            discovered("77@lid", "Ada"),
        );
        lids.pairs.items = vec![(phone.id().clone(), lid.id().clone())];
        lids.linked_contacts = vec![(phone, lid)];
        let mut enrichment = Enrichment::default();
        enrichment.reasons = Some(reasons);
        enrichment.lids = Some(lids);
        Ok(Some(enrichment))
    }

    fn report(&self) -> ScanReport {
        let mut report = ScanReport::default();
        report.complete = true;
        report
    }
}

/// Records everything that it gets.
struct Witness {
    log: Log,
    needs: Needs,
    fails: bool,
}

impl Witness {
    fn new(log: &Log) -> Self {
        Self {
            log: log.clone(),
            needs: Needs::default(),
            fails: false,
        }
    }

    fn needing_equal_names(mut self) -> Self {
        self.needs = self.needs.with_equal_names(true);
        self
    }
}

#[async_trait]
impl Exporter for Witness {
    fn needs(&self) -> Needs {
        self.needs
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.log.add(format!("{run:?}"));
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            let name = contact.display_name();
            let warnings = contact.name_warnings();
            let primary = contact.reasons().and_then(Reasons::primary);
            let found = [
                contact.change().map(Change::as_str),
                primary.map(ReasonKind::as_str),
                contact.is_merged().then_some("merged"),
                warnings
                    .contains(NameWarning::EqualsSavedName)
                    .then_some("equals a saved name"),
            ];
            let found: String = found
                .into_iter()
                .flatten()
                .flat_map(|found| [", ", found])
                .collect();
            self.log
                .add(format!("{} {}{found}", contact.id(), name.text()));
        }
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        self.log.add(format!("{end:?}"));
        Ok(Summary::new("the place"))
    }

    async fn forecast(self: Box<Self>, end: &RunEnd) -> Result<Forecast> {
        self.log.add(format!("{end:?}"));
        if self.fails {
            return Err(Error::new(ErrorKind::Auth, "no entry"));
        }
        Ok(Forecast::new("the place").with_amount("writes", 3))
    }
}

fn asked() -> Capabilities {
    Capabilities::remote().with_forecasts()
}

/// What an exporter gets in a forecast, which must be what it gets in a run.
async fn seen(source: fn() -> Source, pipeline: fn(Pipeline) -> Pipeline) -> Vec<String> {
    let logs = [Log::default(), Log::default()];
    let pipelines = logs.each_ref().map(|log| {
        let witness = Box::new(Witness::new(log));
        pipeline(Pipeline::new()).export_with("x", "x.out", witness, &asked())
    });
    let [run, forecast] = pipelines;
    let run = run.run(&mut source(), never_cancelled()).await;
    let forecast = forecast.forecast(&mut source(), never_cancelled()).await;
    assert!(run.failure.is_none() && forecast.failure.is_none());
    let (in_a_run, in_a_forecast) = (logs[0].lines(), logs[1].lines());
    assert!(in_a_forecast[0].contains("dry_run: true"));
    let begun = in_a_forecast[0].replace("dry_run: true", "dry_run: false");
    assert_eq!(
        (&in_a_run[0], &in_a_run[1..]),
        (&begun, &in_a_forecast[1..])
    );
    assert_eq!(run.contacts, forecast.contacts);
    assert_eq!(run.left_out, forecast.left_out);
    assert_eq!(run.changes, forecast.changes);
    assert_eq!(run.outcome, forecast.outcome);
    assert!(run.exports.iter().all(|export| export.forecast.is_none()));
    let lines = logs[1].lines();
    lines[1..lines.len() - 1].to_vec()
}

fn earlier() -> Snapshot {
    let mut earlier = Snapshot::new();
    earlier.insert(id("447700900102"), Standing::Discovered, Some("Ada"));
    earlier.insert(id("447700900103"), Standing::Saved, Some("Bob"));
    earlier.insert(id("447700900109"), Standing::Saved, Some("Eve"));
    earlier
}

#[tokio::test]
async fn contacts_are_compared_with_an_earlier_export() {
    let compared = |pipeline: Pipeline| pipeline.compare_with(earlier());
    assert_eq!(
        seen(Source::plain, compared).await,
        [
            "447700900101 Ada, added",
            "77@lid Ada, added",
            "447700900102 Ada, saved",
            "447700900103 Bo, renamed",
        ]
    );
    let log = Log::default();
    let report = compared(Pipeline::new())
        .export_with("x", "x.out", Box::new(Witness::new(&log)), &asked())
        .forecast(&mut Source::plain(), never_cancelled())
        .await;
    assert!(log.lines()[0].contains("changes: true"), "{log:?}");
    assert_eq!(report.changes.unwrap().gone, [id("447700900109")]);
}

#[tokio::test]
async fn names_are_compared_when_any_exporter_needs_it() {
    let with_a_file_beside = |pipeline: Pipeline| {
        let file = Witness::new(&Log::default()).needing_equal_names();
        pipeline.export("file", "file.out", Box::new(file))
    };
    let marked = [
        "447700900101 Ada, equals a saved name",
        "77@lid Ada, equals a saved name",
        "447700900102 Ada",
        "447700900103 Bo",
    ];
    assert_eq!(seen(Source::plain, with_a_file_beside).await, marked);
    let itself = |pipeline: Pipeline| {
        let service = Witness::new(&Log::default()).needing_equal_names();
        pipeline.export_with("service", "elsewhere", Box::new(service), &asked())
    };
    assert_eq!(seen(Source::plain, itself).await, marked);
    let unmarked = ["447700900101 Ada", "77@lid Ada"];
    assert_eq!(
        seen(Source::plain, |pipeline| pipeline).await[..2],
        unmarked
    );
}

#[tokio::test]
async fn reasons_filters_names_and_merging_are_those_of_a_run() {
    let chosen = |pipeline: Pipeline| {
        let mut naming = Naming::default();
        naming.prefix = "WA ".to_owned();
        pipeline
            .filter(Filter::reason([ReasonKind::PrivateChat]))
            .merge_lids(true)
            .naming(naming)
    };
    assert_eq!(
        seen(Source::enriched, chosen).await,
        ["447700900101 WA Ada, private_chat, merged"]
    );
}

#[tokio::test]
async fn a_filter_without_what_it_needs_is_refused() {
    let log = Log::default();
    let pipeline = || {
        Pipeline::new()
            .filter(Filter::group(["Padel".to_owned()]))
            .export("x", "x.out", Recorder::new("x", &log).boxed())
            .export_with("y", "y.out", Box::new(Witness::new(&log)), &asked())
    };
    let mut source = Source::plain();
    let forecast = pipeline().forecast(&mut source, never_cancelled());
    let estimate = pipeline().estimate(Some(9), EnrichmentRequest::default(), never_cancelled());
    for report in [forecast.await, estimate.await] {
        assert_eq!(report.outcome, Outcome::Failed);
        let failure = report.failure.as_ref().unwrap();
        let config = whapi_fetch::ErrorKind::Config;
        assert_eq!(failure.stage, Stage::Source(config));
        assert_eq!(formats(&report), ["x", "y"]);
    }
    assert_eq!(log.lines(), ["x: dropped", "x: dropped"]);
}

fn formats(report: &RunReport) -> Vec<&str> {
    let exports = report.exports.iter();
    exports.map(|export| export.format.as_str()).collect()
}

#[tokio::test]
async fn only_exporters_that_forecast_are_asked_and_all_are_listed_in_order() {
    let log = Log::default();
    let mut report = Pipeline::new()
        .export("a", "a.out", Recorder::new("a", &log).boxed())
        .export_with("b", "b.out", Box::new(Witness::new(&log)), &asked())
        .export("c", "c.out", Recorder::new("c", &log).boxed())
        .export_with("d", "d.out", Box::new(Witness::new(&log)), &asked())
        .forecast(&mut Source::plain(), never_cancelled())
        .await;
    assert_eq!(formats(&report), ["a", "b", "c", "d"]);
    let destinations = report.exports.iter().map(|export| &*export.destination);
    assert_eq!(
        destinations.collect::<Vec<_>>(),
        ["a.out", "the place", "c.out", "the place"]
    );
    let asked = report
        .exports
        .iter_mut()
        .map(|export| export.forecast.take());
    let amounts = asked.map(|forecast| forecast.map(|forecast| forecast.amounts));
    let three = || Some(vec![("writes".into(), 3)]);
    assert_eq!(amounts.collect::<Vec<_>>(), [None, three(), None, three()]);
    for export in &report.exports {
        assert!(!export.committed);
        assert_eq!(export.batches, BatchReport::default());
    }
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!(report.contacts.total, 4);
    // Dropped, and never begun.
    assert_eq!(log.lines()[..2], ["a: dropped", "c: dropped"]);
    assert!(!log.lines().iter().any(|line| line.contains("begin")));
}

#[tokio::test]
async fn an_estimate_tells_the_number_and_what_a_run_would_bring() {
    let log = Log::default();
    let brought = EnrichmentRequest::default().with_reasons(true);
    let report = Pipeline::new()
        .compare_with(earlier())
        .export_with("x", "x.out", Box::new(Witness::new(&log)), &asked())
        .estimate(Some(1317), brought, never_cancelled())
        .await;
    let lines = log.lines();
    let mut info = RunInfo::new()
        .with_expected_contacts(1317)
        .with_dry_run(true);
    info.available.reasons = true;
    info.available.changes = true;
    assert_eq!(
        lines,
        [format!("{info:?}"), format!("{:?}", RunEnd::complete())]
    );
    assert_eq!(report.outcome, Outcome::Complete);
    assert!(report.exports[0].forecast.is_some());
}

#[tokio::test]
async fn an_estimate_of_an_unknown_number_asks_nothing() {
    let log = Log::default();
    let report = Pipeline::new()
        .export_with("x", "x.out", Box::new(Witness::new(&log)), &asked())
        .estimate(None, EnrichmentRequest::default(), never_cancelled())
        .await;
    assert_eq!(log.lines(), [""; 0]);
    assert_eq!(report.exports[0].forecast, None);
    assert_eq!(report.exports[0].destination, "x.out");
}

#[tokio::test]
async fn a_forecast_that_fails_aborts_the_others() {
    let log = Log::default();
    let failing = Witness {
        fails: true,
        ..Witness::new(&Log::default())
    };
    let report = Pipeline::new()
        .export_with("x", "x.out", Box::new(failing), &asked())
        .export_with("y", "y.out", Recorder::new("y", &log).boxed(), &asked())
        .forecast(&mut Source::plain(), never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Failed);
    let failure = report.failure.as_ref().unwrap();
    assert_eq!(
        (failure.kind(), failure.to_string()),
        ("auth", "no entry".to_owned())
    );
    assert_eq!(log.lines().last().unwrap(), "y: abort");
    assert_eq!(formats(&report), ["x", "y"]);
}

#[tokio::test]
async fn a_forecast_can_be_cancelled() {
    let log = Log::default();
    let (cancel, cancelled) = tokio::sync::oneshot::channel();
    let waits = crate::common::Waits::Yes;
    let waiting = Recorder::new("x", &log).cancelling(Call::Batch(1), waits, cancel);
    let report = Pipeline::new()
        .export_with("x", "x.out", waiting.boxed(), &asked())
        .forecast(&mut Source::plain(), async { cancelled.await.unwrap() })
        .await;
    assert_eq!(report.outcome, Outcome::Cancelled(Cancelled::Interrupt));
    assert_eq!(log.lines().last().unwrap(), "x: abort");
}
