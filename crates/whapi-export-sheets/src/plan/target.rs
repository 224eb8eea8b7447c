//! The target of a run: the content of the tab, and what is stored about the run.

use super::change::index;
use super::delta::Delta;
use super::state::TabState;
use crate::rows::Rows;

/// The content that the tab is to have.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    /// These rows and no others.
    Block(&'a Rows),
    /// The rows of the staging tab and no others.
    Staged { tab: i32, rows: usize },
    /// The current rows, with changed cells and appended rows.
    Delta(&'a Rows, &'a Delta),
}

/// What a run writes beside the rows. It does not change during the run.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) title: String,
    /// The id of the tab, if it has to be created.
    pub(crate) new_tab: i32,
    pub(crate) state: TabState,
    /// The note on the header of the first column.
    pub(crate) note: String,
}

impl Content<'_> {
    /// The number of rows that the tab needs, including the header.
    pub(super) fn rows(&self) -> i32 {
        1 + match self {
            Self::Block(rows) => index(rows.len()),
            Self::Staged { rows, .. } => index(*rows),
            Self::Delta(_, delta) if delta.added.is_empty() => 0,
            Self::Delta(_, delta) => delta.add_at - 1 + index(delta.added.len()),
        }
    }
}
