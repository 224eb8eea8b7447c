//! Reads the cells of the tab.

use std::ops::Range;

use serde_json::Value;
use whapi_export::{Error, ErrorKind, Result};

use crate::api::a1::ReadArea;
use crate::api::client::{Render, SheetsClient};
use crate::plan::{Existing, SEARCHED, Tab, TabLayout, index};
use crate::rows::Rows;

/// The number of rows of one read.
const ROWS_PER_READ: i32 = 8_000;

/// The rows of each read of a tab, from `top` on. The last one is open, because the tab may have grown
/// meanwhile.
fn reads(top: i32, rows: i32) -> impl Iterator<Item = (i32, Option<i32>)> {
    let tops = std::iter::successors(Some(top), |top| top.checked_add(ROWS_PER_READ));
    tops.take_while(move |at| *at == top || *at < rows)
        .map(move |at| {
            let bottom = at.saturating_add(ROWS_PER_READ);
            (at, Some(bottom).filter(|bottom| *bottom < rows))
        })
}

/// Recognizes a tab without metadata by its header.
pub(super) async fn recognize(client: &mut SheetsClient, layout: &mut TabLayout) -> Result<()> {
    if layout.is_managed() {
        return Ok(());
    }
    let Some(tab) = layout.tab.as_ref().filter(|tab| has_cells(tab)) else {
        return Ok(());
    };
    let area = ReadArea {
        top: 0,
        bottom: Some(tab.rows.min(index(SEARCHED))),
        columns: 0..tab.columns,
    };
    let found = client
        .read_values(&tab.title, &[area], Render::Values)
        .await?;
    let texts = |row: &Vec<Value>| row.iter().map(|cell| text_of(Some(cell))).collect();
    let top: Vec<Vec<String>> = found.iter().flatten().map(texts).collect();
    layout.recognize(&top);
    Ok(())
}

fn has_cells(tab: &Tab) -> bool {
    tab.rows > 0 && tab.columns > 0
}

/// Refuses a tab with content that this program did not write, where its columns would go.
///
/// # Errors
///
/// [`ErrorKind::Config`] for such content, unless `overwrite` is on; the errors of the API.
pub(super) async fn refuse_foreign_content(
    client: &mut SheetsClient,
    layout: &TabLayout,
    overwrite: bool,
) -> Result<()> {
    let Some(tab) = layout.tab.as_ref().filter(|tab| has_cells(tab)) else {
        return Ok(());
    };
    if layout.is_managed() || overwrite {
        return Ok(());
    }
    for (top, bottom) in reads(0, tab.rows) {
        let area = ReadArea {
            top,
            bottom,
            columns: 0..index(layout.columns.len()).min(tab.columns),
        };
        let found = client
            .read_values(&tab.title, &[area], Render::Values)
            .await?;
        if found.iter().flatten().flatten().any(|cell| !is_blank(cell)) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "the tab `{}` has content that this program did not write; set another tab \
                     with `sheets.tab`, empty this one, or set `sheets.overwrite=on`",
                    tab.title
                ),
            ));
        }
    }
    Ok(())
}

fn is_blank(cell: &Value) -> bool {
    cell.is_null() || cell.as_str().is_some_and(str::is_empty)
}

/// Reads the managed columns with their header, and which rows have something of the user's own.
///
/// Returns `None` when people changed rows between the reads.
pub(super) async fn read_existing(
    client: &mut SheetsClient,
    layout: &mut TabLayout,
) -> Result<Option<Existing>> {
    let (Some(tab), Some(columns)) = (layout.tab.clone(), layout.column_range()) else {
        return Ok(Some(Existing::new(&layout.columns)));
    };
    let user_columns = layout.user_columns();
    let (mut found_rows, mut user_text) = (Rows::new(&layout.columns), Vec::new());
    let mut unlisted_names = Vec::new();
    let mut reads_sent = 0;
    for (top, bottom) in reads(0, tab.rows) {
        let area = |columns: &Range<i32>| ReadArea {
            top,
            bottom,
            columns: columns.clone(),
        };
        let mut areas = vec![area(&columns)];
        if top == 0 {
            areas.extend(unlisted_header(layout, &tab));
        }
        let found = client
            .read_values(&tab.title, &areas, Render::Values)
            .await?;
        push_found(&mut found_rows, top, layout, &columns, &found);
        if top == 0 {
            unlisted_names = count_unlisted_names(layout, found.get(1..).unwrap_or_default());
        }
        reads_sent += 1;
        if !user_columns.is_empty() {
            let areas: Vec<_> = user_columns.iter().map(area).collect();
            let found = client
                .read_values(&tab.title, &areas, Render::Formulas)
                .await?;
            note_user_text(&mut user_text, top, &found);
            reads_sent += 1;
        }
    }
    layout.find_header(&found_rows, &unlisted_names);
    let first = usize::try_from(layout.header.first_row()).unwrap_or_default();
    user_text.drain(..first.min(user_text.len()));
    let used = used_rows(&found_rows);
    found_rows.keep(first.min(used)..used);
    let existing = Existing {
        rows: found_rows,
        user_text,
        has_unlisted: !layout.unlisted.is_empty(),
    };
    if reads_sent > 1 && read_ids(client, layout).await? != ids(&existing.rows) {
        return Ok(None);
    }
    Ok(Some(existing))
}

