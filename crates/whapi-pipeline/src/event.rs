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
    /// All contacts are written; this exporter commits.
    Committing {
        /// The name of the format.
        format: String,
    },
}

pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;
