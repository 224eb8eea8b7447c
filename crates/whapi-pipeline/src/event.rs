//! How far a run is.

use whapi_fetch::ScanReport;

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A batch came in, and exporters have received every contact that is ready: contacts may wait until the
    /// names of others are known.
    Batch {
        /// Contacts that came in so far.
        contacts: u64,
        /// The scan so far.
        scan: ScanReport,
    },
    /// All contacts are there; this exporter commits now.
    Committing {
        /// The format's name.
        format: String,
    },
}

pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;
