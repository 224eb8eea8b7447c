//! Adds missing columns and rows to the tab, or creates it.

use std::ops::Range;

use super::change::{Area, SheetChange, index};
use super::column_span::{ColumnSpan, column_spans};
use super::header::Header;
use super::layout::TabLayout;
use super::state::Tab;
use super::target::{Content, Target};
use crate::columns::{ColumnSet, pixels};

/// A tab with every managed column, a header and enough rows.
pub(super) struct PreparedTab {
    pub(super) tab: i32,
    /// The index of each column.
    pub(super) places: Vec<i32>,
    /// The row of the header.
    pub(super) header: i32,
    pub(super) rows: i32,
}

impl PreparedTab {
    /// The rows of a span of columns.
    pub(super) fn area(&self, span: &ColumnSpan, rows: Range<i32>) -> Area {
        Area {
            tab: self.tab,
            rows,
            columns: span.place(),
        }
    }
}

/// Appends the changes that create or enlarge the tab, and returns its new size.
pub(super) fn prepare(
    layout: &TabLayout,
    target: &Target,
    content: &Content<'_>,
    changes: &mut Vec<SheetChange<'_>>,
) -> PreparedTab {
    let header = layout.header.row();
    // Google requires a row below a frozen one.
    let needed = (header + 1 + content.rows()).max(header + 2);
    match &layout.tab {
        None => create(&layout.columns, target, needed, changes),
        Some(tab) => {
            let inserted = insert_rows(layout, tab, content, changes);
            let count = inserted.end - inserted.start;
            let before = tab.rows + layout.header.inserted() + count;
            let rows = before.max(needed);
            if rows > before {
                changes.push(SheetChange::AddRows {
                    tab: tab.id,
                    count: rows - before,
                });
            }
            let places = complete_columns(layout, tab, before..rows, changes);
            restore_header(layout, tab, changes);
            extend_filter(layout, tab, inserted, before..rows, changes);
            PreparedTab {
                tab: tab.id,
                places,
                header,
                rows,
            }
        }
    }
}

fn create(
    columns: &ColumnSet,
    target: &Target,
    rows: i32,
    changes: &mut Vec<SheetChange<'_>>,
) -> PreparedTab {
    let tab = target.new_tab;
    let width = index(columns.len());
    changes.push(SheetChange::AddTab {
        id: tab,
        title: target.title.clone(),
        rows,
        columns: width,
        hidden: false,
    });
    format_columns(tab, (columns, 0..columns.len()), 0, 0..rows, changes);
    changes.push(SheetChange::FreezeHeader(tab));
    changes.push(SheetChange::SetFilter(Area {
        tab,
        rows: 0..rows,
        columns: 0..width,
    }));
    PreparedTab {
        tab,
        places: (0..width).collect(),
        header: 0,
        rows,
    }
}

/// Inserts the row of a missing header, and rows for contacts. Returns the latter.
fn insert_rows(
    layout: &TabLayout,
    tab: &Tab,
    content: &Content<'_>,
    changes: &mut Vec<SheetChange<'_>>,
) -> Range<i32> {
    let mut insert = |rows: Range<i32>, like_above| {
        if !rows.is_empty() {
            changes.push(SheetChange::InsertRows {
                tab: tab.id,
                rows,
                like_above,
            });
        }
    };
    insert(0..layout.header.inserted(), false);
    let Some(delta) = content.delta() else {
        return 0..0;
    };
    let free = delta.added.len() - delta.inserted;
    let at = layout.header.row() + 1 + index(delta.add_at + free);
    let rows = at..at + index(delta.inserted);
    let is_below_contact = delta.add_at > 0;
    insert(rows.clone(), is_below_contact);
    if !rows.is_empty() && !is_below_contact {
        let columns = layout.places.iter().flatten();
        changes.extend(columns.map(|column| {
            SheetChange::TextFormat(Area {
                tab: tab.id,
                rows: rows.clone(),
                columns: *column..column + 1,
            })
        }));
    }
    rows
}

