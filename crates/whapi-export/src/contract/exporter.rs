//! The trait that exporters implement.

use async_trait::async_trait;

use whapi_classify::ClassifiedContact;

use super::{BatchReport, Forecast, Needs, Result, RunEnd, RunInfo, Summary};

/// Takes contacts, batch by batch, to one destination.
///
/// # The contract
///
/// Callers keep this order: [`begin`](Self::begin) once, then [`write_batch`](Self::write_batch)
/// any number of times, then either [`finish`](Self::finish) or [`abort`](Self::abort). Both take
/// the exporter by value, so writing after the end does not compile.
///
/// - One exporter is never called concurrently.
/// - A batch may be empty and its size is not fixed. Contacts come in the order of the API, and
///   no id comes twice, but once for each channel in a run over [several](crate::Available::channels).
/// - A destination that can never be written, such as a file in a missing folder, is an error of
///   `begin`, before the scan starts. [`Output::prepare`](crate::Output::prepare)
///   finds that out for files.
/// - When `begin` fails, neither `finish` nor `abort` follows. After any other error only `abort`
///   follows.
/// - Before `finish` nothing is visible at the destination: a previous result stays as it was. A
///   remote destination may hold a hidden staging area.
/// - Cancelling is dropping a future at any await, followed by `abort` or by dropping the
///   exporter. Dropping without `abort` must be as safe as `abort`.
/// - The caller never retries a batch, since it cannot know what was already written. An
///   exporter with a network retries in its own client, within a deadline.
/// - Delivery is all or nothing, and a second run replaces or updates by contact id: it never
///   duplicates a contact.
///
/// The suite in `whapi_export::conformance` tests these points.
///
/// Writing after `finish` does not compile:
///
/// ```compile_fail,E0382
/// # use whapi_export::{Exporter, RunEnd};
/// async fn twice(exporter: Box<dyn Exporter>, end: &RunEnd) {
///     let _ = exporter.finish(end).await;
///     let _ = exporter.finish(end).await;
/// }
/// ```
#[async_trait]
pub trait Exporter: Send {
    /// Returns what it needs to know of contacts that not every run finds out. Called once, before
    /// `begin`. Nothing unless overridden.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Prepares for a run, before any batch.
    ///
    /// An error here ends the run before the first request to the API, so it is the place to find
    /// out that the destination cannot be written. Does nothing unless overridden.
    ///
    /// # Errors
    ///
    /// Whatever makes a run pointless. Neither `finish` nor `abort` follows.
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        let _ = run;
        Ok(())
    }

    /// Writes one batch, in order.
    ///
    /// `Ok` means that every contact of the batch was either written or is in the report as
    /// skipped, with its reason. A contact that does not fit the format is skipped, not an error.
    ///
    /// # Errors
    ///
    /// When the destination fails. Only `abort` follows.
    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport>;

    /// Returns what a result without contacts would remove: "`contacts.csv`, which has 9 KB".
    ///
    /// Called before `finish` when no contact was written. `None` when the destination has no
    /// contacts of an earlier result, or keeps them. `None` unless overridden.
    ///
    /// # Errors
    ///
    /// When the destination cannot be read. Only `abort` follows.
    async fn existing(&mut self, end: &RunEnd) -> Result<Option<String>> {
        let _ = end;
        Ok(None)
    }

    /// Commits: the result is complete and visible when this returns `Ok`.
    ///
    /// `end` has whether the scan is complete. A destination that keeps contacts of earlier
    /// runs must not remove a contact after an incomplete scan.
    ///
    /// # Errors
    ///
    /// When the commit fails; then the previous result stands. Where that cannot be, as in the middle
    /// of several files, the error names those that are there: [`Error::with_partial`](crate::Error::with_partial).
    async fn finish(self: Box<Self>, end: &RunEnd) -> Result<Summary>;

    /// Predicts what [`finish`](Self::finish) would do, for a dry run. Writes nothing.
    ///
    /// Takes the place of `finish`, after `begin` and either all batches or none. With none, and
    /// with [`RunInfo::expected_contacts`], the answer is an estimate for so many contacts. Called
    /// only when [`Capabilities::forecasts`](crate::Capabilities::forecasts) is set: an exporter
    /// that sets it must not write before `finish`. Knows nothing unless overridden.
    ///
    /// # Errors
    ///
    /// When the destination cannot be asked, or would not take the contacts.
    async fn forecast(self: Box<Self>, end: &RunEnd) -> Result<Forecast> {
        let _ = end;
        Ok(Forecast::default())
    }

    /// Discards what can be discarded; the previous result stands. Drops the exporter unless
    /// overridden.
    ///
    /// # Errors
    ///
    /// When something had to be cleaned up and could not be.
    async fn abort(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
