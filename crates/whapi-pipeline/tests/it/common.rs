//! A prepared source, and an exporter that records.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use whapi_export::{
    Available, BatchReport, ClassifiedContact, Error, ErrorKind, Exporter, Result, RunEnd, RunInfo,
    Skipped, Summary, async_trait,
};
use whapi_fetch::{ContactSource, ScanReport};
use whapi_model::Contact;
use whapi_pipeline::{Cancelled, ExportReport, RunReport};

/// The calls in order, a line each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A made-up contact: `a` is saved, `b` discovered, `c` of unknown standing, `d` saved, and so on.
pub(crate) fn contact(letter: char) -> Contact {
    let contact = Contact::new(letter.to_string().parse().unwrap());
    match (letter as u32 - 'a' as u32) % 3 {
        0 => contact.with_saved(true),
        1 => contact.with_saved(false),
        _ => contact,
    }
}

/// Gives prepared batches, then ends or fails.
pub(crate) struct Prepared {
    log: Log,
    batches: std::vec::IntoIter<Vec<Contact>>,
    failure: Option<whapi_fetch::Error>,
    report: ScanReport,
    /// Waits forever instead of ending.
    hangs: Option<oneshot::Sender<Cancelled>>,
}

impl Prepared {
    /// One batch for each word, one contact for each letter. The scan calls itself complete.
    pub(crate) fn new(log: &Log, batches: &str) -> Self {
        let batches: Vec<Vec<Contact>> = batches
            .split_whitespace()
            .map(|word| word.chars().map(contact).collect())
            .collect();
        let mut report = ScanReport::default();
        report.complete = true;
        Self {
            log: log.clone(),
            batches: batches.into_iter(),
            failure: None,
            report,
            hangs: None,
        }
    }

    /// Fails after its batches.
    pub(crate) fn failing(mut self, failure: whapi_fetch::Error) -> Self {
        self.failure = Some(failure);
        self.report.complete = false;
        self
    }

    /// Ends incomplete, for this reason.
    pub(crate) fn incomplete(mut self, reason: &str) -> Self {
        self.report.complete = false;
        self.report.reasons = vec![reason.to_owned()];
        self
    }

    /// After its batches, cancels the run and waits forever.
    pub(crate) fn hanging(mut self, cancel: oneshot::Sender<Cancelled>) -> Self {
        self.hangs = Some(cancel);
        self
    }
}

#[async_trait]
impl ContactSource for Prepared {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, whapi_fetch::Error> {
        let batch = self.batches.next();
        self.log.add(match &batch {
            Some(batch) => format!("source: {}", letters(batch)),
            None => "source: end".to_owned(),
        });
        if let Some(batch) = batch {
            self.report.pages += 1;
            self.report.contacts += batch.len() as u64;
            return Ok(Some(batch));
        }
        if let Some(cancel) = self.hangs.take() {
            cancel.send(Cancelled::Terminate).unwrap();
            return std::future::pending().await;
        }
        self.failure.take().map_or(Ok(None), Err)
    }

    fn report(&self) -> ScanReport {
        self.report.clone()
    }
}

fn letters(batch: &[Contact]) -> String {
    batch.iter().map(|contact| contact.id().as_str()).collect()
}

/// A call of an exporter, and the moment at which something happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Begin,
    /// The n-th batch, from 1.
    Batch(u32),
    Finish,
    Abort,
}

/// Records its calls.
pub(crate) struct Recorder {
    name: &'static str,
    log: Log,
    fails: Vec<Call>,
    /// Cancels the run in this call, and goes on or waits forever.
    cancels: Option<(Call, Waits, oneshot::Sender<Cancelled>)>,
    skips: bool,
    batches: u32,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    Yes,
    No,
}

impl Recorder {
    pub(crate) fn new(name: &'static str, log: &Log) -> Self {
        Self {
            name,
            log: log.clone(),
            fails: Vec::new(),
            cancels: None,
            skips: false,
            batches: 0,
            ended: false,
        }
    }

