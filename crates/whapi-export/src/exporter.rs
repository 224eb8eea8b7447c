//! The trait that exporters implement.

use async_trait::async_trait;

use crate::{BatchReport, ClassifiedContact, Forecast, Result, Summary};

/// Takes contacts, batch by batch, to one destination.
///
/// # The contract
///
/// Callers keep this order: [`begin`](Self::begin) once, then [`write_batch`](Self::write_batch)
/// any number of times, then either [`finish`](Self::finish) or [`abort`](Self::abort). Both take
/// the exporter by value, so writing after the end does not compile.
///
/// - One exporter is never called concurrently.
/// - A batch may be empty and its size is not fixed. Contacts come in the order of the gate, and
///   no id comes twice.
/// - A destination that can never be written, such as a file in a missing folder, is an error of
///   `begin`, so that nobody waits for a scan in vain. [`Output::prepare`](crate::Output::prepare)
///   finds that out for files.
/// - When `begin` fails, neither `finish` nor `abort` follows. After any other error only `abort`
///   follows.
/// - Before `finish` nothing is visible at the destination: a previous result stays as it was. A
///   remote destination may hold a hidden staging area.
/// - Cancelling is dropping a future at any await, followed by `abort` or by dropping the
///   exporter. Dropping without `abort` must be as safe as `abort`.
/// - The caller never retries a batch, since it cannot know what was already written. Whoever
///   talks to a network retries in its own client, within a deadline.
/// - Delivery is all or nothing, and a second run replaces or updates by contact id: it never
///   doubles anybody.
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
    /// Says what it needs to know of contacts that not every run finds out. Asked once, before
    /// `begin`. Nothing unless overridden.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Prepares for a run, before any batch.
    ///
    /// An error here ends the run before the first request to the gate, so it is the place to find
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

    /// Commits: the result is complete and visible when this returns `Ok`.
    ///
    /// `end` says whether the scan saw everybody. A destination that keeps contacts of earlier
    /// runs must not remove anybody after an incomplete scan.
    ///
    /// # Errors
    ///
    /// When the commit fails; then the previous result stands. Where that cannot be, as in the middle
    /// of several files, the error says what is there: [`Error::with_partial`](crate::Error::with_partial).
    async fn finish(self: Box<Self>, end: &RunEnd) -> Result<Summary>;

    /// Says what [`finish`](Self::finish) would do, for a dry run, and writes nothing.
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

/// What is known when a run begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunInfo {
    /// How many contacts the source expects to give, before any filter. `None` when nobody knows
    /// yet, as in a run of the pipeline, where exporters begin before anything is asked. An
    /// estimate: never rely on it for correctness.
    pub expected_contacts: Option<u64>,
    /// What this run finds out about contacts beside what each says itself. Default: nothing.
    pub facts: Facts,
}

impl RunInfo {
    /// A run of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`expected_contacts`](Self::expected_contacts).
    pub fn with_expected_contacts(mut self, count: u64) -> Self {
        self.expected_contacts = Some(count);
        self
    }

    /// Sets [`facts`](Self::facts).
    pub fn with_facts(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }
}

/// What a run finds out about contacts beside what each says itself, because the user asked for it.
/// An exporter that leaves out by default what nobody asked for decides by these.
///
/// ```
/// use whapi_export::{Facts, RunInfo};
///
/// let mut facts = Facts::default();
/// facts.reasons = true;
/// assert!(RunInfo::new().with_facts(facts).facts.reasons);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Contacts have [reasons](crate::ClassifiedContact::reasons).
    pub reasons: bool,
    /// Contacts have their [other id](crate::ClassifiedContact::other_id), where one is known.
    pub links: bool,
    /// Contacts have a [change](crate::ClassifiedContact::change).
    pub changes: bool,
}

/// What an exporter needs to know of contacts, and a run finds out only if somebody does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Whose pushname equals a saved contact's name, for
    /// [`name_warnings`](crate::ClassifiedContact::name_warnings). Contacts come later for it, since
    /// the saved names have to be known first.
    pub equal_names: bool,
}

impl Needs {
    /// Sets [`equal_names`](Self::equal_names).
    pub fn with_equal_names(mut self, needed: bool) -> Self {
        self.equal_names = needed;
        self
    }

    /// What either needs.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            equal_names: self.equal_names || other.equal_names,
        }
    }
}

/// How the scan behind a run ended.
///
/// ```
/// use whapi_export::RunEnd;
///
/// assert!(RunEnd::complete().is_complete());
/// let end = RunEnd::incomplete(vec!["the list kept moving".to_owned()]);
/// assert_eq!(end.reasons(), ["the list kept moving"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    complete: bool,
    reasons: Vec<String>,
}

impl RunEnd {
    /// Everybody was seen.
    pub fn complete() -> Self {
        Self {
            complete: true,
            reasons: Vec::new(),
        }
    }

    /// Somebody may be missing, for these reasons, a sentence each.
    pub fn incomplete(reasons: Vec<String>) -> Self {
        Self {
            complete: false,
            reasons,
        }
    }

    /// Whether everybody was seen.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Why the scan is incomplete; empty when it is complete.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}
