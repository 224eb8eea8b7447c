//! What the tab shall hold.

use super::change::index;
use super::delta::Delta;
use super::state::TabState;
use crate::rows::Rows;

/// What the tab shall hold.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    /// These rows and no others.
    Block(&'a Rows),
    /// What the staging tab holds, and nothing else.
    Staged { tab: i32, rows: usize },
    /// What it holds already, with some cells changed and some rows more.
    Delta(&'a Rows, &'a Delta),
}

/// What is fixed for a run.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) title: String,
    /// The id of the tab, should it have to be made.
    pub(crate) new_tab: i32,
    pub(crate) state: TabState,
    pub(crate) note: String,
}

impl Content<'_> {
    /// How many rows the tab needs, the header counted.
    pub(super) fn rows(&self) -> i32 {
        1 + match self {
            Self::Block(rows) => index(rows.len()),
            Self::Staged { rows, .. } => index(*rows),
            Self::Delta(_, delta) if delta.added.is_empty() => 0,
            Self::Delta(_, delta) => delta.add_at - 1 + index(delta.added.len()),
        }
    }
}
