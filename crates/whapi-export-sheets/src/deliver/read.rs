//! What the tab holds.

use std::ops::Range;

use serde_json::Value;
use whapi_export::{Error, ErrorKind, Result};

use crate::api::client::{Render, SheetsClient};
use crate::plan::{Existing, TabLayout, index};
use crate::rows::{COLUMNS, Rows, WIDTH};

/// Rows that are read at a time.
const ROWS_A_READ: i32 = 8_000;

/// Refuses a tab that holds something which is not ours, where our columns would go.
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
    let mut top = 0;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        if top == 0 && found.first().is_some_and(|header| is_our_header(header)) {
            return Ok(());
        }
        if found.iter().flatten().any(|cell| !is_blank(cell)) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "the tab `{}` holds something that this program did not write; name another \
                     with `sheets.tab`, empty it, or set `sheets.overwrite=on`",
                    tab.title
                ),
            ));
        }
        top = rows.end;
    }
    Ok(())
}

/// A tab that lost its metadata, as a copy of a spreadsheet may, is still recognised.
fn is_our_header(header: &[Value]) -> bool {
    header.len() == WIDTH && header.iter().zip(COLUMNS).all(|(cell, name)| cell == name)
}

fn is_blank(cell: &Value) -> bool {
    cell.is_null() || cell.as_str().is_some_and(str::is_empty)
}

/// Whether our columns hold exactly these rows: reads them part by part, and keeps none.
pub(super) async fn matches(
    client: &mut SheetsClient,
    layout: &TabLayout,
    wanted: &Rows,
) -> Result<bool> {
    let (Some(tab), Some(columns)) = (&layout.tab, layout.span()) else {
        return Ok(false);
    };
    let mut top = 1;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        let mut part = Rows::default();
        push_found(&mut part, layout, &columns, &found);
        let start = usize::try_from(top - 1).unwrap_or_default();
        let end = start + part.len();
        let due = wanted
            .len()
            .min(usize::try_from(rows.end - 1).unwrap_or_default());
        let all_there = end >= due.max(start);
        let right = |row: usize| {
            if start + row < wanted.len() {
                part.same_row(row, wanted, start + row)
            } else {
                part.row(row).all(str::is_empty)
            }
        };
        if !all_there || !(0..part.len()).all(right) {
            return Ok(false);
        }
        top = rows.end;
    }
    Ok(wanted.len() < usize::try_from(tab.rows).unwrap_or_default())
}

fn push_found(rows: &mut Rows, layout: &TabLayout, columns: &Range<i32>, found: &[Vec<Value>]) {
    for row in found {
        let text =
            |place: &Option<i32>| text_of(place.and_then(|at| cell_at(row, at - columns.start)));
        let texts: Vec<_> = layout.places.iter().map(text).collect();
        rows.push_row(texts.iter().map(String::as_str));
    }
}

/// Reads our columns and, if asked, where the user's own hold anything but formulas.
pub(super) async fn read_existing(
    client: &mut SheetsClient,
    layout: &TabLayout,
    own: bool,
) -> Result<Existing> {
    let mut existing = Existing::default();
    let (Some(tab), Some(columns)) = (&layout.tab, layout.span()) else {
        return Ok(existing);
    };
    let mut top = 1;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .read_values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        // Empty rows before this part, which the API leaves out at the end of a part.
        pad(&mut existing.rows, rows.start - 1, &found);
        push_found(&mut existing.rows, layout, &columns, &found);
        if own {
            read_user_rows(client, layout, &rows, &mut existing.user_text).await?;
        }
        top = rows.end;
    }
    trim(&mut existing);
    Ok(existing)
}

fn pad(rows: &mut Rows, until: i32, found: &[Vec<Value>]) {
    while !found.is_empty() && index(rows.len()) < until {
        rows.push_row([""; WIDTH]);
    }
}

/// Leaves out rows at the end in which nothing stands.
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
    let used = existing.user_text.iter().rposition(|own| *own);
    existing.user_text.truncate(used.map_or(0, |last| last + 1));
}

fn cell_at(row: &[Value], at: i32) -> Option<&Value> {
    row.get(usize::try_from(at).ok()?)
}

/// A cell's text; what is no text is marked, so that it equals none of ours.
fn text_of(cell: Option<&Value>) -> String {
    match cell {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(other) => format!("\0{other}"),
    }
}

async fn read_user_rows(
    client: &mut SheetsClient,
    layout: &TabLayout,
    rows: &Range<i32>,
    own: &mut Vec<bool>,
) -> Result<()> {
    let Some(tab) = &layout.tab else {
        return Ok(());
    };
    let until = usize::try_from(rows.end - 1).unwrap_or_default();
    let start = own.len();
    own.resize(until, false);
    for columns in layout.user_columns() {
        let found = client
            .read_values(&tab.title, rows, &columns, Render::Formulas)
            .await?;
        for (at, row) in (start..).zip(&found) {
            let holds = |cell: &Value| {
                !is_blank(cell) && !cell.as_str().is_some_and(|text| text.starts_with('='))
            };
            own[at] |= row.iter().any(holds);
        }
    }
    Ok(())
}
