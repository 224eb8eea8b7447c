//! The result of a run.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use whapi_classify::{Change, ReasonKind, Reasons, Standing};
use whapi_export::{BatchReport, Forecast, Part, ResultChanges};
use whapi_fetch::ScanReport;
use whapi_model::ContactId;

use crate::channels::ChannelReport;

/// What cancelled a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// Ctrl-C (SIGINT).
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All contacts were read, and every output is written. An empty channel is complete.
    Complete,
    /// Every output is written, but contacts may be missing: see [`ScanReport::reasons`].
    Incomplete,
    /// The run failed: see [`RunReport::failure`]. Outputs that were not committed before are
    /// unchanged, unless [`ExportReport::partial`] is set.
    Failed,
    /// The run was cancelled. Outputs that were not committed before are unchanged.
    Cancelled(Cancelled),
}

impl Outcome {
    /// The stable name: `complete`, `incomplete`, `failed` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

/// The part of a run that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// The source of contacts.
    Source(whapi_fetch::ErrorKind),
    /// An exporter.
    #[non_exhaustive]
    Export {
        /// The name of the format.
        format: String,
        /// The kind of the error.
        kind: whapi_export::ErrorKind,
    },
}

/// The failure that ended a run.
///
/// ```
/// use whapi_pipeline::whapi_fetch::{ErrorKind, SavedAnswers};
/// use whapi_pipeline::{Pipeline, Stage, never_cancelled};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut source = SavedAnswers::from_reader(&b"no answers"[..], "the example");
/// let report = Pipeline::new().run(&mut source, never_cancelled()).await;
/// let failure = report.failure.unwrap();
/// assert_eq!(failure.stage, Stage::Source(ErrorKind::Input));
/// assert_eq!(failure.kind(), "input");
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The part that failed.
    pub stage: Stage,
    /// The error, with its causes.
    pub error: Box<dyn StdError + Send + Sync>,
}

impl Failure {
    pub(crate) fn source(error: whapi_fetch::Error) -> Self {
        Self {
            stage: Stage::Source(error.kind()),
            error: Box::new(error),
        }
    }

    pub(crate) fn export(format: &str, error: whapi_export::Error) -> Self {
        Self {
            stage: Stage::Export {
                format: format.to_owned(),
                kind: error.kind(),
            },
            error: Box::new(error),
        }
    }

    /// The stable kebab-case name of the error's kind.
    ///
    /// It is the name of a [`whapi_fetch::ErrorKind`] or a [`whapi_export::ErrorKind`].
    pub fn kind(&self) -> &'static str {
        match &self.stage {
            Stage::Source(kind) => kind.as_str(),
            Stage::Export { kind, .. } => kind.as_str(),
        }
    }
}

/// The message and its causes, each after a colon.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&whapi_text::with_causes(self.error.as_ref()))
    }
}

/// The number of contacts of each standing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContactCounts {
    /// All contacts of the source.
    pub total: u64,
    /// Saved contacts: in the address book.
    pub saved: u64,
    /// Discovered contacts.
    pub discovered: u64,
    /// Contacts of unknown standing.
    pub unknown: u64,
    /// Contacts that all filters selected.
    pub selected: u64,
    /// Selected contacts without a phone number.
    pub selected_without_phone: u64,
    /// Contacts of which the API's `phonebook` and `saved` differ.
    pub phonebook_differs: u64,
}

impl ContactCounts {
    pub(crate) fn add(&mut self, standing: Standing) {
        self.total += 1;
        match standing {
            Standing::Saved => self.saved += 1,
            Standing::Discovered => self.discovered += 1,
            Standing::Unknown => self.unknown += 1,
        }
    }
}

/// How many contacts a filter left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The name of the filter.
    pub filter: String,
    /// Contacts that match all earlier filters and not this one.
    pub contacts: u64,
}

/// Why contacts are visible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonCounts {
    /// Counts over all contacts of the source.
    pub all: ReasonTally,
    /// Counts over the contacts that all filters selected.
    pub selected: ReasonTally,
    /// Whether the API said which id is the account itself. Otherwise the account counts as any
    /// contact.
    pub account_known: bool,
    /// Which lists are incomplete, and why, a sentence each. Empty when all lists are complete.
    pub doubts: Vec<String>,
}

impl ReasonCounts {
    pub(crate) fn new(account_known: bool, doubts: Vec<String>) -> Self {
        Self {
            account_known,
            doubts,
            ..Self::default()
        }
    }
}

/// Contacts by their reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonTally {
    pub(crate) primary: [u64; ReasonKind::ALL.len()],
    pub(crate) any: [u64; ReasonKind::ALL.len()],
    /// Contacts whose primary reason is unknown, because a list is incomplete.
    pub unknown: u64,
}

impl ReasonTally {
    /// The number of contacts with this primary reason.
    pub fn primary(&self, kind: ReasonKind) -> u64 {
        self.primary[index(kind)]
    }

    /// The number of contacts with this reason, primary or not.
    pub fn any(&self, kind: ReasonKind) -> u64 {
        self.any[index(kind)]
    }

    pub(crate) fn add(&mut self, reasons: &Reasons) {
        for kind in reasons.kinds() {
            self.any[index(kind)] += 1;
        }
        match reasons.primary() {
            Some(kind) => self.primary[index(kind)] += 1,
            None => self.unknown += 1,
        }
    }
}

fn index(kind: ReasonKind) -> usize {
    let index = ReasonKind::ALL.iter().position(|one| *one == kind);
    index.expect("all kinds are listed")
}

