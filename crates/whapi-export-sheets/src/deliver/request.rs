//! What to deliver, and how.

use whapi_export::RunEnd;

use crate::config::Mode;
use crate::rows::Rows;

/// What to deliver, and how.
#[derive(Debug)]
pub(crate) struct WriteRequest<'a> {
    pub(crate) title: &'a str,
    pub(crate) mode: Mode,
    /// The user said that what is lost may be lost.
    pub(crate) overwrite: bool,
    pub(crate) rows: &'a Rows,
    pub(crate) end: &'a RunEnd,
    /// The most bytes of one request.
    pub(crate) max_bytes: usize,
}

impl WriteRequest<'_> {
    /// The tab shall hold these contacts and nobody else. Never after an incomplete scan: nobody
    /// is removed because we did not see them.
    pub(super) fn is_exact(&self) -> bool {
        self.mode == Mode::Replace && self.end.is_complete()
    }
}
