//! The engine of a run: source, classifier, filter, exporters, commit.

use std::future::Future;
use std::time::Instant;

use tracing::debug;
use whapi_classify::ClassifiedContact;
use whapi_export::{
    Available, BatchReport, ChannelEnd, ErrorKind, Exporter, Needs, RunEnd, RunInfo,
};
use whapi_fetch::{ContactSource, EnrichmentRequest, ScanReport};
use whapi_model::{Contact, Footprint};

use crate::budget::MAX_BATCH_BYTES;
use crate::cancel::{Cancel, Stop, stop_if_cancelled, unless_cancelled};
use crate::channels::People;
use crate::event::{Event, Observer};
use crate::name_buffer::NameBuffer;
use crate::processor::{ChannelMode, ContactProcessor, ProcessorConfig};
use crate::report::{Cancelled, ExportReport, Failure, Outcome, RunReport};

/// An exporter and its report.
pub(crate) struct Job {
    pub(crate) exporter: Box<dyn Exporter>,
    pub(crate) report: ExportReport,
    /// Whether [`Exporter::forecast`] may be called.
    pub(crate) forecasts: bool,
}

impl Job {
    pub(crate) fn new(format: String, destination: String, exporter: Box<dyn Exporter>) -> Self {
        Self {
            exporter,
            report: ExportReport::new(format, destination),
            forecasts: false,
        }
    }
}

/// A run, or a forecast of one.
pub(crate) struct Run<F> {
    /// Exporters that have not committed.
    waiting: Vec<Job>,
    /// Reports of the other exporters, in their order.
    done: Vec<ExportReport>,
    /// Taken when the run starts.
    config: Option<ProcessorConfig>,
    pub(crate) processor: ContactProcessor,
    /// Only when an exporter needs it.
    name_buffer: Option<NameBuffer>,
    /// Of the lists before this one.
    unmarked_equal_names: u64,
    /// Everyone so far, in a run that merges channels.
    pub(crate) people: Option<People>,
    /// How each channel ended, in a run over several.
    pub(crate) channel_ends: Vec<ChannelEnd>,
    observer: Option<Observer>,
    /// Called with every selected contact.
    each: F,
    allow_empty: bool,
    writes_nothing: bool,
    begun: Instant,
}

/// Returns an error when a filter needs something that the source does not bring.
///
/// Such a filter would leave out every contact.
fn check_filters(config: &ProcessorConfig, enrichment: EnrichmentRequest) -> Result<(), Failure> {
    for filter in &config.filters {
        let required = filter.required();
        let missing = if required.reasons && !enrichment.reasons {
            "reasons"
        } else if required.lids && !enrichment.lids {
            "LIDs"
        } else {
            continue;
        };
        let message = format!(
            "the filter `{}` needs {missing}, which this source of contacts does not have",
            filter.name()
        );
        let error = whapi_fetch::Error::new(whapi_fetch::ErrorKind::Config, message);
        return Err(Failure::source(error));
    }
    Ok(())
}

impl<F: FnMut(&ClassifiedContact) + Send> Run<F> {
    /// Creates a run. `needs` includes the needs of exporters that are not in `jobs`.
    pub(crate) fn new(
        jobs: Vec<Job>,
        needs: Needs,
        config: ProcessorConfig,
        observer: Option<Observer>,
        each: F,
    ) -> Self {
        Self {
            waiting: jobs,
            done: Vec::new(),
            allow_empty: config.allow_empty,
            config: Some(config),
            processor: ContactProcessor::default(),
            name_buffer: needs.equal_names.then(NameBuffer::new),
            unmarked_equal_names: 0,
            people: None,
            channel_ends: Vec::new(),
            observer,
            each,
            writes_nothing: false,
            begun: Instant::now(),
        }
    }

    /// Tells exporters that nothing is written.
    pub(crate) fn dry(mut self) -> Self {
        self.writes_nothing = true;
        self
    }

