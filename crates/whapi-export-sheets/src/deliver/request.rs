//! What to write, and how.

use whapi_export::RunEnd;

use crate::config::Mode;
use crate::rows::Rows;

/// The rows to write, and the options of the write.
#[derive(Debug)]
pub(crate) struct WriteRequest<'a> {
    /// The title of the tab.
    pub(crate) title: &'a str,
    pub(crate) mode: Mode,
    /// Whether to overwrite what this program did not write.
    pub(crate) overwrite: bool,
    pub(crate) rows: &'a Rows,
    pub(crate) end: &'a RunEnd,
    /// The maximum size of a request, in bytes.
    pub(crate) max_bytes: usize,
}

impl WriteRequest<'_> {
    /// Whether contacts that are not among the rows are removed.
    ///
    /// Never after an incomplete scan, which is no reason to remove a contact.
    pub(super) fn removes(&self) -> bool {
        self.mode == Mode::Replace && self.end.is_complete()
    }
}
