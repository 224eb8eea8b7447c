//! Forecasts: what a run would do.

use std::future::Future;

use whapi_fetch::{ContactSource, EnrichmentRequest, ScanReport};

use crate::pipeline::{Pipeline, needs};
use crate::report::{Cancelled, ExportReport, RunReport};
use crate::run::{Job, Run};

impl Pipeline {
    /// Runs `source` through the exporters, and asks each for a forecast instead of committing.
    ///
    /// Contacts are classified, filtered and compared as in [`run`](Self::run). Only exporters that
    /// were [added](Self::export_with) with [forecasts](whapi_export::Capabilities::forecasts) begin
    /// and get contacts; the report lists the other exporters without a forecast.
    ///
    /// Returns a report in every case. Its counts and its outcome are those of the run. Nothing is
    /// committed; the forecasts are in [`ExportReport::forecast`].
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_export::{
    ///     BatchReport, Capabilities, ClassifiedContact, Exporter, Forecast, Result, RunEnd, Summary,
    ///     async_trait,
    /// };
    /// use whapi_fetch::InMemory;
    /// use whapi_model::{Contact, ContactId};
    /// use whapi_pipeline::{Filter, Pipeline, never_cancelled};
    ///
    /// /// Sends a request for each contact.
    /// struct Requests(u64);
    ///
    /// #[async_trait]
    /// impl Exporter for Requests {
    ///     async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
    ///         self.0 += batch.len() as u64;
    ///         Ok(BatchReport::written(batch.len()))
    ///     }
    ///     async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
    ///         Ok(Summary::new("a service"))
    ///     }
    ///     async fn forecast(self: Box<Self>, _end: &RunEnd) -> Result<Forecast> {
    ///         Ok(Forecast::new("a service").with_amount("requests", self.0))
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    /// let ada = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
    /// let bo = Contact::new(ContactId::parse("447700900102")?).with_name("Bo");
    /// let capabilities = Capabilities::remote().with_forecasts();
    /// let report = Pipeline::new()
    ///     .filter(Filter::name_contains("a"))
    ///     .export_with("requests", "a service", Box::new(Requests(0)), &capabilities)
    ///     .forecast(&mut InMemory::new(vec![ada, bo]), never_cancelled())
    ///     .await;
    /// let forecast = report.exports[0].forecast.as_ref().expect("asked for a forecast");
    /// assert_eq!(forecast.amounts, [("requests".into(), 1)]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn forecast(
        self,
        source: &mut dyn ContactSource,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let needs = needs(&self.jobs);
        let (jobs, listed) = Listed::split(self.jobs, true);
        let mut run = Run::new(jobs, needs, self.config, self.observer, |_| ()).dry();
        let mut cancel = Box::pin(cancel);
        let ended = match run.feed(source, cancel.as_mut()).await {
            Ok(()) => run.forecast(&source.report(), cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        listed.merge(run.into_report(source.report(), ended))
    }

    /// Asks the exporters for a forecast of a run with `contacts` contacts, without reading any.
    ///
    /// For lists that take many requests. `enrichment` is what the source will bring beside contacts;
    /// its list is assumed to be complete. With `None` no exporter is asked. The counts of the report
    /// are 0; otherwise it is as that of [`forecast`](Self::forecast).
    pub async fn estimate(
        self,
        contacts: Option<u64>,
        enrichment: EnrichmentRequest,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let needs = needs(&self.jobs);
        let (jobs, listed) = Listed::split(self.jobs, contacts.is_some());
        let mut run = Run::new(jobs, needs, self.config, self.observer, |_| ()).dry();
        let mut scan = ScanReport::default();
        scan.complete = true;
        scan.reported_total = contacts;
        let mut cancel = Box::pin(cancel);
        let ended = match run.start(enrichment, contacts, cancel.as_mut()).await {
            Ok(_) => run.forecast(&scan, cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        listed.merge(run.into_report(scan, ended))
    }
}

/// The reports of exporters without a forecast, at their places among all exporters.
struct Listed(Vec<Option<ExportReport>>);

impl Listed {
    /// Separates the exporters that can forecast from the others. None can if `asks` is false.
    fn split(jobs: Vec<Job>, asks: bool) -> (Vec<Job>, Self) {
        let mut asked = Vec::new();
        let mut listed = Vec::with_capacity(jobs.len());
        for job in jobs {
            if asks && job.forecasts {
                asked.push(job);
                listed.push(None);
            } else {
                listed.push(Some(job.report));
            }
        }
        (asked, Self(listed))
    }

    /// Puts the reports back to their places.
    fn merge(self, mut report: RunReport) -> RunReport {
        let mut asked = report.exports.into_iter();
        let exports = self
            .0
            .into_iter()
            .map(|listed| listed.or_else(|| asked.next()));
        report.exports = exports.flatten().collect();
        report
    }
}