/// Adds the missing columns, and formats the new rows of the others.
fn complete_columns(
    layout: &TabLayout,
    tab: &Tab,
    added: Range<i32>,
    changes: &mut Vec<SheetChange<'_>>,
) -> Vec<i32> {
    let mut columns = tab.columns;
    let is_managed = layout.is_managed();
    let places = if is_managed {
        layout.places.clone()
    } else {
        let places = 0..index(layout.places.len());
        places.map(|at| (at < columns).then_some(at)).collect()
    };
    let missing = index(places.iter().filter(|place| place.is_none()).count());
    if missing > 0 {
        changes.push(SheetChange::AddColumns {
            tab: tab.id,
            count: missing,
        });
    }
    let place = |place: Option<i32>| {
        place.unwrap_or_else(|| {
            columns += 1;
            columns - 1
        })
    };
    let places: Vec<_> = places.into_iter().map(place).collect();
    for run in column_spans(&places) {
        let is_new = |column: usize| layout.places[column].is_none() || !is_managed;
        let mut column = run.columns.start;
        while column < run.columns.end {
            let end = (column..run.columns.end)
                .find(|at| is_new(*at) != is_new(column))
                .unwrap_or(run.columns.end);
            let left = run.at + index(column - run.columns.start);
            if is_new(column) {
                let rows = layout.header.row()..added.end;
                format_columns(tab.id, (&layout.columns, column..end), left, rows, changes);
            } else if !added.is_empty() {
                changes.push(SheetChange::TextFormat(Area {
                    tab: tab.id,
                    rows: added.clone(),
                    columns: left..left + index(end - column),
                }));
            }
            column = end;
        }
    }
    if is_managed && !layout.is_tagged {
        tag_columns(layout, tab, changes);
    }
    places
}

/// Adds the metadata of columns that were recognized by their header.
fn tag_columns(layout: &TabLayout, tab: &Tab, changes: &mut Vec<SheetChange<'_>>) {
    let listed = layout.columns.names().zip(&layout.places);
    let listed = listed.filter_map(|(name, place)| Some(((*place)?, name)));
    let unlisted = layout.unlisted.iter();
    let unlisted = unlisted.map(|(column, name)| (*column, name.as_str()));
    changes.extend(
        listed
            .chain(unlisted)
            .map(|(column, name)| SheetChange::TagColumn {
                tab: tab.id,
                column,
                value: name.to_owned(),
            }),
    );
}

/// Writes the names of managed columns that lost them.
fn restore_header(layout: &TabLayout, tab: &Tab, changes: &mut Vec<SheetChange<'_>>) {
    let all: Vec<usize> = (0..layout.places.len()).collect();
    let columns = match &layout.header {
        Header::At { emptied, .. } => emptied,
        Header::Missing => &all,
    };
    let row = layout.header.row();
    for &column in columns {
        let Some(left) = layout.places[column] else {
            continue;
        };
        changes.push(SheetChange::Header {
            tab: tab.id,
            row,
            left,
            names: vec![layout.columns.name(column)],
        });
        changes.push(SheetChange::Bold(Area {
            tab: tab.id,
            rows: row..row + 1,
            columns: left..left + 1,
        }));
    }
    let is_new = !layout.is_managed() || !layout.is_tagged || layout.header == Header::Missing;
    if is_new && tab.frozen_rows == 0 {
        changes.push(SheetChange::FreezeHeader(tab.id));
    }
}

/// Sets the filter of a tab that becomes managed, and extends one that is not in use.
fn extend_filter(
    layout: &TabLayout,
    tab: &Tab,
    inserted: Range<i32>,
    added: Range<i32>,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let header = layout.header.inserted();
    let area = match &tab.filter {
        None if !layout.is_managed() => Some((0..added.end, 0..index(layout.places.len()))),
        // A filter in use belongs to the user. An unused one grows with the rows.
        Some(filter) if filter.is_unused => {
            let end = filter.end_row.map(|end| end + header);
            let end = match end {
                Some(end) if end == inserted.start && !inserted.is_empty() => Some(inserted.end),
                Some(_) if !added.is_empty() => Some(added.end),
                _ => None,
            };
            end.map(|end| (filter.start_row + header..end, filter.columns.clone()))
        }
        _ => None,
    };
    if let Some((rows, columns)) = area {
        changes.push(SheetChange::SetFilter(Area {
            tab: tab.id,
            rows,
            columns,
        }));
    }
}

/// Formats new managed columns: text format, header, width and metadata. The header is the first of
/// the rows.
fn format_columns(
    tab: i32,
    (set, columns): (&ColumnSet, Range<usize>),
    left: i32,
    rows: Range<i32>,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let place = left..left + index(columns.len());
    let header = rows.start;
    changes.push(SheetChange::TextFormat(Area {
        tab,
        rows,
        columns: place.clone(),
    }));
    changes.push(SheetChange::Header {
        tab,
        row: header,
        left,
        names: columns.clone().map(|column| set.name(column)).collect(),
    });
    changes.push(SheetChange::Bold(Area {
        tab,
        rows: header..header + 1,
        columns: place.clone(),
    }));
    for (column, at) in columns.zip(place) {
        changes.push(SheetChange::Width {
            tab,
            columns: at..at + 1,
            pixels: pixels(set.name(column)),
        });
        changes.push(SheetChange::TagColumn {
            tab,
            column: at,
            value: set.name(column).to_owned(),
        });
    }
}
