//! What a run says it did.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use whapi_classify::{Change, ReasonKind, Reasons, Standing};
use whapi_export::{BatchReport, Forecast, Part};
use whapi_fetch::ScanReport;
use whapi_model::ContactId;

/// What asked a run to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// Ctrl-C (SIGINT).
    Interrupt,
    /// A request to end (SIGTERM).
    Terminate,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Everybody was seen, and every output is written. A channel without contacts is complete.
    Complete,
    /// Every output is written, but somebody may be missing: see [`ScanReport::reasons`].
    Incomplete,
    /// Something failed: see [`RunReport::failure`]. Outputs that were not committed before are as
    /// they were, unless [`ExportReport::partial`] says otherwise.
    Failed,
    /// The caller cancelled. Outputs that were not committed before are as they were.
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

/// Where a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// In the source of contacts.
    Source(whapi_fetch::ErrorKind),
    /// In an exporter.
    Export {
        /// The format's name.
        format: String,
        /// What kind of failure it was.
        kind: whapi_export::ErrorKind,
    },
}

/// The failure that ended a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Where it happened.
    pub stage: Stage,
    /// What happened, with its causes.
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

    /// The kind's stable kebab-case name: [`whapi_fetch::ErrorKind`]'s or [`whapi_export::ErrorKind`]'s.
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
        f.write_str(&whapi_fetch::with_causes(self.error.as_ref()))
    }
}

/// How many contacts of each standing there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContactCounts {
    /// All contacts that the source gave.
    pub total: u64,
    /// Of those, in the address book.
    pub saved: u64,
    /// Of those, discovered.
    pub discovered: u64,
    /// Of those, of unknown standing.
    pub unknown: u64,
    /// Contacts that the filter let through to the exporters.
    pub selected: u64,
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
    /// The filter's name.
    pub filter: String,
    /// Contacts that all filters before it let through and this one did not.
    pub contacts: u64,
}

/// Why contacts are visible, counted over all that the source gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonCounts {
    primary: [u64; ReasonKind::ALL.len()],
    any: [u64; ReasonKind::ALL.len()],
    /// Contacts whose primary reason cannot be told, since a list could not be read to its end.
    pub unknown: u64,
    /// Whether the gate said which id is the account itself. If it did not, the account is counted
    /// among the others.
    pub account_known: bool,
    /// Which list could not be read to its end, and why, a sentence each. Empty when all were.
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

    /// Contacts for which this is the primary reason.
    pub fn primary(&self, kind: ReasonKind) -> u64 {
        self.primary[place(kind)]
    }

    /// Contacts for which this is a reason, primary or not.
    pub fn any(&self, kind: ReasonKind) -> u64 {
        self.any[place(kind)]
    }

    pub(crate) fn add(&mut self, reasons: &Reasons) {
        for kind in reasons.kinds() {
            self.any[place(kind)] += 1;
        }
        match reasons.primary() {
            Some(kind) => self.primary[place(kind)] += 1,
            None => self.unknown += 1,
        }
    }
}

fn place(kind: ReasonKind) -> usize {
    let place = ReasonKind::ALL.iter().position(|one| *one == kind);
    place.expect("all kinds are listed")
}

/// Who has two ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LidLinkCounts {
    /// Phone numbers of the list whose LID is known.
    pub linked: u64,
    /// People who are listed twice, once with each id.
    pub listed_twice: u64,
    /// Entries that were merged into the other one of the same person.
    pub merged: u64,
    /// Why there may be more, a sentence each. Empty when all were found.
    pub doubts: Vec<String>,
}

/// What happened since an earlier export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeCounts {
    counts: [u64; Change::ALL.len()],
    /// Who was in the earlier export and is not listed any more, in its order. Empty unless the
    /// scan was complete: only then is anybody known to be gone.
    pub gone: Vec<ContactId>,
    /// How many were in the earlier export and were not seen by a scan that is not complete, so
    /// that nobody can tell whether they are gone.
    pub not_seen: u64,
}

impl ChangeCounts {
    /// Contacts to which this happened.
    pub fn count(&self, change: Change) -> u64 {
        if change == Change::Gone {
            return self.gone.len() as u64;
        }
        let place = Change::ALL.iter().position(|one| *one == change);
        place.map_or(0, |place| self.counts[place])
    }

    pub(crate) fn add(&mut self, change: Change) {
        if let Some(place) = Change::ALL.iter().position(|one| *one == change) {
            self.counts[place] += 1;
        }
    }
}

/// What became of one exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportReport {
    /// The format's name.
    pub format: String,
    /// Where the result is, or would have been.
    pub destination: String,
    /// Whether the result is there.
    pub committed: bool,
    /// Whether a part of the result is there, since the exporter failed on its way, or the reader of
    /// standard output went away. Never set together with `committed`.
    pub partial: bool,
    /// What was written, updated and skipped. Nothing when it was not committed, but for those who are
    /// in the complete files of a part.
    pub batches: BatchReport,
    /// What the user should know, a sentence each.
    pub warnings: Vec<String>,
    /// What the user may want to know, a sentence each.
    pub notes: Vec<String>,
    /// SHA-256 of the result, in lower-case hex. `None` when it is no single file or was not
    /// committed.
    pub sha256: Option<String>,
    /// The files of a result that is split. Empty when it is not, or was not committed; of a part, the
    /// files that are complete.
    pub parts: Vec<Part>,
    /// What the exporter would do. Only in the report of a [forecast](crate::Pipeline::forecast), and
    /// only of an exporter that [can say it](whapi_export::Capabilities::forecasts).
    pub forecast: Option<Forecast>,
}

impl ExportReport {
    /// The report of an exporter that has done nothing.
    pub(crate) fn new(format: String, destination: String) -> Self {
        Self {
            format,
            destination,
            committed: false,
            partial: false,
            batches: BatchReport::default(),
            warnings: Vec::new(),
            notes: Vec::new(),
            sha256: None,
            parts: Vec::new(),
            forecast: None,
        }
    }
}

/// What happened in a run.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "the report holds the failure, if there was one"]
pub struct RunReport {
    /// How it ended.
    pub outcome: Outcome,
    /// How many contacts of each standing.
    pub contacts: ContactCounts,
    /// How the scan went.
    pub scan: ScanReport,
    /// What each filter left out, in the order in which they were added.
    pub left_out: Vec<LeftOut>,
    /// Why a filter may have left out somebody whom it should not have, a sentence each: it goes by
    /// a list that could not be read to its end. Makes the outcome [`Outcome::Incomplete`].
    pub filter_doubts: Vec<String>,
    /// What a filter looks for and the gate does not have, such as a group of that name, a sentence
    /// each.
    pub filter_warnings: Vec<String>,
    /// Why contacts are visible. `None` unless the source was told to find it out.
    pub reasons: Option<ReasonCounts>,
    /// Who has two ids. `None` unless the source was told to find it out.
    pub lid_links: Option<LidLinkCounts>,
    /// What happened since an earlier export. `None` when there was none to compare with.
    pub changes: Option<ChangeCounts>,
    /// Contacts whose pushname equals a saved name that came in too long after them for a warning
    /// about it to be written.
    pub unmarked_equal_names: u64,
    /// What became of each exporter, in the order in which they were added.
    pub exports: Vec<ExportReport>,
    /// What failed; `None` unless the outcome is [`Outcome::Failed`].
    pub failure: Option<Failure>,
    /// How long it took.
    pub elapsed: Duration,
}
