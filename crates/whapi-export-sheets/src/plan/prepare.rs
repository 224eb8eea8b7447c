//! Adds missing columns and rows to the tab, or creates it.

use std::ops::Range;

use super::change::{Area, SheetChange, index};
use super::column_span::column_spans;
use super::layout::TabLayout;
use super::target::Target;
use crate::rows::{COLUMNS, WIDTH};

/// A tab with every managed column and enough rows.
pub(super) struct PreparedTab {
    pub(super) tab: i32,
    pub(super) places: [i32; WIDTH],
    pub(super) rows: i32,
}

/// Appends the changes that create or enlarge the tab, and returns its new size.
pub(super) fn prepare(
    layout: &TabLayout,
    target: &Target,
    needed: i32,
    changes: &mut Vec<SheetChange<'_>>,
) -> PreparedTab {
    // Google requires a row below a frozen one.
    let needed = needed.max(2);
    let width = index(WIDTH);
    let Some(tab) = &layout.tab else {
        changes.push(SheetChange::AddTab {
            id: target.new_tab,
            title: target.title.clone(),
            rows: needed,
            columns: width,
            hidden: false,
        });
        let places = std::array::from_fn(index);
        format_columns(target.new_tab, 0..WIDTH, 0, needed, changes);
        changes.push(SheetChange::FreezeHeader(target.new_tab));
        changes.push(SheetChange::SetFilter(Area {
            tab: target.new_tab,
            rows: 0..needed,
            columns: 0..width,
        }));
        return PreparedTab {
            tab: target.new_tab,
            places,
            rows: needed,
        };
    };
    if needed > tab.rows {
        changes.push(SheetChange::AddRows {
            tab: tab.id,
            count: needed - tab.rows,
        });
    }
    let rows = needed.max(tab.rows);
    let mut columns = tab.columns;
    let places = if layout.is_managed() {
        layout.places
    } else {
        std::array::from_fn(|column| (index(column) < columns).then(|| index(column)))
    };
    let missing = index(places.iter().filter(|place| place.is_none()).count());
    if missing > 0 {
        changes.push(SheetChange::AddColumns {
            tab: tab.id,
            count: missing,
        });
    }
    let places = places.map(|place| {
        place.unwrap_or_else(|| {
            columns += 1;
            columns - 1
        })
    });
    for run in column_spans(&places) {
        let new = |column: usize| layout.places[column].is_none() || !layout.is_managed();
        let mut column = run.columns.start;
        while column < run.columns.end {
            let end = (column..run.columns.end)
                .find(|at| new(*at) != new(column))
                .unwrap_or(run.columns.end);
            let left = run.at + index(column - run.columns.start);
            if new(column) {
                format_columns(tab.id, column..end, left, rows, changes);
            } else if needed > tab.rows {
                changes.push(SheetChange::TextFormat(Area {
                    tab: tab.id,
                    rows: tab.rows..rows,
                    columns: left..left + index(end - column),
                }));
            }
            column = end;
        }
    }
    if !layout.is_managed() && tab.frozen_rows == 0 {
        changes.push(SheetChange::FreezeHeader(tab.id));
    }
    let filtered = match &tab.filter {
        None if !layout.is_managed() => Some(0..width),
        // A filter in use belongs to the user. An unused one grows with the rows.
        Some(filter) if filter.is_unused && filter.end_row.is_some_and(|end| end < rows) => {
            (needed > tab.rows).then(|| filter.columns.clone())
        }
        _ => None,
    };
    if let Some(columns) = filtered {
        changes.push(SheetChange::SetFilter(Area {
            tab: tab.id,
            rows: 0..rows,
            columns,
        }));
    }
    PreparedTab {
        tab: tab.id,
        places,
        rows,
    }
}

/// Formats new managed columns: text format, header, width and metadata.
fn format_columns(
    tab: i32,
    columns: Range<usize>,
    left: i32,
    rows: i32,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let place = left..left + index(columns.len());
    changes.push(SheetChange::TextFormat(Area {
        tab,
        rows: 0..rows,
        columns: place.clone(),
    }));
    changes.push(SheetChange::Header {
        tab,
        left,
        columns: columns.clone(),
    });
    changes.push(SheetChange::Bold(Area {
        tab,
        rows: 0..1,
        columns: place.clone(),
    }));
    for (column, at) in columns.zip(place) {
        changes.push(SheetChange::Width {
            tab,
            columns: at..at + 1,
            pixels: PIXELS[column],
        });
        changes.push(SheetChange::TagColumn {
            tab,
            column: at,
            value: COLUMNS[column],
        });
    }
}

/// The width of each new column, in pixels.
const PIXELS: [i32; WIDTH] = [170, 65, 140, 200, 200, 160, 70, 95, 80, 90, 90, 95];
