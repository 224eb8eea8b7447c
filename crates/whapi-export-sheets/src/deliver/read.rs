//! Reads the cells of the tab.

use std::ops::Range;

use serde_json::Value;
use whapi_export::{Error, ErrorKind, Result};

use crate::api::client::{Render, SheetsClient};
use crate::plan::{Existing, TabLayout, index};
use crate::rows::{COLUMNS, Rows, WIDTH};

/// The number of rows of one read.
const ROWS_PER_READ: i32 = 8_000;

/// The reads of `rows`, in their order. Nothing if `rows` is empty.
fn reads(rows: Range<i32>) -> impl Iterator<Item = Range<i32>> {
    let until = rows.end;
    let tops = std::iter::successors(Some(rows.start), |top| top.checked_add(ROWS_PER_READ));
    tops.take_while(move |top| *top < until)
        .map(move |top| top..until.min(top.saturating_add(ROWS_PER_READ)))
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
    let Some(tab) = &layout.tab else {
        return Ok(());
    };
    if layout.is_managed() || overwrite || tab.rows == 0 || tab.columns == 0 {
        return Ok(());
    }
    let columns = 0..index(WIDTH).min(tab.columns);
    for rows in reads(0..tab.rows) {
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        if rows.start == 0 && found.first().is_some_and(|header| is_our_header(header)) {
            return Ok(());
        }
        if found.iter().flatten().any(|cell| !is_blank(cell)) {
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

/// Recognizes a tab that lost its metadata, for example in a copy of the spreadsheet.
fn is_our_header(header: &[Value]) -> bool {
    header.len() == WIDTH && header.iter().zip(COLUMNS).all(|(cell, name)| cell == name)
}

fn is_blank(cell: &Value) -> bool {
    cell.is_null() || cell.as_str().is_some_and(str::is_empty)
}

/// Whether the managed columns hold exactly these rows. Keeps one part in memory at a time.
pub(super) async fn matches(
    client: &mut SheetsClient,
    layout: &TabLayout,
    wanted: &Rows,
) -> Result<bool> {
    let (Some(tab), Some(columns)) = (&layout.tab, layout.column_range()) else {
        return Ok(false);
    };
    for rows in reads(1..tab.rows) {
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        let mut part = Rows::default();
        push_found(&mut part, layout, &columns, &found);
        let start = usize::try_from(rows.start - 1).unwrap_or_default();
        let end = start + part.len();
        let expected_end = wanted
            .len()
            .min(usize::try_from(rows.end - 1).unwrap_or_default());
        let is_complete = end >= expected_end.max(start);
        let is_equal = |row: usize| {
            if start + row < wanted.len() {
                part.same_row(row, wanted, start + row)
            } else {
                part.row(row).all(str::is_empty)
            }
        };
        if !is_complete || !(0..part.len()).all(is_equal) {
            return Ok(false);
        }
    }
    Ok(wanted.len() < usize::try_from(tab.rows).unwrap_or_default())
}

/// Appends the managed columns of rows as the API sent them.
fn push_found(rows: &mut Rows, layout: &TabLayout, columns: &Range<i32>, found: &[Vec<Value>]) {
    for row in found {
        let text =
            |place: &Option<i32>| text_of(place.and_then(|at| cell_at(row, at - columns.start)));
        let texts: Vec<_> = layout.places.iter().map(text).collect();
        rows.push_row(texts.iter().map(String::as_str));
    }
}

/// Reads the managed columns.
///
/// With `with_user_text`, also reads which rows have text of the user's own.
pub(super) async fn read_existing(
    client: &mut SheetsClient,
    layout: &TabLayout,
    with_user_text: bool,
) -> Result<Existing> {
    let mut existing = Existing::default();
    let (Some(tab), Some(columns)) = (&layout.tab, layout.column_range()) else {
        return Ok(existing);
    };
    for rows in reads(1..tab.rows) {
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        // The API leaves out empty rows at the end of the part before this one.
        pad(&mut existing.rows, rows.start - 1, &found);
        push_found(&mut existing.rows, layout, &columns, &found);
        if with_user_text {
            read_user_rows(client, layout, &rows, &mut existing.user_text).await?;
        }
    }
    trim(&mut existing);
    Ok(existing)
}

/// Appends empty rows up to `until`, if more rows follow.
fn pad(rows: &mut Rows, until: i32, found: &[Vec<Value>]) {
    while !found.is_empty() && index(rows.len()) < until {
        rows.push_row([""; WIDTH]);
    }
}

/// Removes empty rows at the end.
fn trim(existing: &mut Existing) {
    let rows = &existing.rows;
    let used = (0..rows.len()).rposition(|row| rows.row(row).any(|cell| !cell.is_empty()));
    let used = used.map_or(0, |last| last + 1);
    if used < rows.len() {
        let mut trimmed = Rows::default();
        for row in 0..used {
            trimmed.push_row(rows.row(row));
        }
        existing.rows = trimmed;
    }
    let used = existing.user_text.iter().rposition(|has_text| *has_text);
    existing.user_text.truncate(used.map_or(0, |last| last + 1));
}

fn cell_at(row: &[Value], at: i32) -> Option<&Value> {
    row.get(usize::try_from(at).ok()?)
}

/// The text of a cell. Other values start with U+0000, so that they equal no new text.
fn text_of(cell: Option<&Value>) -> String {
    match cell {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(other) => format!("\0{other}"),
    }
}

/// Sets `has_text` for rows in which the user's own columns hold anything but formulas.
async fn read_user_rows(
    client: &mut SheetsClient,
    layout: &TabLayout,
    rows: &Range<i32>,
    has_text: &mut Vec<bool>,
) -> Result<()> {
    let Some(tab) = &layout.tab else {
        return Ok(());
    };
    let until = usize::try_from(rows.end - 1).unwrap_or_default();
    let start = has_text.len();
    has_text.resize(until, false);
    for columns in layout.user_columns() {
        let found = client
            .read_values(&tab.title, rows, &columns, Render::Formulas)
            .await?;
        for (at, row) in (start..).zip(&found) {
            let is_text = |cell: &Value| {
                !is_blank(cell) && !cell.as_str().is_some_and(|text| text.starts_with('='))
            };
            has_text[at] |= row.iter().any(is_text);
        }
    }
    Ok(())
}
