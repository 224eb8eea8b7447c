//! The engine: source, classifier, filter, exporters, commit.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Instant;

use futures_util::future::{Either, FutureExt, select};
use tracing::debug;
use whapi_classify::{ClassifiedContact, Standing};
use whapi_export::{BatchReport, Exporter, RunEnd, RunInfo};
use whapi_fetch::{ContactSource, ScanReport};
use whapi_model::Contact;

use crate::report::{Cancelled, ContactCounts, ExportReport, Failure, Outcome, RunReport};

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A batch was handed to every exporter.
    Batch {
        /// Contacts so far.
        contacts: u64,
        /// The scan so far.
        scan: ScanReport,
    },
    /// All contacts are there; this exporter commits now.
    Committing {
        /// The format's name.
        format: String,
    },
}

/// A future that never cancels a run.
pub fn never_cancelled() -> impl Future<Output = Cancelled> {
    std::future::pending()
}

/// Feeds one scan to any number of exporters.
///
/// # Order, and what a failure leaves
///
/// Exporters begin, in the order in which they were added, before the source is asked for
/// anything. Each batch goes to each of them in that order, never concurrently. Only when the
/// source is at its end do they commit, in the same order.
///
/// When anything fails or the run is cancelled, every exporter that has not committed is aborted,
/// and its output is as it was. What committed before a later commit failed stays. A scan that
/// ended without being able to prove that it saw everybody is no failure: its outputs are
/// committed and the outcome is [`Outcome::Incomplete`].
#[derive(Default)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline {
    jobs: Vec<Job>,
    /// Empty: all.
    only: Vec<Standing>,
    observer: Option<Observer>,
}

type Observer = Box<dyn FnMut(&Event) + Send>;

struct Job {
    exporter: Box<dyn Exporter>,
    report: ExportReport,
}

impl Pipeline {
    /// No exporters, no filter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an exporter. `format` and `destination` are what reports call it.
    pub fn export(
        mut self,
        format: impl Into<String>,
        destination: impl Into<String>,
        exporter: Box<dyn Exporter>,
    ) -> Self {
        self.jobs.push(Job {
            exporter,
            report: ExportReport {
                format: format.into(),
                destination: destination.into(),
                committed: false,
                batches: BatchReport::default(),
                warnings: Vec::new(),
                notes: Vec::new(),
                sha256: None,
            },
        });
        self
    }

    /// Hands on only contacts of these standings; none given means all. The counts of a report
    /// are of all contacts either way.
    pub fn only(mut self, standings: impl IntoIterator<Item = Standing>) -> Self {
        self.only = standings.into_iter().collect();
        self
    }

