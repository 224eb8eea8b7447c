//! The bodies of writing requests.

use std::ops::Range;

use google_sheets4::api::{
    BatchUpdateValuesByDataFilterRequest, DataFilter, DataFilterValueRange, Request,
};
use google_sheets4::common::remove_json_null_values;
use serde_json::Value;

use super::changes::{VALUE, cell, grid_range, request, row_data, update_cells};
use crate::plan::{Area, SheetChange, index};
use crate::rows::{Rows, WIDTH};

/// The number of rows that are converted at a time, because a converted cell takes 3 kB.
const ROWS_AT_A_TIME: usize = 100;

/// Serializes a batch of changes as the body of `batchUpdate`.
pub(crate) fn body(changes: &[SheetChange<'_>]) -> Vec<u8> {
    let mut body = b"{\"requests\":[".to_vec();
    let mut first = true;
    let mut push = |request: Request| {
        let mut value = serde_json::to_value(request).expect("the crate's types become JSON");
        remove_json_null_values(&mut value);
        if !std::mem::take(&mut first) {
            body.push(b',');
        }
        serde_json::to_writer(&mut body, &value).expect("a buffer takes everything");
    };
    for change in changes {
        match change {
            SheetChange::Cells {
                tab,
                top,
                left,
                rows,
                picked,
                columns,
            } => {
                for (nth, picked) in picked.chunks(ROWS_AT_A_TIME).enumerate() {
                    let top = top + index(nth * ROWS_AT_A_TIME);
                    let area = Area {
                        tab: *tab,
                        rows: top..top + index(picked.len()),
                        columns: *left..left + index(columns.len()),
                    };
                    let row = |row: &usize| {
                        let cells = columns.clone().map(|column| cell(rows.cell(*row, column)));
                        row_data(cells.collect())
                    };
                    push(update_cells(&area, VALUE, picked.iter().map(row).collect()));
                }
            }
            other => push(request(other)),
        }
    }
    body.extend_from_slice(b"]}");
    body
}

/// The exact size of [`rows_body`] as JSON, in bytes.
pub(crate) fn rows_body_len(tab: i32, rows: &Rows, part: &Range<usize>) -> usize {
    let around = values_request(tab, rows, part.start..part.start);
    let mut around = serde_json::to_value(around).expect("the crate's types become JSON");
    // The size of the numbers in the range counts, too.
    around["data"][0]["dataFilter"]["gridRange"]["endRowIndex"] = index(part.end).into();
    remove_json_null_values(&mut around);
    let rows: usize = part.clone().map(|row| rows.json_len(row)).sum();
    around.to_string().len() + rows - usize::from(!part.is_empty())
}

/// Serializes rows as the body that writes them into a staging tab.
pub(super) fn rows_body(tab: i32, rows: &Rows, picked: Range<usize>) -> Vec<u8> {
    let request = values_request(tab, rows, picked);
    let mut request = serde_json::to_value(request).expect("the crate's types become JSON");
    remove_json_null_values(&mut request);
    request.to_string().into_bytes()
}

/// The request that writes rows into a staging tab, as raw text.
fn values_request(
    tab: i32,
    rows: &Rows,
    picked: Range<usize>,
) -> BatchUpdateValuesByDataFilterRequest {
    let area = Area {
        tab,
        rows: index(picked.start)..index(picked.end),
        columns: 0..index(WIDTH),
    };
    // Not null for an empty cell: nulls are removed, and the rest would move left.
    let text = |cell: &str| Value::String(cell.to_owned());
    let values = picked.map(|row| rows.row(row).map(text).collect());
    BatchUpdateValuesByDataFilterRequest {
        data: Some(vec![DataFilterValueRange {
            data_filter: Some(DataFilter {
                grid_range: Some(grid_range(&area)),
                ..DataFilter::default()
            }),
            major_dimension: Some("ROWS".to_owned()),
            values: Some(values.collect()),
        }]),
        value_input_option: Some("RAW".to_owned()),
        ..BatchUpdateValuesByDataFilterRequest::default()
    }
}
