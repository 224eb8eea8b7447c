//! The bodies of writing requests.

use std::ops::Range;

use google_sheets4::api::{
    BatchUpdateValuesByDataFilterRequest, DataFilter, DataFilterValueRange,
    DeveloperMetadataLookup, GridProperties, Request, SearchDeveloperMetadataRequest, Sheet,
    SheetProperties, Spreadsheet, SpreadsheetProperties,
};
use google_sheets4::common::remove_json_null_values;

use super::changes::{VALUE, cell, grid_range, request, row_data, update_cells};
use crate::plan::{Area, SheetChange, index};
use crate::rows::Rows;

/// The number of rows that are converted at a time, because a converted cell takes 3 kB.
const ROWS_AT_A_TIME: usize = 100;

/// The title of a spreadsheet that is made.
pub(super) const NEW_TITLE: &str = "WhatsApp contacts";

/// Serializes the request that makes a spreadsheet with one empty tab.
pub(super) fn spreadsheet_body(tab: &str, width: usize) -> Vec<u8> {
    let sheet = Sheet {
        properties: Some(SheetProperties {
            title: Some(tab.to_owned()),
            grid_properties: Some(GridProperties {
                row_count: Some(2),
                column_count: Some(index(width)),
                ..GridProperties::default()
            }),
            ..SheetProperties::default()
        }),
        ..Sheet::default()
    };
    let spreadsheet = Spreadsheet {
        properties: Some(SpreadsheetProperties {
            title: Some(NEW_TITLE.to_owned()),
            ..SpreadsheetProperties::default()
        }),
        sheets: Some(vec![sheet]),
        ..Spreadsheet::default()
    };
    let mut body = serde_json::to_value(spreadsheet).expect("the crate's types become JSON");
    remove_json_null_values(&mut body);
    body.to_string().into_bytes()
}

/// Serializes the search for the metadata with a key.
pub(super) fn search_body(key: &str) -> Vec<u8> {
    let search = SearchDeveloperMetadataRequest {
        data_filters: Some(vec![DataFilter {
            developer_metadata_lookup: Some(DeveloperMetadataLookup {
                metadata_key: Some(key.to_owned()),
                ..DeveloperMetadataLookup::default()
            }),
            ..DataFilter::default()
        }]),
    };
    let mut body = serde_json::to_value(search).expect("the crate's types become JSON");
    remove_json_null_values(&mut body);
    body.to_string().into_bytes()
}

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
pub(crate) fn rows_body_len(tab: i32, rows: &Rows, picked: &[usize], part: &Range<usize>) -> usize {
    let picked = picked[part.clone()].iter();
    let cells: usize = picked.map(|row| rows.json_len(*row)).sum();
    let (before, after) = around_rows(tab, rows.width(), part);
    before.len() + cells - usize::from(!part.is_empty()) + after.len()
}

/// Serializes a part of the picked rows as the body that writes them into a staging tab.
pub(super) fn rows_body(tab: i32, rows: &Rows, picked: &[usize], part: &Range<usize>) -> Vec<u8> {
    let mut body = Vec::with_capacity(rows_body_len(tab, rows, picked, part));
    let (before, after) = around_rows(tab, rows.width(), part);
    body.extend_from_slice(before.as_bytes());
    for (nth, row) in picked[part.clone()].iter().enumerate() {
        if nth > 0 {
            body.push(b',');
        }
        // Not null for an empty cell: nulls are removed, and the rest would move left.
        let cells: Vec<&str> = rows.row(*row).collect();
        serde_json::to_writer(&mut body, &cells).expect("a buffer takes everything");
    }
    body.extend_from_slice(after.as_bytes());
    body
}

/// The body that writes rows into a staging tab, before and after the rows.
fn around_rows(tab: i32, width: usize, part: &Range<usize>) -> (String, String) {
    const ROWS: &str = "\"values\":[";
    let request = values_request(tab, width, part);
    let mut request = serde_json::to_value(request).expect("the crate's types become JSON");
    remove_json_null_values(&mut request);
    let body = request.to_string();
    let at = body.find(ROWS).expect("the request has values") + ROWS.len();
    let (before, after) = body.split_at(at);
    (before.to_owned(), after.to_owned())
}

/// The request that writes rows into a staging tab, as raw text, without the rows.
fn values_request(
    tab: i32,
    width: usize,
    part: &Range<usize>,
) -> BatchUpdateValuesByDataFilterRequest {
    let area = Area {
        tab,
        rows: index(part.start)..index(part.end),
        columns: 0..index(width),
    };
    BatchUpdateValuesByDataFilterRequest {
        data: Some(vec![DataFilterValueRange {
            data_filter: Some(DataFilter {
                grid_range: Some(grid_range(&area)),
                ..DataFilter::default()
            }),
            major_dimension: Some("ROWS".to_owned()),
            values: Some(Vec::new()),
        }]),
        value_input_option: Some("RAW".to_owned()),
        ..BatchUpdateValuesByDataFilterRequest::default()
    }
}
