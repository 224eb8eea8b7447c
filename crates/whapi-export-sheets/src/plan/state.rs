//! The current state of a spreadsheet, as far as the exporter reads it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The key of the metadata on a managed tab; its value is a [`TabState`] as JSON.
pub(crate) const STATE_KEY: &str = "whapi_export_state";
/// The key of the metadata on a managed column; its value is the column's name.
pub(crate) const COLUMN_KEY: &str = "whapi_export_column";
/// The key of the metadata on a staging tab; its value is the id of its run.
pub(crate) const STAGING_KEY: &str = "whapi_export_staging";
/// The key of the metadata that only one of two simultaneous runs can create.
pub(crate) const TURN_KEY: &str = "whapi_export_turn";

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
    /// The ids of the metadata with [`TURN_KEY`].
    pub(crate) turns: Vec<i32>,
    /// The id of the run that created this staging tab.
    pub(crate) staging: Option<String>,
    /// The index and name of each managed column. `None` when the API did not send the metadata of
    /// columns.
    pub(crate) tagged: Option<Vec<(i32, String)>>,
    pub(crate) filter: Option<TabFilter>,
    /// The areas that are protected from the account that signed in.
    pub(crate) closed: Vec<ClosedArea>,
}

/// An area that the account may not change. The ends are exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosedArea {
    pub(crate) rows: Range<i32>,
    pub(crate) columns: Range<i32>,
}

/// The basic filter of a tab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TabFilter {
    pub(crate) start_row: i32,
    pub(crate) columns: Range<i32>,
    /// The row after its last one; `None` when it has no end.
    pub(crate) end_row: Option<i32>,
    /// Whether the filter hides and sorts nothing.
    pub(crate) is_unused: bool,
}

impl SheetSnapshot {
    /// Finds the tab that a run writes: the managed one of this title, else the managed one that had
    /// this title when it was written last, else any other of this title.
    ///
    /// Google compares titles without case.
    pub(crate) fn tab(&self, title: &str) -> Option<&Tab> {
        let wanted = title.to_lowercase();
        let has_title = |tab: &&Tab| tab.title.to_lowercase() == wanted;
        let was_written_as = |tab: &&Tab| {
            let state = tab.last_state();
            state.is_some_and(|state| state.tab.to_lowercase() == wanted)
        };
        let managed = || self.tabs.iter().filter(|tab| tab.state.is_some());
        managed()
            .find(has_title)
            .or_else(|| managed().find(was_written_as))
            .or_else(|| self.tabs.iter().find(has_title))
    }

    /// Whether the run has written its content.
    pub(crate) fn is_written_by(&self, title: &str, run: &str) -> bool {
        let state = self.tab(title).and_then(Tab::last_state);
        state.is_some_and(|state| state.run == run)
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

    /// The id of the metadata that the next run creates. It follows from the run before, so that two
    /// runs that saw the same state of the tab create the same.
    pub(crate) fn next_turn(&self) -> i32 {
        let mut hash = Sha256::new();
        hash.update(self.id.to_le_bytes());
        hash.update(self.last_state().map(|state| state.run).unwrap_or_default());
        let hash = hash.finalize();
        let id = i32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) & i32::MAX;
        id.max(1)
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
    /// The title that the run was asked to write, by which a renamed tab is found.
    #[serde(default)]
    pub(crate) tab: String,
    /// Whether the scan was complete.
    pub(crate) complete: bool,
    /// The time of the run, in UTC.
    pub(crate) at: String,
}

impl TabState {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and switches become JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(id: i32, title: &str, written_as: Option<&str>) -> Tab {
        let state = written_as.map(|written_as| {
            let state = TabState {
                v: 1,
                run: "0".to_owned(),
                tab: written_as.to_owned(),
                complete: true,
                at: String::new(),
            };
            (1, state.to_json())
        });
        Tab {
            id,
            title: title.to_owned(),
            state,
            ..Tab::default()
        }
    }

    #[track_caller]
    fn check(tabs: Vec<Tab>, expected: Option<i32>) {
        let snapshot = SheetSnapshot { tabs };
        assert_eq!(snapshot.tab("Contacts").map(|tab| tab.id), expected);
    }

    #[test]
    fn a_tab_is_found_by_title_without_case_or_by_what_it_was_written_as() {
        check(vec![tab(1, "Sheet1", None)], None);
        check(vec![tab(1, "CONTACTS", None)], Some(1));
        check(vec![tab(1, "Kunden", Some("contacts"))], Some(1));
        check(vec![tab(1, "Kunden", Some("Other"))], None);
        check(
            vec![tab(1, "Contacts", None), tab(2, "Kunden", Some("Contacts"))],
            Some(2),
        );
        check(
            vec![
                tab(1, "Copy of Contacts", Some("Contacts")),
                tab(2, "contacts", Some("Contacts")),
            ],
            Some(2),
        );
    }

    #[test]
    fn a_state_of_an_earlier_version_is_read() {
        let mut old = tab(1, "Contacts", None);
        let state = r#"{"v":1,"run":"a","hash":"b","complete":true,"exact":true,"at":"c"}"#;
        old.state = Some((1, state.to_owned()));
        assert_eq!(old.last_state().unwrap().tab, "");
        check(vec![old], Some(1));
    }
}