/// Which phone numbers and LIDs belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LidLinkCounts {
    /// Listed phone numbers with a known LID.
    pub linked: u64,
    /// Listed LIDs whose phone number was found and has no entry of its own.
    pub numbers_found: u64,
    /// People who are listed twice, with a phone number and with a LID.
    pub listed_twice: u64,
    /// Entries that were merged into the other entry of the same person.
    pub merged: u64,
    /// Why links may be missing, a sentence each. Empty when all were found.
    pub doubts: Vec<String>,
}

/// Changes since an earlier export.
///
/// ```
/// use whapi_pipeline::whapi_export::whapi_classify::{Change, Snapshot, Standing};
/// use whapi_pipeline::whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_pipeline::whapi_fetch::InMemory;
/// use whapi_pipeline::{Pipeline, never_cancelled};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut earlier = Snapshot::new();
/// earlier.insert(ContactId::parse("447700900101")?, Standing::Saved, Some("Ada"));
/// let mut source = InMemory::new(vec![Contact::new(ContactId::parse("447700900102")?)]);
/// let run = Pipeline::new().compare_with(earlier);
/// let changes = run.run(&mut source, never_cancelled()).await.changes.unwrap();
/// assert_eq!(changes.count(Change::Added), 1);
/// assert_eq!(changes.gone, [ContactId::parse("447700900101")?]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeCounts {
    counts: [u64; Change::ALL.len()],
    /// Contacts of the earlier export that are not listed any more, in its order.
    ///
    /// Empty unless the scan is complete.
    pub gone: Vec<ContactId>,
    /// Contacts of the earlier export that an incomplete scan has not seen. 0 after a complete scan.
    pub not_seen: u64,
}

impl ChangeCounts {
    /// The number of contacts with this change.
    pub fn count(&self, change: Change) -> u64 {
        if change == Change::Gone {
            return self.gone.len() as u64;
        }
        let index = Change::ALL.iter().position(|one| *one == change);
        index.map_or(0, |index| self.counts[index])
    }

    pub(crate) fn add(&mut self, change: Change) {
        if let Some(index) = Change::ALL.iter().position(|one| *one == change) {
            self.counts[index] += 1;
        }
    }
}

/// The result of one exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportReport {
    /// The format's name.
    pub format: String,
    /// The destination of the result.
    pub destination: String,
    /// Whether the result is complete and visible.
    pub committed: bool,
    /// Whether only a part of the result was written.
    ///
    /// The exporter failed, or the reader of standard output closed it. Never set with `committed`.
    pub partial: bool,
    /// Contacts written, updated and skipped.
    ///
    /// Empty when nothing was committed. Of a partial result, contacts in complete files.
    pub batches: BatchReport,
    /// Warnings for people, a sentence each.
    pub warnings: Vec<String>,
    /// Other messages for people, a sentence each.
    pub messages: Vec<String>,
    /// SHA-256 of the file, in lower-case hex. `None` for other results and when not committed.
    pub sha256: Option<String>,
    /// The files of a split result. Of a partial result, the complete files.
    pub parts: Vec<Part>,
    /// How the result differs from the one before it, for exporters that change a result in place.
    pub changes: Option<ResultChanges>,
    /// What the exporter would do. Set by [`Pipeline::forecast`](crate::Pipeline::forecast) for
    /// exporters with [`Capabilities::forecasts`](whapi_export::Capabilities::forecasts).
    pub forecast: Option<Forecast>,
}

impl ExportReport {
    /// Creates the report of an exporter that has not written anything.
    pub(crate) fn new(format: String, destination: String) -> Self {
        Self {
            format,
            destination,
            committed: false,
            partial: false,
            batches: BatchReport::default(),
            warnings: Vec::new(),
            messages: Vec::new(),
            sha256: None,
            parts: Vec::new(),
            changes: None,
            forecast: None,
        }
    }
}

/// The result of a run.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "the report holds the failure, if there was one"]
pub struct RunReport {
    /// How the run ended.
    pub outcome: Outcome,
    /// The number of contacts of each standing.
    pub contacts: ContactCounts,
    /// The report of the scan.
    pub scan: ScanReport,
    /// What each filter left out, in the order of the filters.
    pub left_out: Vec<LeftOut>,
    /// Incomplete lists that a filter uses, a sentence each.
    ///
    /// Contacts may be missing, so the outcome is [`Outcome::Incomplete`].
    pub filter_doubts: Vec<String>,
    /// Groups and labels of filters that do not exist, a sentence each.
    pub filter_warnings: Vec<String>,
    /// Why contacts are visible. `None` unless the source finds reasons.
    pub reasons: Option<ReasonCounts>,
    /// Which phone numbers and LIDs belong together. `None` unless the source requested them.
    pub lid_links: Option<LidLinkCounts>,
    /// Changes since an earlier export. `None` without an earlier export.
    pub changes: Option<ChangeCounts>,
    /// Contacts whose pushname equals a saved name that was listed too late for a warning.
    pub unmarked_equal_names: u64,
    /// The result of each channel, in the order of the channels. Empty in a run over one source. In a run
    /// over channels that was stopped, those that were read before.
    pub channels: Vec<ChannelReport>,
    /// Selected contacts that were merged into that of the same person in another channel. `None` in a
    /// run that [merges no channels](crate::Pipeline::merge_channels).
    pub merged_people: Option<u64>,
    /// The result of each exporter, in the order of the exporters.
    pub exports: Vec<ExportReport>,
    /// The failure; `None` unless the outcome is [`Outcome::Failed`].
    pub failure: Option<Failure>,
    /// How long the run took.
    pub elapsed: Duration,
}
