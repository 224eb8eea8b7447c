//! What a spreadsheet is, as far as we look at it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The key of the metadata on a tab that we manage; its value is a [`TabState`].
pub(crate) const STATE_KEY: &str = "whapi_export_state";
/// The key of the metadata on a column that we manage; its value is the column's name.
pub(crate) const COLUMN_KEY: &str = "whapi_export_column";
/// The key of the metadata on a staging tab; its value is the run that made it.
pub(crate) const STAGING_KEY: &str = "whapi_export_staging";

/// A spreadsheet, as far as we look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SheetSnapshot {
    pub(crate) tabs: Vec<Tab>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) id: i32,
    pub(crate) title: String,
    /// A tab with cells, not a chart on its own.
    pub(crate) is_grid: bool,
    pub(crate) rows: i32,
    pub(crate) columns: i32,
    pub(crate) frozen_rows: i32,
    /// Our state, and the id of the metadata that holds it.
    pub(crate) state: Option<(i32, String)>,
    /// The run that made this staging tab.
    pub(crate) staging: Option<String>,
    /// Columns that carry our metadata: where each is, and which. `None` when the answer had nothing
    /// about columns.
    pub(crate) tagged: Option<Vec<(i32, String)>>,
    pub(crate) filter: Option<TabFilter>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TabFilter {
    pub(crate) columns: Range<i32>,
    /// Behind its last row; `None` when it has no end.
    pub(crate) end_row: Option<i32>,
    /// Nothing is hidden or sorted by it.
    pub(crate) is_unused: bool,
}

impl SheetSnapshot {
    pub(crate) fn tab(&self, title: &str) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.title == title)
    }

    /// Staging tabs of runs that never ended.
    pub(crate) fn stale(&self, run: &str) -> impl Iterator<Item = &Tab> {
        self.tabs
            .iter()
            .filter(move |tab| tab.staging.as_ref().is_some_and(|by| by != run))
    }

    /// The staging tab of this run.
    pub(crate) fn staging(&self, run: &str) -> Option<&Tab> {
        self.tabs
            .iter()
            .find(|tab| tab.staging.as_ref().is_some_and(|by| by == run))
    }

    pub(super) fn cells(&self) -> i64 {
        self.tabs.iter().map(Tab::cells).sum()
    }
}

impl Tab {
    pub(super) fn cells(&self) -> i64 {
        i64::from(self.rows) * i64::from(self.columns)
    }

    /// What the last run wrote here. `None` when no run did, or when it cannot be read any more.
    pub(crate) fn last_state(&self) -> Option<TabState> {
        let (_, value) = self.state.as_ref()?;
        serde_json::from_str(value).ok()
    }
}

/// What a run leaves about itself, in the tab's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TabState {
    /// The version of this record.
    pub(crate) v: u32,
    /// Which run, so that a run whose answer was lost finds out that it was heard.
    pub(crate) run: String,
    /// The fingerprint of the contacts that it was given.
    pub(crate) hash: String,
    /// The scan saw everybody.
    pub(crate) complete: bool,
    /// The tab held these contacts and nobody else.
    pub(crate) exact: bool,
    /// When, in UTC.
    pub(crate) at: String,
}

impl TabState {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and switches become JSON")
    }
}
