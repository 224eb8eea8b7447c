//! What became of each channel.

use whapi_export::ChannelEnd;
use whapi_fetch::ScanReport;

use crate::report::{ContactCounts, Failure, Outcome};

/// The result of one channel of a run over many.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChannelReport {
    /// The name of the channel.
    pub name: String,
    /// How reading it ended: complete, incomplete or failed.
    ///
    /// The contacts of a channel that failed are in no output; those of an incomplete one are.
    pub outcome: Outcome,
    /// The number of its contacts of each standing. 0 if it failed.
    pub contacts: ContactCounts,
    /// The report of its scan.
    pub scan: ScanReport,
    /// Its incomplete lists that a filter uses, a sentence each. They make it incomplete.
    pub filter_doubts: Vec<String>,
    /// The failure; `None` unless the outcome is [`Outcome::Failed`].
    pub failure: Option<Failure>,
}

impl ChannelReport {
    /// The end of the channel, for exporters.
    pub(super) fn end(&self) -> ChannelEnd {
        if let Some(failure) = &self.failure {
            return ChannelEnd::failed(&self.name, failure.to_string());
        }
        let reasons = [&self.scan.reasons[..], &self.filter_doubts].concat();
        ChannelEnd::read(&self.name, self.outcome == Outcome::Complete, reasons)
    }
}
