//! Converts the API's description of a spreadsheet to a snapshot.

use google_sheets4::api::{BasicFilter, ProtectedRange, Sheet, Spreadsheet};

use crate::plan::{
    COLUMN_KEY, ClosedArea, STAGING_KEY, STATE_KEY, SheetSnapshot, TURN_KEY, Tab, TabFilter,
};

/// The requested fields: properties, metadata and filters, but no cells.
pub(super) const SNAPSHOT_FIELDS: &str = "spreadsheetId,sheets(\
     properties(sheetId,title,sheetType,gridProperties(rowCount,columnCount,frozenRowCount)),\
     developerMetadata(metadataId,metadataKey,metadataValue),\
     basicFilter(range,criteria,filterSpecs,sortSpecs),\
     protectedRanges(range,warningOnly,requestingUserCanEdit),\
     data(startColumn,columnMetadata(developerMetadata(metadataKey,metadataValue))))";

pub(super) fn sheet_snapshot(spreadsheet: Spreadsheet) -> SheetSnapshot {
    SheetSnapshot {
        tabs: spreadsheet.sheets.into_iter().flatten().map(tab).collect(),
    }
}

fn tab(sheet: Sheet) -> Tab {
    let properties = sheet.properties.unwrap_or_default();
    let grid = properties.grid_properties.unwrap_or_default();
    let (mut state, mut staging, mut turns) = (None, None, Vec::new());
    for tag in sheet.developer_metadata.into_iter().flatten() {
        let value = tag.metadata_value.unwrap_or_default();
        match tag.metadata_key.as_deref() {
            Some(STATE_KEY) => state = Some((tag.metadata_id.unwrap_or_default(), value)),
            Some(STAGING_KEY) => staging = Some(value),
            Some(TURN_KEY) => turns.extend(tag.metadata_id),
            _ => {}
        }
    }
    let mut tagged = None;
    for data in sheet.data.into_iter().flatten() {
        let start = data.start_column.unwrap_or_default();
        for (at, column) in (start..).zip(data.column_metadata.into_iter().flatten()) {
            let tagged = tagged.get_or_insert_with(Vec::new);
            for tag in column.developer_metadata.into_iter().flatten() {
                if tag.metadata_key.as_deref() == Some(COLUMN_KEY) {
                    tagged.push((at, tag.metadata_value.unwrap_or_default()));
                }
            }
        }
    }
    let kind = properties.sheet_type.as_deref();
    Tab {
        id: properties.sheet_id.unwrap_or_default(),
        title: properties.title.unwrap_or_default(),
        is_grid: kind.is_none_or(|kind| kind == "GRID"),
        rows: grid.row_count.unwrap_or_default(),
        columns: grid.column_count.unwrap_or_default(),
        frozen_rows: grid.frozen_row_count.unwrap_or_default(),
        state,
        turns,
        staging,
        tagged,
        filter: sheet.basic_filter.map(filter),
        closed: sheet
            .protected_ranges
            .into_iter()
            .flatten()
            .filter_map(closed)
            .collect(),
    }
}

/// The area of a protected range that the account may not change.
fn closed(range: ProtectedRange) -> Option<ClosedArea> {
    let is_open = range.warning_only == Some(true) || range.requesting_user_can_edit == Some(true);
    let range = range.range.filter(|_| !is_open)?;
    Some(ClosedArea {
        rows: range.start_row_index.unwrap_or_default()..range.end_row_index.unwrap_or(i32::MAX),
        columns: range.start_column_index.unwrap_or_default()
            ..range.end_column_index.unwrap_or(i32::MAX),
    })
}

fn filter(filter: BasicFilter) -> TabFilter {
    let range = filter.range.unwrap_or_default();
    TabFilter {
        start_row: range.start_row_index.unwrap_or_default(),
        columns: range.start_column_index.unwrap_or_default()
            ..range.end_column_index.unwrap_or_default(),
        end_row: range.end_row_index,
        is_unused: filter.criteria.unwrap_or_default().is_empty()
            && filter.filter_specs.unwrap_or_default().is_empty()
            && filter.sort_specs.unwrap_or_default().is_empty(),
    }
}
