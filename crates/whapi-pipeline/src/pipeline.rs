//! The builder of a run.

use std::fmt;
use std::future::Future;

use whapi_classify::{ClassifiedContact, Naming, Snapshot, Standing};
use whapi_export::{Capabilities, Exporter, Needs};
use whapi_fetch::ContactSource;
use whapi_model::StandingBy;

use crate::event::{Event, Observer};
use crate::filter::Filter;
use crate::processor::ProcessorConfig;
use crate::report::{Cancelled, RunReport};
use crate::run::{Job, Run};

/// Writes the contacts of one source with any number of exporters.
///
/// # Order and failures
///
/// Exporters begin in the order in which they were added, before the first request to the source.
/// Every batch goes to each exporter in that order, never concurrently. Exporters commit in the same
/// order when the source has ended.
///
/// When something fails or the run is cancelled, every exporter that has not committed is aborted,
/// and its output stays as it was. Outputs that were committed before stay, and so do
/// [partial](crate::ExportReport::partial) outputs. A scan that cannot prove that it is complete is
/// no failure: outputs are committed, and the outcome is
/// [`Outcome::Incomplete`](crate::Outcome::Incomplete).
///
/// A failed request for enrichment loses no contact: reasons are unknown then, and the report lists
/// the failure. It makes the outcome incomplete only if a filter needs the missing list.
///
/// # Examples
///
/// With filters and progress; the [crate's](crate) example has an exporter.
///
/// ```
/// use whapi_pipeline::whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_pipeline::whapi_fetch::InMemory;
/// use whapi_pipeline::{Event, Filter, Pipeline, never_cancelled};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ada = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
/// let other = Contact::new(ContactId::parse("447700900102")?);
/// let report = Pipeline::new()
///     .filter(Filter::name_contains("ada"))
///     .observe(|event| {
///         if let Event::Batch { contacts, .. } = event {
///             assert_eq!(*contacts, 2);
///         }
///     })
///     .run(&mut InMemory::new(vec![ada, other]), never_cancelled())
///     .await;
/// assert_eq!((report.contacts.total, report.contacts.selected), (2, 1));
/// assert_eq!(report.left_out[0].contacts, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline {
    pub(crate) jobs: Vec<Job>,
    pub(crate) config: ProcessorConfig,
    pub(crate) observer: Option<Observer>,
    pub(crate) merge_channels: bool,
}

impl Pipeline {
    /// A pipeline without exporters and filters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an exporter. Reports name it by `format` and `destination`.
    pub fn export(
        mut self,
        format: impl Into<String>,
        destination: impl Into<String>,
        exporter: Box<dyn Exporter>,
    ) -> Self {
        self.jobs
            .push(Job::new(format.into(), destination.into(), exporter));
        self
    }

    /// Adds an exporter with the capabilities of its definition.
    ///
    /// [`forecast`](Self::forecast) asks only exporters with [`Capabilities::forecasts`].
    pub fn export_with(
        mut self,
        format: impl Into<String>,
        destination: impl Into<String>,
        exporter: Box<dyn Exporter>,
        capabilities: &Capabilities,
    ) -> Self {
        self.jobs.push(Job {
            forecasts: capabilities.forecasts,
            ..Job::new(format.into(), destination.into(), exporter)
        });
        self
    }

    /// Selects contacts of these standings; an empty list selects all. Short for
    /// [`Filter::only`].
    pub fn only(self, standings: impl IntoIterator<Item = Standing>) -> Self {
        let standings: Vec<_> = standings.into_iter().collect();
        if standings.is_empty() {
            return self;
        }
        self.filter(Filter::only(standings))
    }

    /// Adds a filter. Exporters get the contacts that match all filters.
    ///
    /// The counts of the report include the other contacts, except those of
    /// [selected contacts](crate::ContactCounts::selected) and of
    /// [their reasons](crate::ReasonCounts::selected).
    pub fn filter(mut self, filter: Filter) -> Self {
        self.config.filters.push(filter);
        self
    }

    /// Merges the two entries of a person who is listed with a phone number and with a LID.
    ///
    /// Needs a source that [finds LIDs](whapi_fetch::EnrichmentRequest::lids). Default: off.
    pub fn merge_lids(mut self, merge: bool) -> Self {
        self.config.merge_lids = merge;
        self
    }

    /// Writes a person who is in several channels once, in a [run over channels](Self::run_channels).
    ///
    /// A person is a phone number, or a LID whose number is known; else an id. Filters select in each
    /// channel. What is written is said at [`ClassifiedContact::merge_channel`]. All selected contacts are
    /// in memory until the last channel is read. Default: off.
    pub fn merge_channels(mut self, merge: bool) -> Self {
        self.merge_channels = merge;
        self
    }

