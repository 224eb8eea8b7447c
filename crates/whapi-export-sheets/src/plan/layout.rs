//! The position of the managed columns in a tab.

use std::ops::Range;

use whapi_export::{Error, ErrorKind, Result};

use super::change::index;
use super::state::{SheetSnapshot, Tab};
use crate::rows::{COLUMNS, WIDTH};

/// The target tab, and the position of the managed columns in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TabLayout {
    /// The tab, if it exists.
    pub(crate) tab: Option<Tab>,
    /// The index of each managed column; `None` for a missing one.
    pub(crate) places: [Option<i32>; WIDTH],
}

impl TabLayout {
    /// Finds the tab and its managed columns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a tab without cells.
    pub(crate) fn find(snapshot: &SheetSnapshot, title: &str) -> Result<Self> {
        let Some(tab) = snapshot.tab(title) else {
            return Ok(Self {
                tab: None,
                places: [None; WIDTH],
            });
        };
        if !tab.is_grid {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the tab `{title}` has no cells; set another one with `sheets.tab`"),
            ));
        }
        let mut places = [None; WIDTH];
        for (column, place) in places.iter_mut().enumerate() {
            *place = match &tab.tagged {
                Some(tagged) => {
                    let found = tagged.iter().find(|(_, name)| name == COLUMNS[column]);
                    found.map(|(at, _)| *at)
                }
                // Without metadata of columns, they are assumed where they were created.
                None => (tab.state.is_some() && index(column) < tab.columns).then(|| index(column)),
            };
        }
        Ok(Self {
            tab: Some(tab.clone()),
            places,
        })
    }

    /// Whether an earlier run wrote this tab.
    pub(crate) fn is_managed(&self) -> bool {
        self.tab.as_ref().is_some_and(|tab| tab.state.is_some())
            && self.places.iter().any(Option::is_some)
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
