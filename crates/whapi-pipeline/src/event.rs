//! The progress of a run.

use whapi_fetch::ScanReport;

/// A step of a run.
///
/// Variants may come, fields of a variant not: tests of an observer build events.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A batch was received, and exporters have received every batch that is ready.
    ///
    /// Batches wait when an exporter needs the names of later contacts.
    Batch {
        /// Contacts received so far.
        contacts: u64,
        /// The report of the scan so far.
        scan: ScanReport,
    },
    /// A channel of a [run over many](crate::Pipeline::run_channels) was read, and exporters have received
    /// its contacts.
    Channel {
        /// Contacts received so far, of all channels.
        contacts: u64,
        /// Channels so far, those that failed among them.
        done: u64,
        /// All channels of the run.
        of: u64,
    },
    /// All contacts are written; this exporter commits.
    Committing {
        /// The name of the format.
        format: String,
    },
}

pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;
