//! The position of the managed columns in a tab.

use std::ops::Range;
use std::sync::Arc;

use whapi_export::fields::BASE_FIELDS;
use whapi_export::{Error, ErrorKind, Result};

use super::change::index;
use super::header::{Header, SEARCHED};
use super::state::{ClosedArea, SheetSnapshot, Tab};
use crate::columns::{ColumnSet, KEY};
use crate::rows::Rows;

/// How many of the plain columns' names a row without metadata needs to be our header, with `id`
/// among them.
const ENOUGH_NAMES: usize = 8;

/// The target tab, and the position of the managed columns in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TabLayout {
    /// The tab, if it exists.
    pub(crate) tab: Option<Tab>,
    /// The columns that the run writes.
    pub(crate) columns: Arc<ColumnSet>,
    /// The index of each of them; `None` for a missing one.
    pub(crate) places: Vec<Option<i32>>,
    /// The columns of earlier runs that this run does not write, by index and name. They are no columns
    /// of the user, and stay as they are.
    pub(crate) unlisted: Vec<(i32, String)>,
    /// Where the header is, once the top rows have been read.
    pub(crate) header: Header,
    /// Whether the columns have their metadata.
    pub(crate) is_tagged: bool,
}

impl TabLayout {
    /// Finds the tab and its managed columns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a tab without cells, and for a managed one without the column
    /// `id`.
    pub(crate) fn find(
        snapshot: &SheetSnapshot,
        title: &str,
        columns: &Arc<ColumnSet>,
    ) -> Result<Self> {
        let mut layout = Self {
            tab: None,
            columns: Arc::clone(columns),
            places: vec![None; columns.len()],
            unlisted: Vec::new(),
            header: Header::default(),
            is_tagged: true,
        };
        let Some(tab) = snapshot.tab(title) else {
            return Ok(layout);
        };
        let refused = |what: &str| {
            let title = &tab.title;
            Err(Error::new(
                ErrorKind::Config,
                format!("the tab `{title}` {what}"),
            ))
        };
        if !tab.is_grid {
            return refused("has no cells; set another one with `sheets.tab`");
        }
        layout.find_columns(tab);
        let has_columns = layout.places.iter().any(Option::is_some) || !layout.unlisted.is_empty();
        if has_columns && !layout.is_managed() {
            return refused(
                "lacks the column `id`, by which contacts are found, since it was deleted; undo that \
                 in Google Sheets (File, Version history), or set another tab with `sheets.tab`",
            );
        }
        layout.tab = Some(tab.clone());
        Ok(layout)
    }

    /// Finds the columns of a tab that a run has written, by their metadata.
    fn find_columns(&mut self, tab: &Tab) {
        let columns = &self.columns;
        match &tab.tagged {
            _ if tab.state.is_none() => {}
            Some(tagged) => {
                let place = |name| {
                    tagged
                        .iter()
                        .find(|(_, tag)| tag == name)
                        .map(|(at, _)| *at)
                };
                self.places = columns.names().map(place).collect();
                let unlisted = tagged.iter().filter(|(_, tag)| columns.find(tag).is_none());
                self.unlisted = unlisted.cloned().collect();
            }
            // Without metadata of columns, the plain ones are assumed where they were created. Others are
            // recognized by their header.
            None if columns.is_plain() => {
                let places = 0..index(columns.len());
                self.places = places.map(|at| (at < tab.columns).then_some(at)).collect();
            }
            None => {}
        }
    }

    /// Recognizes a tab without metadata, such as an imported CSV, by our header in its top rows. They
    /// have all columns.
    pub(crate) fn recognize(&mut self, top: &[Vec<String>]) {
        if let Some(row) = top.iter().find(|row| is_our_header(row)) {
            let place = |name| row.iter().position(|cell| cell == name).map(index);
            self.places = self.columns.names().map(place).collect();
            let plain = BASE_FIELDS.iter().map(|field| field.name);
            let unlisted = plain.filter(|name| self.columns.find(name).is_none());
            let unlisted = unlisted.filter_map(|name| Some((place(name)?, name.to_owned())));
            self.unlisted = unlisted.collect();
            self.is_tagged = false;
        }
    }

    /// Looks for the header in the top rows, which have the columns of the run only. `unlisted` counts in
    /// each of them the cells of other columns that hold the column's name.
    pub(crate) fn find_header(&mut self, top: &Rows, unlisted: &[usize]) {
        let count = top.len().min(SEARCHED);
        let row = |row| {
            let cell = |column: usize| {
                let cell = top.cell(row, column).to_owned();
                self.places[column].map(|_| cell)
            };
            (0..self.places.len()).map(cell).collect()
        };
        let top: Vec<_> = (0..count).map(row).collect();
        self.header = Header::find(&top, &self.columns, unlisted);
    }

    /// An area of the columns of this program that the account may not change.
    pub(crate) fn closed(&self) -> Option<&ClosedArea> {
        let tab = self.tab.as_ref()?;
        let columns = self.column_range().unwrap_or(0..index(self.places.len()));
        tab.closed.iter().find(|area| {
            area.columns.start < columns.end
                && columns.start < area.columns.end
                && area.rows.start < tab.rows
        })
    }