    /// Checks the filters against what the source brings, and begins every exporter.
    pub(crate) async fn start(
        &mut self,
        enrichment: EnrichmentRequest,
        expected_contacts: Option<u64>,
        cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<ProcessorConfig, Stop> {
        let config = self.config.take().unwrap_or_default();
        if let Err(failure) = check_filters(&config, enrichment) {
            // No exporter has begun, so none is aborted.
            self.done
                .extend(self.waiting.drain(..).map(|job| job.report));
            return Err(failure.into());
        }
        let mut info = RunInfo::new();
        info.expected_contacts = expected_contacts;
        info.dry_run = self.writes_nothing;
        info.source.clone_from(&config.source);
        info.available = available(enrichment, &config);
        let info = info.with_channels(config.all_channels.clone());
        self.begin(&info, cancel).await?;
        Ok(config)
    }

    /// Reads the source to its end and gives every exporter the selected contacts.
    pub(crate) async fn feed(
        &mut self,
        source: &mut dyn ContactSource,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let config = self
            .start(source.enrichment_request(), None, cancel.as_mut())
            .await?;
        let enrichment = unless_cancelled(source.enrichment(), cancel.as_mut())
            .await?
            .map_err(Failure::source)?;
        self.processor = ContactProcessor::new(config, enrichment);
        self.processor.check_names()?;
        let mut classified = Vec::new();
        while let Some(batch) = unless_cancelled(source.next_batch(), cancel.as_mut())
            .await?
            .map_err(Failure::source)?
        {
            self.take(batch, &mut classified, cancel.as_mut()).await?;
            let event = Event::Batch {
                contacts: self.processor.counts.contacts.total,
                scan: source.report(),
            };
            self.notify(&event);
        }
        self.take_rest(&mut classified, cancel.as_mut()).await?;
        self.processor.end(&source.report());
        stop_if_cancelled(cancel)
    }

    /// Counts a batch, and processes every batch that is ready.
    pub(crate) async fn take(
        &mut self,
        mut batch: Vec<Contact>,
        classified: &mut Vec<ClassifiedContact>,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        self.processor.receive(&mut batch);
        let mut ready = match &mut self.name_buffer {
            None => Some(batch),
            Some(name_buffer) => {
                name_buffer.push(batch);
                name_buffer.pop_ready()
            }
        };
        while let Some(batch) = ready {
            self.process(batch, classified, cancel.as_mut()).await?;
            ready = self.name_buffer.as_mut().and_then(NameBuffer::pop_ready);
        }
        Ok(())
    }

    /// Processes the batches that wait, at the end of a list.
    pub(crate) async fn take_rest(
        &mut self,
        classified: &mut Vec<ClassifiedContact>,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        while let Some(batch) = self.name_buffer.as_mut().and_then(NameBuffer::pop) {
            self.process(batch, classified, cancel.as_mut()).await?;
        }
        Ok(())
    }

    /// Ends a list: its names are compared with no other list's.
    pub(crate) fn forget_names(&mut self) {
        if let Some(names) = &mut self.name_buffer {
            self.unmarked_equal_names += names.unmarked_count();
            *names = NameBuffer::new();
        }
    }

    /// Classifies a batch and writes the selected contacts.
    ///
    /// Writes at most [`MAX_BATCH_BYTES`] at a time.
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
                if let Some(people) = &mut self.people {
                    people.add(contact);
                    continue;
                }
                let more = bytes_written(&contact);
                if bytes + more > MAX_BATCH_BYTES && !classified.is_empty() {
                    self.write(classified, cancel.as_mut()).await?;
                    bytes = 0;
                }
                bytes += more;
                (self.each)(&contact);
                classified.push(contact);
            }
        }
        self.write(classified, cancel).await
    }

    /// Writes contacts by every exporter, and clears the list.
    pub(crate) async fn write(
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
        for at in 0..self.waiting.len() {
            let (begun, stop) = match self.begin_one(at, info, cancel.as_mut()).await {
                Ok(()) => continue,
                Err(stopped) => stopped,
            };
            // Exporters that have not begun are not aborted.
            let never_begun = self.waiting.split_off(begun);
            self.abort_rest().await;
            self.done
                .extend(never_begun.into_iter().map(|job| job.report));
            return Err(stop);
        }
        Ok(())
    }

    /// Begins one exporter. An error holds the number of exporters that have begun.
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

    /// The end of the scan, for exporters.
    fn end(&self, scan: &ScanReport) -> RunEnd {
        let doubts = &self.processor.counts.filter_doubts;
        let end = if scan.complete && doubts.is_empty() {
            RunEnd::complete()
        } else {
            RunEnd::incomplete([scan.reasons.as_slice(), doubts].concat())
        };
        end.with_channels(self.channel_ends.clone())
    }

    /// Fails if a result without contacts would replace one that has some.
    async fn protect(
        &mut self,
        end: &RunEnd,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        if self.allow_empty {
            return Ok(());
        }
        let empty = |job: &&mut Job| job.report.batches.written + job.report.batches.updated == 0;
        for job in self.waiting.iter_mut().filter(empty) {
            let format = &job.report.format;
            let existing = unless_cancelled(job.exporter.existing(end), cancel.as_mut())
                .await?
                .map_err(|error| Failure::export(format, error))?;
            if let Some(existing) = existing {
                let message =
                    format!("this run has no contacts for {format}, and would replace {existing}");
                let error = whapi_export::Error::new(ErrorKind::Protected, message);
                return Err(Failure::export(format, error).into());
            }
        }
        Ok(())
    }

    /// Commits every exporter, in order.
    pub(crate) async fn commit(
        &mut self,
        scan: &ScanReport,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let end = self.end(scan);
        self.protect(&end, cancel.as_mut()).await?;
        while !self.waiting.is_empty() {
            stop_if_cancelled(cancel.as_mut())?;
            let event = Event::Committing {
                format: self.waiting[0].report.format.clone(),
            };
            self.notify(&event);
            let Job {
                exporter,
                mut report,
                ..
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
                    report.messages = summary.messages;
                    report.sha256 = summary.sha256;
                    report.parts = summary.parts;
                    report.changes = summary.changes;
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

    /// Asks every exporter for a forecast, in order, instead of committing.
    pub(crate) async fn forecast(
        &mut self,
        scan: &ScanReport,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let end = self.end(scan);
        while !self.waiting.is_empty() {
            stop_if_cancelled(cancel.as_mut())?;
            let Job {
                exporter, report, ..
            } = self.waiting.remove(0);
            let mut report = uncommitted(report);
            let asked = unless_cancelled(exporter.forecast(&end), cancel.as_mut()).await;
            let stop = match asked {
                Ok(Ok(forecast)) => {
                    if !forecast.destination.is_empty() {
                        report.destination.clone_from(&forecast.destination);
                    }
                    report.forecast = Some(forecast);
                    self.done.push(report);
                    continue;
                }
                Ok(Err(error)) => Failure::export(&report.format, error).into(),
                Err(stop) => stop,
            };
            self.done.push(report);
            return Err(stop);
        }
        Ok(())
    }

    /// Aborts every exporter that has not committed. A failed abort becomes a warning.
    pub(crate) async fn abort_rest(&mut self) {
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

    /// Builds the report when every exporter has committed or aborted.
    pub(crate) fn into_report(self, scan: ScanReport, ended: Result<(), Stop>) -> RunReport {
        let unmarked = self.name_buffer.map_or(0, |names| names.unmarked_count());
        let counts = self.processor.counts;
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
            unmarked_equal_names: self.unmarked_equal_names + unmarked,
            channels: Vec::new(),
            merged_people: None,
            exports: self.done,
            failure,
            elapsed: self.begun.elapsed(),
        }
    }

    pub(crate) fn notify(&mut self, event: &Event) {
        if let Some(observer) = &mut self.observer {
            observer(event);
        }
    }
}

/// An estimate of what is written about a contact, in bytes.
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

/// The optional information of contacts in this run.
fn available(enrichment: EnrichmentRequest, config: &ProcessorConfig) -> Available {
    let mut available = Available::default();
    available.reasons = enrichment.reasons;
    available.lid_links = enrichment.lids;
    available.changes = config.earlier.is_some();
    available.channels = config.channels == ChannelMode::Named;
    available.merged_channels = config.channels == ChannelMode::Merged;
    available
}

fn uncommitted(mut report: ExportReport) -> ExportReport {
    report.batches = BatchReport::default();
    report
}
