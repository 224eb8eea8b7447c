//! What a run is made of.

use std::fmt;
use std::future::Future;

use whapi_classify::{ClassifiedContact, Naming, Snapshot, Standing};
use whapi_export::{Capabilities, Exporter, Needs};
use whapi_fetch::ContactSource;

use crate::event::{Event, Observer};
use crate::filter::Filter;
use crate::processor::ProcessorConfig;
use crate::report::{Cancelled, RunReport};
use crate::run::{Job, Run};

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
/// an exporter says is there [in part](crate::ExportReport::partial). A scan that
/// ended without being able to prove that it saw everybody is no failure: its outputs are
/// committed and the outcome is [`Outcome::Incomplete`](crate::Outcome::Incomplete).
///
/// What the source was told to find out beside contacts costs no contact when it fails: reasons
/// are unknown then, and the report says so. Only a filter that goes by what is not known makes the
/// outcome incomplete.
#[derive(Default)]
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline {
    pub(crate) jobs: Vec<Job>,
    pub(crate) config: ProcessorConfig,
    pub(crate) observer: Option<Observer>,
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
        self.for_each(source, |_| (), cancel).await
    }

    /// Runs as [`run`](Self::run) does, and calls `each` with every contact that the filters select.
    ///
    /// A program that counts or looks at contacts needs no exporter. What `each` has seen is of use
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

/// What any of the exporters needs.
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
