//! Runs over many channels.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use whapi_classify::Standing;
use whapi_export::{
    BatchReport, ClassifiedContact, Exporter, Needs, Result, RunEnd, RunInfo, Summary, async_trait,
};
use whapi_fetch::{ContactSource, Error, ErrorKind, InMemory, ScanReport};
use whapi_model::{Contact, ContactId};
use whapi_pipeline::{
    Cancelled, Channel, Event, Filter, Outcome, Pipeline, RunReport, Stage, never_cancelled,
};

use crate::common::{Call, Log, Prepared, Recorder, Waits, committed, exports, nothing};

fn channel(name: &str, source: Prepared) -> Channel {
    Channel::new(name, Box::new(source))
}

fn refused() -> Error {
    Error::new(ErrorKind::Token, "the token was refused")
}

async fn run(pipeline: Pipeline, log: &Log, channels: Vec<Channel>, at_a_time: usize) -> RunReport {
    let at_a_time = NonZeroUsize::new(at_a_time).unwrap();
    pipeline
        .export("x", "x.out", Recorder::new("x", log).boxed())
        .run_channels(channels, at_a_time, never_cancelled())
        .await
}

/// The lines of the exporter.
fn written(log: &Log) -> Vec<String> {
    let lines = log.lines().into_iter();
    lines.filter(|line| line.starts_with("x: ")).collect()
}

/// Name, outcome and contacts: one line for each channel.
fn channels(report: &RunReport) -> Vec<String> {
    let channels = report.channels.iter();
    channels
        .map(|channel| {
            let (outcome, total) = (channel.outcome.as_str(), channel.contacts.total);
            let failure = channel
                .failure
                .as_ref()
                .map(|failure| format!(": {failure}"));
            let failure = failure.unwrap_or_default();
            format!("{} {outcome} {total}{failure}", channel.name)
        })
        .collect()
}

#[tokio::test]
async fn all_go_into_one_result_in_their_order() {
    for at_a_time in [1, 2, 9] {
        let log = Log::default();
        let all = vec![
            channel("shop", Prepared::new(&log, "ab c")),
            channel("office", Prepared::new(&log, "")),
            channel("home", Prepared::new(&log, "d")),
        ];
        let report = run(Pipeline::new(), &log, all, at_a_time).await;
        assert_eq!(report.outcome, Outcome::Complete);
        assert_eq!(
            written(&log),
            ["x: begin", "x: ab", "x: c", "x: d", "x: finish"]
        );
        assert_eq!(
            channels(&report),
            ["shop complete 3", "office complete 0", "home complete 1"]
        );
        assert_eq!(exports(&report), [committed("x", 4)]);
        assert_eq!((report.contacts.total, report.contacts.saved), (4, 2));
        assert_eq!((report.scan.contacts, report.scan.pages), (4, 3));
        assert!(report.scan.complete);
    }
}

#[tokio::test]
async fn one_that_fails_or_is_incomplete_does_not_stop_the_others() {
    let log = Log::default();
    let all = vec![
        channel("first", Prepared::new(&log, "ab").failing(refused())),
        channel(
            "second",
            Prepared::new(&log, "c").incomplete("the list moved"),
        ),
        channel("third", Prepared::new(&log, "d")),
    ];
    let report = run(Pipeline::new(), &log, all, 2).await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert_eq!(report.failure.as_ref().map(ToString::to_string), None);
    let reasons = [
        "channel `first`: could not be read: the token was refused",
        "channel `second`: the list moved",
    ];
    assert_eq!(report.scan.reasons, reasons);
    let end = format!("x: finish, incomplete: {}", reasons.join("; "));
    assert_eq!(written(&log), ["x: begin", "x: c", "x: d", &end]);
    assert_eq!(
        channels(&report),
        [
            "first failed 0: the token was refused",
            "second incomplete 1",
            "third complete 1"
        ]
    );
    assert_eq!(report.contacts.total, 2);
    assert_eq!(report.channels[1].scan.reasons, ["the list moved"]);
}

#[tokio::test]
async fn when_every_one_fails_nothing_is_written() {
    let log = Log::default();
    let quota = Error::new(ErrorKind::Quota, "the quota is used up");
    let all = vec![
        channel("first", Prepared::new(&log, "ab").failing(refused())),
        channel("second", Prepared::new(&log, "").failing(quota)),
    ];
    let report = run(Pipeline::new(), &log, all, 1).await;
    assert_eq!(report.outcome, Outcome::Failed);
    let failure = report.failure.as_ref().unwrap();
    assert_eq!(failure.stage, Stage::Source(ErrorKind::Token));
    assert_eq!(
        failure.to_string(),
        "no channel could be read: channel `first`: the token was refused; channel `second`: the quota \
         is used up"
    );
    assert_eq!(written(&log), ["x: begin", "x: abort"]);
    assert_eq!(exports(&report), [nothing("x")]);
}

