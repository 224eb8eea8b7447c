//! The engine: source, classifier, filter, exporters, commit.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Instant;

use futures_util::future::{Either, FutureExt, select};
use tracing::debug;
use whapi_classify::{ClassifiedContact, Naming, Snapshot, Standing};
use whapi_export::{BatchReport, Exporter, Facts, Needs, RunEnd, RunInfo};
use whapi_fetch::{ContactSource, ScanReport};
use whapi_model::{Contact, Footprint};

use crate::budget::MOST_BYTES_AT_A_TIME;
use crate::filter::Filter;
use crate::name_buffer::NameBuffer;
use crate::processor::{ContactProcessor, ProcessorConfig};
use crate::report::{Cancelled, ExportReport, Failure, Outcome, RunReport};

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A batch came in, and exporters have received every contact that is ready: contacts may wait until the
    /// names of others are known.
    Batch {
        /// Contacts that came in so far.
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
/// and its output is as it was. What committed before a later commit failed stays, and so does what
/// an exporter says is there [in part](ExportReport::partial). A scan that
/// ended without being able to prove that it saw everybody is no failure: its outputs are
/// committed and the outcome is [`Outcome::Incomplete`].
///
/// What the source was told to find out beside contacts costs no contact when it fails: reasons
/// are unknown then, and the report says so. Only a filter that goes by what is not known makes the
/// outcome incomplete.
#[derive(Default)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline {
    jobs: Vec<Job>,
    config: ProcessorConfig,
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
                partial: false,
                batches: BatchReport::default(),
                warnings: Vec::new(),
                notes: Vec::new(),
                sha256: None,
                parts: Vec::new(),
            },
        });
        self
    }

    /// Hands on only contacts of these standings; none given means all. Short for
    /// [`Filter::only`].
    pub fn only(self, standings: impl IntoIterator<Item = Standing>) -> Self {
        let standings: Vec<_> = standings.into_iter().collect();
        if standings.is_empty() {
            return self;
        }
        self.filter(Filter::only(standings))
    }

    /// Hands on only contacts that this filter lets through, and all that were added before. The
    /// counts of a report are of all contacts either way.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.config.filters.push(filter);
        self
    }

    /// Merges the two entries of a person who is listed with a phone number and with a LID. Needs
    /// a source that [finds out](whapi_fetch::SideCalls::lids) who that is. Default: no.
    pub fn merge_lids(mut self, merge: bool) -> Self {
        self.config.merge_lids = merge;
        self
    }

    /// Makes shown names in this way. Default: [`Naming::default`].
    pub fn naming(mut self, naming: Naming) -> Self {
        self.config.naming = naming;
        self
    }

    /// Compares every contact with an earlier export.
    pub fn compare_with(mut self, earlier: Snapshot) -> Self {
        self.config.earlier = Some(earlier);
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
            config: Some(self.config),
            processor: ContactProcessor::default(),
            name_buffer: None,
            observer: self.observer,
        };
        let mut cancel = Box::pin(cancel);
        let ended = match run.feed(source, cancel.as_mut()).await {
            Ok(()) => run.commit(&source.report(), cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        let scan = source.report();
        let counts = run.processor.counts;
        let certain = scan.complete && counts.filter_doubts.is_empty();
        let (outcome, failure) = match ended {
            Ok(()) if certain => (Outcome::Complete, None),
            Ok(()) => (Outcome::Incomplete, None),
            Err(Stop::Cancelled(by)) => (Outcome::Cancelled(by), None),
            Err(Stop::Failed(failure)) => (Outcome::Failed, Some(failure)),
        };
        debug!(
            outcome = outcome.as_str(),
            contacts = counts.contacts.total,
            "run ended"
        );
        RunReport {
            outcome,
            contacts: counts.contacts,
            scan,
            left_out: counts.left_out,
            filter_doubts: counts.filter_doubts,
            filter_warnings: counts.filter_warnings,
            reasons: counts.reasons,
            lid_links: counts.lid_links,
            changes: counts.changes,
            unmarked_equal_names: run.name_buffer.map_or(0, |names| names.unmarked_count()),
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
            .field("filters", &self.config.filters)
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
    /// Until the source was asked for its surroundings.
    config: Option<ProcessorConfig>,
    processor: ContactProcessor,
    /// Only when an exporter needs it.
    name_buffer: Option<NameBuffer>,
    observer: Option<Observer>,
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

/// A filter without what it goes by would leave out every contact.
fn check_filters(config: &ProcessorConfig, source: &dyn ContactSource) -> Result<(), Failure> {
    let brought = source.side_calls();
    for filter in &config.filters {
        let required = filter.required();
        let missing = if required.reasons && !brought.reasons {
            "reasons"
        } else if required.lids && !brought.lids {
            "LIDs"
        } else {
            continue;
        };
        let message = format!(
            "the filter `{}` needs {missing}, which the source of contacts does not bring",
            filter.name()
        );
        let error = whapi_fetch::Error::new(whapi_fetch::ErrorKind::Config, message);
        return Err(Failure::source(error));
    }
    Ok(())
}

impl Run {
    async fn feed(
        &mut self,
        source: &mut dyn ContactSource,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let config = self.config.take().unwrap_or_default();
        if let Err(failure) = check_filters(&config, source) {
            // None has begun, so none is aborted.
            self.done
                .extend(self.waiting.drain(..).map(|job| job.report));
            return Err(failure.into());
        }
        let mut info = RunInfo::new();
        info.facts = facts(source, &config);
        self.begin(&info, cancel.as_mut()).await?;
        let surroundings = unless_cancelled(source.surroundings(), cancel.as_mut())
            .await?
            .map_err(Failure::source)?;
        self.processor = ContactProcessor::new(config, surroundings);
        let mut classified = Vec::new();
        while let Some(batch) = unless_cancelled(source.next_batch(), cancel.as_mut())
            .await?
            .map_err(Failure::source)?
        {
            self.processor.receive(&batch);
            let mut ready = match &mut self.name_buffer {
                None => Some(batch),
                Some(name_buffer) => {
                    name_buffer.push(batch);
                    name_buffer.pop_ready()
                }
            };
            while let Some(batch) = ready {
                self.process(batch, &mut classified, cancel.as_mut())
                    .await?;
                ready = self.name_buffer.as_mut().and_then(NameBuffer::pop_ready);
            }
            let event = Event::Batch {
                contacts: self.processor.counts.contacts.total,
                scan: source.report(),
            };
            self.notify(&event);
        }
        while let Some(batch) = self.name_buffer.as_mut().and_then(NameBuffer::pop) {
            self.process(batch, &mut classified, cancel.as_mut())
                .await?;
        }
        self.processor.end(&source.report());
        Ok(())
    }

    /// Classifies a batch and gives every exporter those whom the filters let through, as many at a
    /// time as there is memory for.
    async fn process(
        &mut self,
        batch: Vec<Contact>,
        classified: &mut Vec<ClassifiedContact>,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let mut bytes = 0;
        for contact in batch {
            let Some(mut contact) = self.processor.classify(contact) else {
                continue;
            };
            if let Some(name_buffer) = &mut self.name_buffer {
                name_buffer.mark(&mut contact);
            }
            if self.processor.selects(&contact) {
                let more = bytes_written(&contact);
                if bytes + more > MOST_BYTES_AT_A_TIME && !classified.is_empty() {
                    self.write(classified, cancel.as_mut()).await?;
                    bytes = 0;
                }
                bytes += more;
                classified.push(contact);
            }
        }
        self.write(classified, cancel).await
    }

    /// Gives contacts to every exporter, and forgets them.
    async fn write(
        &mut self,
        classified: &mut Vec<ClassifiedContact>,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        for job in &mut self.waiting {
            let written = unless_cancelled(job.exporter.write_batch(classified), cancel.as_mut())
                .await?
                .map_err(|error| Failure::export(&job.report.format, error))?;
            job.report.batches += written;
        }
        classified.clear();
        Ok(())
    }

    async fn begin(
        &mut self,
        info: &RunInfo,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let needs = self.waiting.iter().map(|job| job.exporter.needs());
        if needs.fold(Needs::default(), Needs::or).equal_names {
            self.name_buffer = Some(NameBuffer::new());
        }
        for at in 0..self.waiting.len() {
            let (begun, stop) = match self.begin_one(at, info, cancel.as_mut()).await {
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

    async fn commit(
        &mut self,
        scan: &ScanReport,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let doubts = &self.processor.counts.filter_doubts;
        let end = if scan.complete && doubts.is_empty() {
            RunEnd::complete()
        } else {
            RunEnd::incomplete([scan.reasons.as_slice(), doubts].concat())
        };
        while !self.waiting.is_empty() {
            stop_if_cancelled(cancel.as_mut())?;
            let event = Event::Committing {
                format: self.waiting[0].report.format.clone(),
            };
            self.notify(&event);
            let Job {
                exporter,
                mut report,
            } = self.waiting.remove(0);
            let finished = unless_cancelled(exporter.finish(&end), cancel.as_mut()).await;
            match finished {
                Ok(Ok(summary)) => {
                    if summary.cut_off {
                        report = uncommitted(report);
                        report.partial = true;
                    } else {
                        report.committed = true;
                    }
                    report.destination = summary.destination;
                    report.warnings = summary.warnings;
                    report.notes = summary.notes;
                    report.sha256 = summary.sha256;
                    report.parts = summary.parts;
                    self.done.push(report);
                }
                Ok(Err(error)) => {
                    let mut report = uncommitted(report);
                    if let Some(partial) = error.partial() {
                        report.partial = true;
                        report.batches.written = partial.written;
                        report.parts.clone_from(&partial.parts);
                        report.warnings.clone_from(&partial.warnings);
                    }
                    let failure = Failure::export(&report.format, error);
                    self.done.push(report);
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

    fn notify(&mut self, event: &Event) {
        if let Some(observer) = &mut self.observer {
            observer(event);
        }
    }
}

/// What is written about a contact, in bytes, as far as it may be much.
fn bytes_written(contact: &ClassifiedContact) -> usize {
    let own = contact.contact().footprint();
    let Some(reasons) = contact.reasons() else {
        return own;
    };
    let groups = reasons.groups().iter().map(|part| {
        let group = &part.group;
        group.id.as_str().len() + group.name.as_ref().map_or(0, String::len)
    });
    let labels = reasons.private_chat().map_or(&[][..], |chat| &chat.labels);
    let labels = labels.iter().map(Footprint::footprint);
    own + groups.chain(labels).sum::<usize>()
}

/// What contacts will have beside what each says itself.
fn facts(source: &dyn ContactSource, config: &ProcessorConfig) -> Facts {
    let side_calls = source.side_calls();
    let mut facts = Facts::default();
    facts.reasons = side_calls.reasons;
    facts.links = side_calls.lids;
    facts.changes = config.earlier.is_some();
    facts
}

fn uncommitted(mut report: ExportReport) -> ExportReport {
    report.batches = BatchReport::default();
    report
}