    /// Sets the names of all channels of the result, for [`RunInfo::channels`](whapi_export::RunInfo::channels) of
    /// a [run over channels](Self::run_channels) that shares them with other runs. Default: those of the run.
    pub fn all_channels(mut self, names: Vec<String>) -> Self {
        self.config.all_channels = names;
        self
    }

    /// Sets which field of the API decides the standing. Default: [`StandingBy::Phonebook`].
    ///
    /// ```
    /// use whapi_fetch::InMemory;
    /// use whapi_model::{Contact, ContactId, StandingBy};
    /// use whapi_pipeline::{Pipeline, never_cancelled};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let contact = Contact::new(ContactId::parse("447700900101")?)
    ///     .with_saved(true)
    ///     .with_phonebook(false);
    /// let mut source = InMemory::new(vec![contact]);
    /// let pipeline = Pipeline::new().standing_by(StandingBy::Saved);
    /// let report = pipeline.run(&mut source, never_cancelled()).await;
    /// assert_eq!((report.contacts.saved, report.contacts.phonebook_differs), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn standing_by(mut self, standing_by: StandingBy) -> Self {
        self.config.standing_by = standing_by;
        self
    }

    /// Lets a run without contacts replace a result that has some. Default: off.
    ///
    /// Without it such a run fails with [`ErrorKind::Protected`](whapi_export::ErrorKind::Protected),
    /// and nothing is replaced: [`Exporter::existing`] says what would be lost.
    pub fn allow_empty(mut self, allow: bool) -> Self {
        self.config.allow_empty = allow;
        self
    }

    /// Sets where the contacts come from, for [`RunInfo::source`](whapi_export::RunInfo::source): an
    /// address, or the name of a file. Default: not known.
    pub fn source_name(mut self, name: impl Into<String>) -> Self {
        self.config.source = Some(name.into());
        self
    }

    /// Sets how shown names are made. Default: [`Naming::default`].
    pub fn naming(mut self, naming: Naming) -> Self {
        self.config.naming = naming;
        self
    }

    /// Compares every contact with an earlier export. Default: no comparison.
    pub fn compare_with(mut self, earlier: Snapshot) -> Self {
        self.config.earlier = Some(earlier);
        self
    }

    /// Sets the progress callback. Default: none.
    pub fn observe(mut self, observer: impl FnMut(&Event) + Send + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Runs `source` through the exporters until its end, a failure, or until `cancel` is ready.
    ///
    /// Returns a report in every case. Errors are in [`RunReport::failure`].
    pub async fn run(
        self,
        source: &mut dyn ContactSource,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        self.for_each(source, |_| (), cancel).await
    }

    /// Runs as [`run`](Self::run) does, and calls `each` with every contact that the filters select.
    ///
    /// A program that only counts contacts needs no exporter. The calls cover all selected contacts
    /// only when the outcome is [`Outcome::Complete`](crate::Outcome::Complete) or
    /// [`Outcome::Incomplete`](crate::Outcome::Incomplete).
    ///
    /// ```
    /// use whapi_fetch::InMemory;
    /// use whapi_model::{Contact, ContactId};
    /// use whapi_pipeline::{Filter, Outcome, Pipeline, never_cancelled};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ada = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
    /// let bo = Contact::new(ContactId::parse("447700900102")?).with_name("Bo");
    /// let mut names = Vec::new();
    /// let report = Pipeline::new()
    ///     .filter(Filter::name_contains("a"))
    ///     .for_each(
    ///         &mut InMemory::new(vec![ada, bo]),
    ///         |contact| names.push(contact.display_name().text().to_owned()),
    ///         never_cancelled(),
    ///     )
    ///     .await;
    /// assert_eq!(report.outcome, Outcome::Complete);
    /// assert_eq!(names, ["Ada"]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn for_each(
        self,
        source: &mut dyn ContactSource,
        each: impl FnMut(&ClassifiedContact) + Send,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let needs = needs(&self.jobs);
        let mut run = Run::new(self.jobs, needs, self.config, self.observer, each);
        let mut cancel = Box::pin(cancel);
        let ended = match run.feed(source, cancel.as_mut()).await {
            Ok(()) => run.commit(&source.report(), cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        run.into_report(source.report(), ended)
    }
}

/// Combines the needs of all exporters.
pub(crate) fn needs(jobs: &[Job]) -> Needs {
    let needs = jobs.iter().map(|job| job.exporter.needs());
    needs.fold(Needs::default(), Needs::or)
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
