//! The target of a run: the content of the tab, and what is stored about the run.

use std::collections::HashMap;

use super::change::index;
use super::delta::Delta;
use super::state::TabState;
use crate::rows::Rows;

/// The content that the tab is to have.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    /// These rows and no others, in a tab that holds no contacts.
    Block(&'a Rows),
    /// The same, from the staging tab.
    StagedBlock { tab: i32, rows: usize },
    /// The current rows with changes.
    Delta(&'a Rows, &'a Delta),
    /// The same, with new cells from the staging tab.
    StagedDelta {
        tab: i32,
        delta: &'a Delta,
        places: &'a StagedPlaces,
    },
}

/// For each new row in a staging tab, its row there.
pub(crate) type StagedPlaces = HashMap<usize, usize>;

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

impl<'a> Content<'a> {
    /// The changes to the current rows. `None` for rows that take their place.
    pub(super) fn delta(&self) -> Option<&'a Delta> {
        match self {
            Self::Block(_) | Self::StagedBlock { .. } => None,
            Self::Delta(_, delta) | Self::StagedDelta { delta, .. } => Some(delta),
        }
    }

    /// The staging tab that it comes from.
    pub(super) fn staging(&self) -> Option<i32> {
        match self {
            Self::Block(_) | Self::Delta(..) => None,
            Self::StagedBlock { tab, .. } | Self::StagedDelta { tab, .. } => Some(*tab),
        }
    }

    /// The number of rows that the tab needs below its header.
    pub(super) fn rows(&self) -> i32 {
        match self {
            Self::Block(rows) => index(rows.len()),
            Self::StagedBlock { rows, .. } => index(*rows),
            Self::Delta(_, delta) | Self::StagedDelta { delta, .. } if delta.added.is_empty() => 0,
            Self::Delta(_, delta) | Self::StagedDelta { delta, .. } => {
                index(delta.add_at + delta.added.len())
            }
        }
    }
}