#[tokio::test]
async fn an_exporter_that_fails_ends_the_run() {
    let log = Log::default();
    let all = vec![
        channel("first", Prepared::new(&log, "ab")),
        channel("second", Prepared::new(&log, "c")),
    ];
    let two = NonZeroUsize::new(1).unwrap();
    let recorder = Recorder::new("x", &log).failing(Call::Batch(2));
    let report = Pipeline::new()
        .export("x", "x.out", recorder.boxed())
        .run_channels(all, two, never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(written(&log), ["x: begin", "x: ab", "x: c", "x: abort"]);
    assert_eq!(channels(&report), ["first complete 2"]);
    assert_eq!(exports(&report), [nothing("x")]);
}

#[tokio::test]
async fn a_cancelled_run_writes_nothing() {
    // Once while the second is read, once while the first is written.
    for in_exporter in [false, true] {
        let log = Log::default();
        let (sender, cancelled) = oneshot::channel();
        let mut second = Prepared::new(&log, "c");
        let mut recorder = Recorder::new("x", &log);
        if in_exporter {
            recorder = recorder.cancelling(Call::Batch(1), Waits::Yes, sender);
        } else {
            second = second.hanging(sender);
        }
        let all = vec![
            channel("first", Prepared::new(&log, "ab")),
            channel("second", second),
        ];
        let report = Pipeline::new()
            .export("x", "x.out", recorder.boxed())
            .run_channels(all, NonZeroUsize::MIN, async { cancelled.await.unwrap() })
            .await;
        let by = if in_exporter {
            Cancelled::Interrupt
        } else {
            Cancelled::Terminate
        };
        assert_eq!(report.outcome, Outcome::Cancelled(by));
        assert_eq!(written(&log), ["x: begin", "x: ab", "x: abort"]);
        assert_eq!(exports(&report), [nothing("x")]);
    }
}

/// Keeps the names of all channels.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Exporter for Names {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.0.lock().unwrap().clone_from(&run.channels);
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _: &RunEnd) -> Result<Summary> {
        Ok(Summary::new("nowhere"))
    }
}

#[tokio::test]
async fn exporters_get_the_names_of_all_channels() {
    let shared = ["shop", "office", "home"].map(str::to_owned).to_vec();
    for (all, expected) in [
        (Vec::new(), &["office", "shop"][..]),
        (shared, &["home", "office", "shop"]),
    ] {
        let channels =
            ["shop", "office"].map(|name| Channel::new(name, Box::new(InMemory::new(Vec::new()))));
        let names = Names::default();
        let report = Pipeline::new()
            .export("names", "nowhere", Box::new(names.clone()))
            .all_channels(all)
            .run_channels(channels.into(), NonZeroUsize::MIN, never_cancelled())
            .await;
        assert_eq!(report.outcome, Outcome::Complete);
        assert_eq!(*names.0.lock().unwrap(), expected);
    }
}

/// Gives its contact after a time.
struct Slow(Option<Contact>, Duration);

#[async_trait]
impl ContactSource for Slow {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        tokio::time::sleep(self.1).await;
        Ok(self.0.take().map(|contact| vec![contact]))
    }

    fn report(&self) -> ScanReport {
        let mut report = ScanReport::default();
        report.complete = true;
        report
    }
}

#[tokio::test(start_paused = true)]
async fn channels_are_read_at_the_same_time() {
    for (at_a_time, seconds) in [(1, 24), (4, 6), (9, 6)] {
        let log = Log::default();
        let second = Duration::from_secs(1);
        let all = ['d', 'a', 'c', 'b']
            .into_iter()
            .zip([3, 3, 3, 3])
            .map(|(letter, time)| {
                let slow = Slow(Some(crate::common::contact(letter)), second * time);
                Channel::new(letter.to_string(), Box::new(slow))
            });
        let before = tokio::time::Instant::now();
        let report = run(Pipeline::new(), &log, all.collect(), at_a_time).await;
        assert_eq!(before.elapsed().as_secs(), seconds, "{at_a_time}");
        assert_eq!(report.outcome, Outcome::Complete);
        assert_eq!(
            written(&log),
            ["x: begin", "x: d", "x: a", "x: c", "x: b", "x: finish"]
        );
    }
}

/// Waits in each batch.
struct Waiting(Duration);

#[async_trait]
impl Exporter for Waiting {
    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        tokio::time::sleep(self.0).await;
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _: &RunEnd) -> Result<Summary> {
        Ok(Summary::new("nowhere"))
    }
}

