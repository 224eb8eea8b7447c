//! The current state of a spreadsheet, as far as the exporter reads it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The key of the metadata on a managed tab; its value is a [`TabState`] as JSON.
pub(crate) const STATE_KEY: &str = "whapi_export_state";
/// The key of the metadata on a managed column; its value is the column's name.
pub(crate) const COLUMN_KEY: &str = "whapi_export_column";
/// The key of the metadata on a staging tab; its value is the id of its run.
pub(crate) const STAGING_KEY: &str = "whapi_export_staging";

/// The tabs of a spreadsheet at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SheetSnapshot {
    pub(crate) tabs: Vec<Tab>,
}

/// The properties of a tab, without its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) id: i32,
    pub(crate) title: String,
    /// Whether the tab has cells; a chart on its own has none.
    pub(crate) is_grid: bool,
    pub(crate) rows: i32,
    pub(crate) columns: i32,
    pub(crate) frozen_rows: i32,
    /// The id of the state's metadata, and its value.
    pub(crate) state: Option<(i32, String)>,
    /// The id of the run that created this staging tab.
    pub(crate) staging: Option<String>,
    /// The index and name of each managed column. `None` when the API did not send the metadata of
    /// columns.
    pub(crate) tagged: Option<Vec<(i32, String)>>,
    pub(crate) filter: Option<TabFilter>,
}

/// The basic filter of a tab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TabFilter {
    pub(crate) columns: Range<i32>,
    /// The row after its last one; `None` when it has no end.
    pub(crate) end_row: Option<i32>,
    /// Whether the filter hides and sorts nothing.
    pub(crate) is_unused: bool,
}

impl SheetSnapshot {
    pub(crate) fn tab(&self, title: &str) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.title == title)
    }

    /// The staging tabs of other runs, which were interrupted.
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

    /// The state that the last run stored. `None` when there is none or it cannot be read.
    pub(crate) fn last_state(&self) -> Option<TabState> {
        let (_, value) = self.state.as_ref()?;
        serde_json::from_str(value).ok()
    }
}

/// What a run stores about itself in the tab's metadata, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TabState {
    /// The version of this record: 1.
    pub(crate) v: u32,
    /// The id of the run, by which it recognizes its own write after a lost answer.
    pub(crate) run: String,
    /// The hash of the contacts of the run.
    pub(crate) hash: String,
    /// Whether the scan was complete.
    pub(crate) complete: bool,
    /// Whether the tab held exactly these contacts.
    pub(crate) exact: bool,
    /// The time of the run, in UTC.
    pub(crate) at: String,
}

impl TabState {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and switches become JSON")
    }
}