    /// Fails in this call.
    pub(crate) fn failing(mut self, call: Call) -> Self {
        self.fails.push(call);
        self
    }

    /// Cancels the run in this call.
    pub(crate) fn cancelling(
        mut self,
        call: Call,
        waits: Waits,
        cancel: oneshot::Sender<Cancelled>,
    ) -> Self {
        self.cancels = Some((call, waits, cancel));
        self
    }

    /// Skips the first contact of each batch.
    pub(crate) fn skipping(mut self) -> Self {
        self.skips = true;
        self
    }

    pub(crate) fn boxed(self) -> Box<dyn Exporter> {
        Box::new(self)
    }

    async fn called(&mut self, call: Call, line: String) -> Result<()> {
        self.log.add(line);
        if self.cancels.as_ref().is_some_and(|(at, _, _)| *at == call) {
            let (_, waits, cancel) = self.cancels.take().expect("just seen");
            cancel.send(Cancelled::Interrupt).unwrap();
            if waits == Waits::Yes {
                std::future::pending::<()>().await;
            }
        }
        if self.fails.contains(&call) {
            let message = format!("{} fails in {call:?}", self.name);
            let cause = std::io::Error::other("the moon is in the way");
            return Err(Error::new(ErrorKind::Destination, message).with_source(cause));
        }
        Ok(())
    }
}

#[async_trait]
impl Exporter for Recorder {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        let mut available = Available::default();
        available.channels = run.available.channels;
        let expected = RunInfo::new()
            .with_dry_run(run.dry_run)
            .with_available(available)
            .with_channels(run.channels.clone());
        assert_eq!(*run, expected);
        assert_eq!(run.channels.is_empty(), !available.channels);
        self.called(Call::Begin, format!("{}: begin", self.name))
            .await
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        self.batches += 1;
        let letters: String = batch.iter().map(|contact| contact.id().as_str()).collect();
        let line = format!(
            "{}: {}",
            self.name,
            if letters.is_empty() { "-" } else { &letters }
        );
        self.called(Call::Batch(self.batches), line).await?;
        let mut report = BatchReport::written(batch.len());
        if let Some(first) = batch.first().filter(|_| self.skips) {
            report.written -= 1;
            report.skipped = vec![Skipped::new(
                first.id().clone(),
                "first",
                "It is the first.",
            )];
        }
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let line = if end.is_complete() {
            format!("{}: finish", self.name)
        } else {
            format!(
                "{}: finish, incomplete: {}",
                self.name,
                end.reasons().join("; ")
            )
        };
        self.called(Call::Finish, line).await?;
        self.ended = true;
        let mut summary = Summary::new(format!("{}'s place", self.name)).with_warning("Windy.");
        summary.sha256 = Some(format!("{}'s hash", self.name));
        Ok(summary)
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        self.called(Call::Abort, format!("{}: abort", self.name))
            .await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if !self.ended {
            self.log.add(format!("{}: dropped", self.name));
        }
    }
}

/// Format, whether committed, written, skipped: one line for each export.
pub(crate) fn exports(report: &RunReport) -> Vec<String> {
    let line = |export: &ExportReport| {
        let committed = if export.committed {
            "committed"
        } else {
            "nothing"
        };
        let skipped: String = export
            .batches
            .skipped
            .iter()
            .map(|s| s.id.as_str())
            .collect();
        format!(
            "{} {committed} {} {skipped} at {}, {:?}, {:?}",
            export.format,
            export.batches.written,
            export.destination,
            export.sha256,
            export.warnings
        )
    };
    report.exports.iter().map(line).collect()
}

/// What [`exports`] says of one that is not committed.
pub(crate) fn nothing(name: &str) -> String {
    format!("{name} nothing 0  at {name}.out, None, []")
}

/// What [`exports`] says of one that is committed with `written` contacts.
pub(crate) fn committed(name: &str, written: u64) -> String {
    format!("{name} committed {written}  at {name}'s place, Some(\"{name}'s hash\"), [\"Windy.\"]")
}
