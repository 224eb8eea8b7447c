//! What a run says it did.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use whapi_classify::Standing;
use whapi_export::BatchReport;
use whapi_fetch::ScanReport;

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
    /// they were.
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
    /// In the exporter of this format.
    Export(String),
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
            stage: Stage::Export(format.to_owned()),
            error: Box::new(error),
        }
    }

    /// The kind's stable kebab-case name: the source's own kinds, or `exporter`.
    pub fn kind(&self) -> &'static str {
        match &self.stage {
            Stage::Source(kind) => kind.as_str(),
            Stage::Export(_) => "exporter",
        }
    }
}

/// The message and its causes, each after a colon.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        let mut cause = self.error.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
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
    pub(crate) fn add(&mut self, standing: Standing, selected: bool) {
        self.total += 1;
        match standing {
            Standing::Saved => self.saved += 1,
            Standing::Discovered => self.discovered += 1,
            Standing::Unknown => self.unknown += 1,
        }
        self.selected += u64::from(selected);
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
    /// What was written, updated and skipped. Nothing when it was not committed.
    pub batches: BatchReport,
    /// What the user should know, a sentence each.
    pub warnings: Vec<String>,
    /// What the user may want to know, a sentence each.
    pub notes: Vec<String>,
    /// SHA-256 of the result, in lower-case hex. `None` when it is no file or was not committed.
    pub sha256: Option<String>,
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
    /// What became of each exporter, in the order in which they were added.
    pub exports: Vec<ExportReport>,
    /// What failed; `None` unless the outcome is [`Outcome::Failed`].
    pub failure: Option<Failure>,
    /// How long it took.
    pub elapsed: Duration,
}
