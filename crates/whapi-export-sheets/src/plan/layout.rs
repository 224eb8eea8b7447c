//! Where our columns are in a tab, or will be.

use std::ops::Range;

use whapi_export::{Error, ErrorKind, Result};

use super::change::index;
use super::state::{SheetSnapshot, Tab};
use crate::rows::{COLUMNS, WIDTH};

/// The tab that we write: where our columns are, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TabLayout {
    /// The tab, if it is there already.
    pub(crate) tab: Option<Tab>,
    /// Where each of our columns is; `None` for one that is missing.
    pub(crate) places: [Option<i32>; WIDTH],
}

impl TabLayout {
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
                format!("the tab `{title}` has no cells; name another with `sheets.tab`"),
            ));
        }
        let mut places = [None; WIDTH];
        for (column, place) in places.iter_mut().enumerate() {
            *place = match &tab.tagged {
                Some(tagged) => {
                    let found = tagged.iter().find(|(_, name)| name == COLUMNS[column]);
                    found.map(|(at, _)| *at)
                }
                // A service that keeps this to itself: they are where they were put.
                None => (tab.state.is_some() && index(column) < tab.columns).then(|| index(column)),
            };
        }
        Ok(Self {
            tab: Some(tab.clone()),
            places,
        })
    }

    /// Whether we wrote this tab before.
    pub(crate) fn is_managed(&self) -> bool {
        self.tab.as_ref().is_some_and(|tab| tab.state.is_some())
            && self.places.iter().any(Option::is_some)
    }

    /// The columns from our first to our last, whatever is between them.
    pub(crate) fn span(&self) -> Option<Range<i32>> {
        let places = self.places.iter().flatten();
        Some(*places.clone().min()?..*places.max()? + 1)
    }

    /// Whether the tab has columns that are not ours.
    pub(crate) fn user_columns(&self) -> Vec<Range<i32>> {
        let columns = self.tab.as_ref().map_or(0, |tab| tab.columns);
        let mut own: Vec<Range<i32>> = Vec::new();
        for at in (0..columns).filter(|at| !self.places.contains(&Some(*at))) {
            match own.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => own.push(at..at + 1),
            }
        }
        own
    }
}