#[tokio::test(start_paused = true)]
async fn channels_are_read_while_others_are_written() {
    let all = ['a', 'b', 'c'].map(|letter| {
        let slow = Slow(Some(crate::common::contact(letter)), Duration::from_secs(5));
        Channel::new(letter.to_string(), Box::new(slow))
    });
    let before = tokio::time::Instant::now();
    let report = Pipeline::new()
        .export("x", "x.out", Box::new(Waiting(Duration::from_secs(10))))
        .run_channels(all.into(), NonZeroUsize::MIN, never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    // The first is read in 10 s, then each is written in 10 s while the next is read.
    assert_eq!(before.elapsed().as_secs(), 40);
}

/// Keeps the contacts.
#[derive(Clone, Default)]
struct Keep(Arc<Mutex<Vec<ClassifiedContact>>>);

#[async_trait]
impl Exporter for Keep {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        assert_ne!(run.available.channels, run.available.merged_channels);
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        self.0.lock().unwrap().extend_from_slice(batch);
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _: &RunEnd) -> Result<Summary> {
        Ok(Summary::new("kept"))
    }
}

fn person(digits: &str) -> Contact {
    Contact::new(ContactId::parse(digits).unwrap())
}

/// A pushname is compared with the names of its own channel only.
#[tokio::test]
async fn contacts_have_the_name_of_their_channel_and_its_facts_only() {
    let ada = || person("447700900101").with_name("Ada").with_saved(true);
    let other = |digits| person(digits).with_pushname("Ada").with_saved(false);
    let all = vec![
        Channel::new(
            "shop",
            Box::new(InMemory::new(vec![ada(), other("447700900102")])),
        ),
        Channel::new(
            "office",
            Box::new(InMemory::new(vec![other("447700900103")])),
        ),
    ];
    let keep = Keep::default();
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let report = Pipeline::new()
        .filter(Filter::only([Standing::Discovered]))
        .export("keep", "kept", Box::new(keep.clone()))
        .observe(move |event| {
            if let Event::Channel { contacts, done, of } = event {
                seen.lock().unwrap().push((*contacts, *done, *of));
            }
        })
        .run_channels(all, NonZeroUsize::MIN, never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    let kept = keep.0.lock().unwrap();
    let lines: Vec<_> = kept
        .iter()
        .map(|contact| {
            let (id, warnings) = (contact.id().as_str(), contact.name_warnings());
            (id, contact.channel().unwrap(), warnings.to_string())
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("447700900102", "shop", "equals_saved_name".to_owned()),
            ("447700900103", "office", String::new()),
        ]
    );
    let counts = report.channels.iter().map(|channel| channel.contacts);
    let counts: Vec<_> = counts
        .map(|counts| (counts.total, counts.selected))
        .collect();
    assert_eq!(counts, [(2, 1), (1, 1)]);
    assert_eq!((report.contacts.total, report.contacts.selected), (3, 2));
    assert_eq!(report.left_out[0].contacts, 1);
    assert_eq!(*events.lock().unwrap(), [(2, 1, 2), (3, 2, 2)]);
}

/// Two channels disagree on the name and the standing of one person.
#[tokio::test]
async fn merged_channels_have_each_person_once() {
    let shop = vec![
        person("447700900101")
            .with_pushname("ada")
            .with_saved(false),
        person("447700900102").with_name("Bo").with_saved(true),
    ];
    let office = vec![
        person("447700900103").with_name("Cy").with_saved(true),
        person("447700900101").with_name("Ada L.").with_saved(true),
    ];
    let all = vec![
        Channel::new("shop", Box::new(InMemory::new(shop))),
        Channel::new("office", Box::new(InMemory::new(office))),
    ];
    let keep = Keep::default();
    let report = Pipeline::new()
        .merge_channels(true)
        .export("keep", "kept", Box::new(keep.clone()))
        .run_channels(all, NonZeroUsize::MIN, never_cancelled())
        .await;
    assert_eq!(report.outcome, Outcome::Complete);
    assert_eq!((report.contacts.total, report.contacts.selected), (4, 4));
    assert_eq!(report.merged_people, Some(1));
    assert_eq!(report.exports[0].batches.written, 3);
    let kept = keep.0.lock().unwrap();
    let lines: Vec<_> = kept
        .iter()
        .map(|person| {
            let names = person
                .entries()
                .map(|entry| format!("{}:{:?}", entry.channel, entry.name));
            let names: Vec<_> = names.collect();
            format!(
                "{} {} {}",
                person.display_name().text(),
                person.standing().as_str(),
                names.join(" ")
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"Ada L. saved shop:None office:Some("Ada L.")"#,
            r#"Bo saved shop:Some("Bo")"#,
            r#"Cy saved office:Some("Cy")"#,
        ]
    );
}
