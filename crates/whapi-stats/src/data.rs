//! What is shown: the counts, and how the list was read.

use whapi_classify::ReasonKind;
use whapi_text::{counted, grouped};

use crate::scan::Scan;
use crate::tally::{ReasonTally, Stats, YesNo};

/// Heads what could not be found out.
pub(crate) const DOUBTS: &str = "Not everything about them is known:";
/// Counts, and what they do not tell. Renderers read it.
#[derive(Debug, Clone)]
pub(crate) struct ReportData<'a> {
    pub(crate) stats: &'a Stats,
    pub(crate) scan: Scan,
    pub(crate) names: bool,
}

impl ReportData<'_> {
    /// Whether everybody is counted, in one sentence.
    pub(crate) fn verdict(&self) -> &'static str {
        if self.scan.complete {
            "Complete: nobody in the list is missing."
        } else {
            "Incomplete: somebody may be missing."
        }
    }

    /// `472 contacts`, and of how many where a filter left some out.
    pub(crate) fn selection(&self) -> Option<String> {
        let listed = self
            .scan
            .listed
            .filter(|listed| *listed != self.stats.total)?;
        Some(format!(
            "Filters chose {} of the {} in the list.",
            grouped(self.stats.total),
            counted(listed, "contact")
        ))
    }

    /// Whether people's other ids were looked for to the end; `None` when nobody looked.
    pub(crate) fn lid_links(&self) -> Option<bool> {
        self.scan
            .lid_links
            .or((self.stats.linked > 0).then_some(false))
    }

    /// Who has this reason, those counted of whom nobody asked.
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