    /// Is told how far the run is.
    pub fn observe(mut self, observer: impl FnMut(&Event) + Send + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Runs `source` through the exporters, until its end, a failure, or until `cancel` is ready.
    ///
    /// Never fails itself: what went wrong is in the report.
    pub async fn run(
        self,
        source: &mut dyn ContactSource,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let begun = Instant::now();
        let mut run = Run {
            waiting: self.jobs,
            done: Vec::new(),
            only: self.only,
            observer: self.observer,
            contacts: ContactCounts::default(),
        };
        let mut cancel = Box::pin(cancel);
        let ended = match run.feed(source, cancel.as_mut()).await {
            Ok(()) => run.commit(&source.report(), cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        let scan = source.report();
        let (outcome, failure) = match ended {
            Ok(()) if scan.complete => (Outcome::Complete, None),
            Ok(()) => (Outcome::Incomplete, None),
            Err(Stop::Cancelled(by)) => (Outcome::Cancelled(by), None),
            Err(Stop::Failed(failure)) => (Outcome::Failed, Some(failure)),
        };
        debug!(
            outcome = outcome.as_str(),
            contacts = run.contacts.total,
            "run ended"
        );
        RunReport {
            outcome,
            contacts: run.contacts,
            scan,
            exports: run.done,
            failure,
            elapsed: begun.elapsed(),
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formats: Vec<_> = self.jobs.iter().map(|job| &job.report.format).collect();
        f.debug_struct("Pipeline")
            .field("formats", &formats)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

/// Why a run stops before its end.
enum Stop {
    Cancelled(Cancelled),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

struct Run {
    /// Exporters that have not committed.
    waiting: Vec<Job>,
    /// What became of the others.
    done: Vec<ExportReport>,
    only: Vec<Standing>,
    observer: Option<Observer>,
    contacts: ContactCounts,
}

type Cancel<'a, C> = Pin<&'a mut C>;

/// Waits for `work`, or drops it when the run is cancelled first. Looks at `cancel` first, so that
/// work that is always ready cannot keep it out.
async fn unless_cancelled<T>(
    work: impl Future<Output = T> + Send,
    cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
) -> Result<T, Stop> {
    match select(cancel, pin!(work)).await {
        Either::Left((by, _)) => Err(Stop::Cancelled(by)),
        Either::Right((done, _)) => Ok(done),
    }
}

/// Stops a run that is cancelled already, before work is begun that would only be dropped.
fn stop_if_cancelled(
    cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
) -> Result<(), Stop> {
    match cancel.now_or_never() {
        Some(by) => Err(Stop::Cancelled(by)),
        None => Ok(()),
    }
}

impl Run {
    async fn feed(
        &mut self,
        source: &mut dyn ContactSource,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        self.begin(cancel.as_mut()).await?;
        let mut classified = Vec::new();
        while let Some(batch) = unless_cancelled(source.next_batch(), cancel.as_mut())
            .await?
            .map_err(Failure::source)?
        {
            self.classify(batch, &mut classified);
            for job in &mut self.waiting {
                let written =
                    unless_cancelled(job.exporter.write_batch(&classified), cancel.as_mut())
                        .await?
                        .map_err(|error| Failure::export(&job.report.format, error))?;
                job.report.batches += written;
            }
            let event = Event::Batch {
                contacts: self.contacts.total,
                scan: source.report(),
            };
            self.tell(&event);
        }
        Ok(())
    }

    async fn begin(
        &mut self,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let info = RunInfo::new();
        for at in 0..self.waiting.len() {
            let (begun, stop) = match self.begin_one(at, &info, cancel.as_mut()).await {
                Ok(()) => continue,
                Err(stopped) => stopped,
            };
            // Those that were not reached are not aborted, nor is one that could not begin.
            let never_begun = self.waiting.split_off(begun);
            self.abort_rest().await;
            self.done
                .extend(never_begun.into_iter().map(|job| job.report));
            return Err(stop);
        }
        Ok(())
    }

    /// Begins one exporter, or says how many have begun and why it stops there.
    async fn begin_one(
        &mut self,
        at: usize,
        info: &RunInfo,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), (usize, Stop)> {
        stop_if_cancelled(cancel.as_mut()).map_err(|stop| (at, stop))?;
        let job = &mut self.waiting[at];
        unless_cancelled(job.exporter.begin(info), cancel)
            .await
            .map_err(|stop| (at + 1, stop))?
            .map_err(|error| (at, Failure::export(&job.report.format, error).into()))
    }

    /// Judges a batch, counts everybody, and keeps those whom the filter lets through.
    fn classify(&mut self, batch: Vec<Contact>, classified: &mut Vec<ClassifiedContact>) {
        classified.clear();
        for contact in batch {
            let contact = ClassifiedContact::new(contact);
            let selected = self.only.is_empty() || self.only.contains(&contact.standing());
            self.contacts.add(contact.standing(), selected);
            if selected {
                classified.push(contact);
            }
        }
    }

    async fn commit(
        &mut self,
        scan: &ScanReport,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let end = if scan.complete {
            RunEnd::complete()
        } else {
            RunEnd::incomplete(scan.reasons.clone())
        };
        while !self.waiting.is_empty() {
            stop_if_cancelled(cancel.as_mut())?;
            let event = Event::Committing {
                format: self.waiting[0].report.format.clone(),
            };
            self.tell(&event);
            let Job {
                exporter,
                mut report,
            } = self.waiting.remove(0);
            let finished = unless_cancelled(exporter.finish(&end), cancel.as_mut()).await;
            match finished {
                Ok(Ok(summary)) => {
                    report.committed = true;
                    report.destination = summary.destination;
                    report.warnings = summary.warnings;
                    report.notes = summary.notes;
                    report.sha256 = summary.sha256;
                    self.done.push(report);
                }
                Ok(Err(error)) => {
                    let failure = Failure::export(&report.format, error);
                    self.done.push(uncommitted(report));
                    return Err(failure.into());
                }
                Err(stop) => {
                    self.done.push(uncommitted(report));
                    return Err(stop);
                }
            }
        }
        Ok(())
    }

    /// Aborts what has not committed; a failure to clean up is a warning.
    async fn abort_rest(&mut self) {
        for job in std::mem::take(&mut self.waiting) {
            let mut report = uncommitted(job.report);
            if let Err(error) = job.exporter.abort().await {
                let failure = Failure::export(&report.format, error);
                report
                    .warnings
                    .push(format!("could not clean up: {failure}"));
            }
            self.done.push(report);
        }
    }

    fn tell(&mut self, event: &Event) {
        if let Some(observer) = &mut self.observer {
            observer(event);
        }
    }
}

fn uncommitted(mut report: ExportReport) -> ExportReport {
    report.batches = BatchReport::default();
    report
}