/// The top cells of columns that are not in the list, which may hold their names.
fn unlisted_header(layout: &TabLayout, tab: &Tab) -> impl Iterator<Item = ReadArea> {
    let bottom = Some(tab.rows.min(index(SEARCHED)));
    layout.unlisted.iter().map(move |(at, _)| ReadArea {
        top: 0,
        bottom,
        columns: *at..at + 1,
    })
}

/// Counts in each of the top rows the cells of columns that are not in the list and hold their names.
fn count_unlisted_names(layout: &TabLayout, found: &[Vec<Vec<Value>>]) -> Vec<usize> {
    let mut counts = vec![0; SEARCHED];
    for ((_, name), rows) in layout.unlisted.iter().zip(found) {
        for (count, row) in counts.iter_mut().zip(rows) {
            *count += usize::from(row.first().is_some_and(|cell| cell == name));
        }
    }
    counts
}

/// Reads the cells of the column `id`, without empty ones at the end.
pub(super) async fn read_ids(client: &mut SheetsClient, layout: &TabLayout) -> Result<Vec<String>> {
    let (Some(tab), Some(at)) = (&layout.tab, layout.key_place()) else {
        return Ok(Vec::new());
    };
    let top = layout.header.first_row();
    if top >= tab.rows {
        return Ok(Vec::new());
    }
    let area = ReadArea {
        top,
        bottom: None,
        columns: at..at + 1,
    };
    let found = client
        .read_values(&tab.title, &[area], Render::Values)
        .await?;
    let cells = found.iter().flatten().map(|row| text_of(row.first()));
    Ok(without_empty_end(cells.collect()))
}

/// The cells of the column `id`, without empty ones at the end.
pub(super) fn ids(rows: &Rows) -> Vec<String> {
    let ids = (0..rows.len()).map(|row| rows.id(row).to_owned());
    without_empty_end(ids.collect())
}

pub(super) fn without_empty_end(mut cells: Vec<String>) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

/// Finds the rows of the managed columns that hold nothing but text which was typed.
///
/// The values of formulas are read like other values, so the formulas are read, too.
pub(super) async fn read_plain_rows(
    client: &mut SheetsClient,
    layout: &TabLayout,
    existing: &Existing,
) -> Result<Vec<bool>> {
    let mut formulas = Rows::new(&layout.columns);
    let (Some(tab), Some(columns)) = (&layout.tab, layout.column_range()) else {
        return Ok(Vec::new());
    };
    let first = layout.header.first_row();
    for (top, bottom) in reads(first, tab.rows) {
        let area = ReadArea {
            top,
            bottom,
            columns: columns.clone(),
        };
        let found = client
            .read_values(&tab.title, &[area], Render::Formulas)
            .await?;
        push_found(&mut formulas, top - first, layout, &columns, &found);
    }
    let is_plain = |row: usize| {
        row < formulas.len()
            && existing.rows.row(row).eq(formulas.row(row))
            && existing.rows.row(row).all(|cell| !cell.starts_with('\0'))
    };
    Ok((0..existing.rows.len()).map(is_plain).collect())
}

/// Appends the managed columns of an area as the API sent them. Its first row is row `top` of `rows`.
fn push_found(
    rows: &mut Rows,
    top: i32,
    layout: &TabLayout,
    columns: &Range<i32>,
    found: &[Vec<Vec<Value>>],
) {
    let found = found.first().map(Vec::as_slice).unwrap_or_default();
    // The API leaves out empty rows at the end of the area before this one.
    while !found.is_empty() && index(rows.len()) < top {
        rows.push_row(layout.places.iter().map(|_| ""));
    }
    for row in found {
        let text =
            |place: &Option<i32>| text_of(place.and_then(|at| cell_at(row, at - columns.start)));
        let texts: Vec<_> = layout.places.iter().map(text).collect();
        rows.push_row(texts.iter().map(String::as_str));
    }
}

/// The number of rows without empty ones at the end.
fn used_rows(rows: &Rows) -> usize {
    let used = (0..rows.len()).rposition(|row| rows.row(row).any(|cell| !cell.is_empty()));
    used.map_or(0, |last| last + 1)
}

fn cell_at(row: &[Value], at: i32) -> Option<&Value> {
    row.get(usize::try_from(at).ok()?)
}

/// The text of a cell. Other values start with U+0000.
fn text_of(cell: Option<&Value>) -> String {
    match cell {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(other) => format!("\0{other}"),
    }
}

/// Notes which rows of the user's own columns hold something of the user. The first of them is row
/// `top`.
fn note_user_text(has_text: &mut Vec<bool>, top: i32, found: &[Vec<Vec<Value>>]) {
    let top = usize::try_from(top).unwrap_or_default();
    for rows in found {
        for (at, row) in (top..).zip(rows) {
            if row.iter().any(is_of_user) {
                has_text.resize(has_text.len().max(at + 1), false);
                has_text[at] = true;
            }
        }
    }
}

/// Whether a cell holds something of the user: not a formula, which a whole column may have, and not a
/// box that is not ticked.
fn is_of_user(cell: &Value) -> bool {
    let is_formula = cell.as_str().is_some_and(|text| text.starts_with('='));
    !is_blank(cell) && !is_formula && *cell != Value::Bool(false)
}
