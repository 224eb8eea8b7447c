//! The data of a report: the counts, and how the list was read.

use whapi_classify::ReasonKind;
use whapi_text::{counted, grouped};

use crate::scan::ScanSummary;
use crate::tally::{ReasonTally, Stats, YesNo};

/// The heading of incomplete lists.
pub(crate) const DOUBTS: &str = "Not everything is known:";

/// The flags of a program that request what is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flags {
    pub(crate) reasons: &'static str,
    pub(crate) lids: &'static str,
}

/// The data that renderers read.
#[derive(Debug, Clone)]
pub(crate) struct ReportData<'a> {
    pub(crate) stats: &'a Stats,
    pub(crate) scan: ScanSummary,
    pub(crate) names: bool,
    pub(crate) flags: Option<Flags>,
}

impl ReportData<'_> {
    /// Whether all contacts are counted, in one sentence.
    pub(crate) fn verdict(&self) -> &'static str {
        if self.scan.complete {
            "Complete: no contact is missing."
        } else {
            "Incomplete: contacts may be missing."
        }
    }

    /// How many contacts the filters selected, if they left out any.
    pub(crate) fn selection(&self) -> Option<String> {
        let listed = self
            .scan
            .listed
            .filter(|listed| *listed != self.stats.total)?;
        Some(format!(
            "{} of {} selected.",
            grouped(self.stats.total),
            counted(listed, "contact")
        ))
    }

    /// Whether all LIDs are known. `None` if they were not requested.
    pub(crate) fn lid_links(&self) -> Option<bool> {
        self.scan
            .lid_links
            .or((self.stats.linked > 0).then_some(false))
    }

    /// Counts contacts with this reason. Contacts without reasons are unknown.
    pub(crate) fn each(&self, tally: &ReasonTally, kind: ReasonKind) -> YesNo {
        if kind == ReasonKind::Account && self.scan.account_unknown {
            return YesNo {
                unknown: self.stats.total,
                ..YesNo::default()
            };
        }
        let mut answers = tally.of(kind);
        answers.unknown += self.stats.total - tally.contacts;
        answers
    }
}