    /// Whether the tab holds contacts of this program.
    pub(crate) fn is_managed(&self) -> bool {
        self.key_place().is_some()
    }

    /// The index of the column `id`.
    pub(crate) fn key_place(&self) -> Option<i32> {
        self.places[self.columns.key()]
    }

    /// Whether all columns are there, with header and metadata.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_tagged
            && self.header == self.header.written()
            && self.places.iter().all(Option::is_some)
    }

    /// The columns from the first managed one to the last, with any columns between them.
    pub(crate) fn column_range(&self) -> Option<Range<i32>> {
        let places = self.places.iter().flatten();
        Some(*places.clone().min()?..*places.max()? + 1)
    }

    /// The ranges of the user's own columns.
    pub(crate) fn user_columns(&self) -> Vec<Range<i32>> {
        let columns = self.tab.as_ref().map_or(0, |tab| tab.columns);
        let mut ranges: Vec<Range<i32>> = Vec::new();
        let is_unlisted = |at| self.unlisted.iter().any(|(unlisted, _)| *unlisted == at);
        let is_ours = |at: &i32| self.places.contains(&Some(*at)) || is_unlisted(*at);
        for at in (0..columns).filter(|at| !is_ours(at)) {
            match ranges.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => ranges.push(at..at + 1),
            }
        }
        ranges
    }
}

/// Whether a row without metadata has enough of the plain columns' names.
fn is_our_header(row: &[String]) -> bool {
    let has = |name: &str| row.iter().any(|cell| cell == name);
    let named = BASE_FIELDS.iter().filter(|field| has(field.name)).count();
    has(KEY) && named >= ENOUGH_NAMES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::{COLUMNS, WIDTH, plain};

    fn unmanaged(columns: i32) -> TabLayout {
        let tab = Tab {
            is_grid: true,
            title: "Contacts".to_owned(),
            columns,
            ..Tab::default()
        };
        let snapshot = SheetSnapshot { tabs: vec![tab] };
        TabLayout::find(&snapshot, "Contacts", &plain()).unwrap()
    }

    fn texts(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn our_header_without_metadata_is_recognized() {
        let mut names = texts(&COLUMNS);
        names.swap(0, 3);
        names.insert(1, "Notes".to_owned());
        names.truncate(9);
        let mut layout = unmanaged(13);
        layout.recognize(&[texts(&["People of ours"]), names]);
        assert!(layout.is_managed() && !layout.is_tagged);
        assert_eq!(layout.places[0], Some(4));
        let mut top = Rows::new(&plain());
        top.push_row([""; WIDTH]);
        top.push_row(COLUMNS);
        layout.find_header(&top, &[]);
        assert_eq!(
            layout.header,
            Header::At {
                row: 1,
                emptied: Vec::new()
            }
        );
        assert!(!layout.is_whole());
        assert_eq!(layout.user_columns(), [1..2, 9..13]);
    }

    #[test]
    fn columns_without_metadata_are_assumed_only_where_the_plain_ones_were_created() {
        let tab = Tab {
            is_grid: true,
            title: "Contacts".to_owned(),
            columns: 11,
            state: Some((1, "{}".to_owned())),
            ..Tab::default()
        };
        let snapshot = SheetSnapshot { tabs: vec![tab] };
        let layout = TabLayout::find(&snapshot, "Contacts", &plain()).unwrap();
        let mut places: Vec<_> = (0..11).map(Some).collect();
        places.push(None);
        assert_eq!(layout.places, places);

        let saved = BASE_FIELDS.iter().filter(|field| field.name == "saved");
        let two = Arc::new(ColumnSet::new(saved.collect()));
        let mut layout = TabLayout::find(&snapshot, "Contacts", &two).unwrap();
        assert!(!layout.is_managed());
        layout.recognize(&[texts(&COLUMNS)]);
        assert_eq!(layout.places, [Some(0), Some(6)]);
        assert_eq!(layout.unlisted.len(), 10);
        assert_eq!(layout.unlisted[0], (1, "kind".to_owned()));
        assert!(layout.user_columns().is_empty());
    }

    #[test]
    fn another_table_is_not_ours() {
        let mut layout = unmanaged(13);
        layout.recognize(&[texts(&["id", "name", "phone", "kind"])]);
        assert!(!layout.is_managed());
        let mut without_id = texts(&COLUMNS);
        without_id[0] = "ID".to_owned();
        layout.recognize(&[without_id]);
        assert!(!layout.is_managed());
    }

    #[test]
    fn a_managed_tab_without_its_ids_is_refused() {
        let tab = Tab {
            is_grid: true,
            title: "Contacts".to_owned(),
            columns: 11,
            state: Some((1, "{}".to_owned())),
            tagged: Some(vec![(0, "name".to_owned())]),
            ..Tab::default()
        };
        let snapshot = SheetSnapshot { tabs: vec![tab] };
        let error = TabLayout::find(&snapshot, "Contacts", &plain()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            "the tab `Contacts` lacks the column `id`, by which contacts are found, since it was \
             deleted; undo that in Google Sheets (File, Version history), or set another tab with \
             `sheets.tab`"
        );
    }
}
