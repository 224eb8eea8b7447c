//! The position of the managed columns in a tab.

use std::ops::Range;
use std::sync::Arc;

use whapi_export::fields::BASE_FIELDS;
use whapi_export::{Error, ErrorKind, Result};

use super::change::index;
use super::header::{Header, SEARCHED};
use super::state::{SheetSnapshot, Tab};
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
        for (column, place) in layout.places.iter_mut().enumerate() {
            *place = match &tab.tagged {
                _ if tab.state.is_none() => None,
                Some(tagged) => {
                    let found = tagged.iter().find(|(_, name)| name == columns.name(column));
                    found.map(|(at, _)| *at)
                }
                // Without metadata of columns, they are assumed where they were created.
                None => (index(column) < tab.columns).then(|| index(column)),
            };
        }
        if !layout.is_managed() && layout.places.iter().any(Option::is_some) {
            return refused(
                "lacks the column `id`, by which contacts are found, since it was deleted; undo that \
                 in Google Sheets (File, Version history), or set another tab with `sheets.tab`",
            );
        }
        layout.tab = Some(tab.clone());
        Ok(layout)
    }

    /// Recognizes a tab without metadata, such as an imported CSV, by our header in its top rows. They
    /// have all columns.
    pub(crate) fn recognize(&mut self, top: &[Vec<String>]) {
        if let Some(row) = top.iter().find(|row| is_our_header(row)) {
            let place = |name| row.iter().position(|cell| cell == name).map(index);
            self.places = self.columns.names().map(place).collect();
            self.is_tagged = false;
        }
    }

    /// Looks for the header in the top rows, which have the managed columns only.
    pub(crate) fn find_header(&mut self, top: &Rows) {
        let count = top.len().min(SEARCHED);
        let row = |row| {
            let cell = |column: usize| {
                let cell = top.cell(row, column).to_owned();
                self.places[column].map(|_| cell)
            };
            (0..self.places.len()).map(cell).collect()
        };
        let top: Vec<_> = (0..count).map(row).collect();
        self.header = Header::find(&top, &self.columns);
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
        for at in (0..columns).filter(|at| !self.places.contains(&Some(*at))) {
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
        layout.find_header(&top);
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
