//! Converts changes to requests of the Sheets API.

use std::ops::Range;

use google_sheets4::FieldMask;
use google_sheets4::api::{
    AddSheetRequest, AppendDimensionRequest, BasicFilter, CellData, CellFormat, CopyPasteRequest,
    CreateDeveloperMetadataRequest, DataFilter, DeleteDeveloperMetadataRequest,
    DeleteDimensionRequest, DeleteSheetRequest, DeveloperMetadata, DeveloperMetadataLocation,
    DeveloperMetadataLookup, DimensionProperties, DimensionRange, ExtendedValue, GridProperties,
    GridRange, InsertDimensionRequest, NumberFormat, RepeatCellRequest, Request, RowData,
    SetBasicFilterRequest, SheetProperties, TextFormat, UpdateCellsRequest,
    UpdateDeveloperMetadataRequest, UpdateDimensionPropertiesRequest, UpdateSheetPropertiesRequest,
};

use crate::plan::{Area, COLUMN_KEY, SheetChange, TURN_KEY, index};

/// The field of a cell with its value.
pub(super) const VALUE: &str = "userEnteredValue";

/// Converts a change. `Cells` is converted by `body` in `requests.rs`.
#[expect(clippy::too_many_lines, reason = "one arm for each change")]
pub(super) fn request(change: &SheetChange<'_>) -> Request {
    let empty = Request::default();
    match change {
        SheetChange::AddTab {
            id,
            title,
            rows,
            columns,
            hidden,
        } => Request {
            add_sheet: Some(AddSheetRequest {
                properties: Some(SheetProperties {
                    sheet_id: Some(*id),
                    title: Some(title.clone()),
                    hidden: hidden.then_some(true),
                    grid_properties: Some(GridProperties {
                        row_count: Some(*rows),
                        column_count: Some(*columns),
                        ..GridProperties::default()
                    }),
                    ..SheetProperties::default()
                }),
            }),
            ..empty
        },
        SheetChange::DeleteTab(tab) => Request {
            delete_sheet: Some(DeleteSheetRequest {
                sheet_id: Some(*tab),
            }),
            ..empty
        },
        SheetChange::AddRows { tab, count } => append(*tab, "ROWS", *count),
        SheetChange::AddColumns { tab, count } => append(*tab, "COLUMNS", *count),
        SheetChange::InsertRows {
            tab,
            rows,
            like_above,
        } => Request {
            insert_dimension: Some(InsertDimensionRequest {
                inherit_from_before: Some(*like_above),
                range: Some(dimension(*tab, "ROWS", rows)),
            }),
            ..empty
        },
        SheetChange::DeleteRows { tab, rows } => Request {
            delete_dimension: Some(DeleteDimensionRequest {
                range: Some(dimension(*tab, "ROWS", rows)),
            }),
            ..empty
        },
        SheetChange::TextFormat(area) => repeat(
            area,
            "userEnteredFormat.numberFormat",
            CellFormat {
                number_format: Some(NumberFormat {
                    type_: Some("TEXT".to_owned()),
                    ..NumberFormat::default()
                }),
                ..CellFormat::default()
            },
        ),
        SheetChange::Bold(area) => repeat(
            area,
            "userEnteredFormat.textFormat.bold",
            CellFormat {
                text_format: Some(TextFormat {
                    bold: Some(true),
                    ..TextFormat::default()
                }),
                ..CellFormat::default()
            },
        ),
        SheetChange::FreezeHeader(tab) => Request {
            update_sheet_properties: Some(UpdateSheetPropertiesRequest {
                fields: Some(mask("gridProperties.frozenRowCount")),
                properties: Some(SheetProperties {
                    sheet_id: Some(*tab),
                    grid_properties: Some(GridProperties {
                        frozen_row_count: Some(1),
                        ..GridProperties::default()
                    }),
                    ..SheetProperties::default()
                }),
            }),
            ..empty
        },
        SheetChange::Width {
            tab,
            columns,
            pixels,
        } => Request {
            update_dimension_properties: Some(UpdateDimensionPropertiesRequest {
                fields: Some(mask("pixelSize")),
                properties: Some(DimensionProperties {
                    pixel_size: Some(*pixels),
                    ..DimensionProperties::default()
                }),
                range: Some(dimension(*tab, "COLUMNS", columns)),
                ..UpdateDimensionPropertiesRequest::default()
            }),
            ..empty
        },
        SheetChange::SetFilter(area) => Request {
            set_basic_filter: Some(SetBasicFilterRequest {
                filter: Some(BasicFilter {
                    range: Some(grid_range(area)),
                    ..BasicFilter::default()
                }),
            }),
            ..empty
        },
        SheetChange::Clear(area) => update_cells(area, VALUE, Vec::new()),
        SheetChange::Header {
            tab,
            row,
            left,
            names,
        } => {
            let area = Area {
                tab: *tab,
                rows: *row..row + 1,
                columns: *left..left + index(names.len()),
            };
            let cells = names.iter().map(|name| cell(name));
            update_cells(&area, VALUE, vec![row_data(cells.collect())])
        }
        SheetChange::Copy { from, to } => Request {
            copy_paste: Some(CopyPasteRequest {
                source: Some(grid_range(from)),
                destination: Some(grid_range(to)),
                paste_type: Some("PASTE_VALUES".to_owned()),
                paste_orientation: Some("NORMAL".to_owned()),
            }),
            ..empty
        },
        SheetChange::Note {
            tab,
            row,
            column,
            text,
        } => {
            let area = Area {
                tab: *tab,
                rows: *row..row + 1,
                columns: *column..column + 1,
            };
            let cell = CellData {
                note: Some(text.clone()),
                ..CellData::default()
            };
            update_cells(&area, "note", vec![row_data(vec![cell])])
        }
        SheetChange::TagTab { tab, key, value } => {
            let location = DeveloperMetadataLocation {
                sheet_id: Some(*tab),
                ..DeveloperMetadataLocation::default()
            };
            tag(key, value, location, None)
        }
        SheetChange::TakeTurn { tab, id } => {
            let location = DeveloperMetadataLocation {
                sheet_id: Some(*tab),
                ..DeveloperMetadataLocation::default()
            };
            tag(TURN_KEY, "", location, Some(*id))
        }
        SheetChange::DeleteTag(id) => Request {
            delete_developer_metadata: Some(DeleteDeveloperMetadataRequest {
                data_filter: Some(tag_with_id(*id)),
            }),
            ..empty
        },
        SheetChange::TagColumn { tab, column, value } => {
            let location = DeveloperMetadataLocation {
                dimension_range: Some(dimension(*tab, "COLUMNS", &(*column..column + 1))),
                ..DeveloperMetadataLocation::default()
            };
            tag(COLUMN_KEY, value, location, None)
        }
        SheetChange::UpdateTag { id, value } => Request {
            update_developer_metadata: Some(UpdateDeveloperMetadataRequest {
                data_filters: Some(vec![tag_with_id(*id)]),
                developer_metadata: Some(DeveloperMetadata {
                    metadata_value: Some(value.clone()),
                    ..DeveloperMetadata::default()
                }),
                fields: Some(mask("metadataValue")),
            }),
            ..empty
        },
        SheetChange::Cells { .. } => unreachable!("`body` converts these"),
    }
}

fn mask(fields: &str) -> FieldMask {
    FieldMask::new(&[fields])
}

fn append(tab: i32, dimension: &str, count: i32) -> Request {
    Request {
        append_dimension: Some(AppendDimensionRequest {
            sheet_id: Some(tab),
            dimension: Some(dimension.to_owned()),
            length: Some(count),
        }),
        ..Request::default()
    }
}

fn repeat(area: &Area, fields: &str, format: CellFormat) -> Request {
    Request {
        repeat_cell: Some(RepeatCellRequest {
            range: Some(grid_range(area)),
            fields: Some(mask(fields)),
            cell: Some(CellData {
                user_entered_format: Some(format),
                ..CellData::default()
            }),
        }),
        ..Request::default()
    }
}

/// Writes rows into an area, and empties its other cells.
pub(super) fn update_cells(area: &Area, fields: &str, rows: Vec<RowData>) -> Request {
    Request {
        update_cells: Some(UpdateCellsRequest {
            range: Some(grid_range(area)),
            fields: Some(mask(fields)),
            rows: (!rows.is_empty()).then_some(rows),
            start: None,
        }),
        ..Request::default()
    }
}

fn tag_with_id(id: i32) -> DataFilter {
    DataFilter {
        developer_metadata_lookup: Some(DeveloperMetadataLookup {
            metadata_id: Some(id),
            ..DeveloperMetadataLookup::default()
        }),
        ..DataFilter::default()
    }
}

/// Creates metadata. Google chooses its id if `id` is `None`.
fn tag(key: &str, value: &str, location: DeveloperMetadataLocation, id: Option<i32>) -> Request {
    Request {
        create_developer_metadata: Some(CreateDeveloperMetadataRequest {
            developer_metadata: Some(DeveloperMetadata {
                metadata_key: Some(key.to_owned()),
                metadata_value: Some(value.to_owned()),
                location: Some(location),
                // The next run may sign in with another account or project.
                visibility: Some("DOCUMENT".to_owned()),
                metadata_id: id,
            }),
        }),
        ..Request::default()
    }
}

pub(super) fn cell(text: &str) -> CellData {
    CellData {
        user_entered_value: (!text.is_empty()).then(|| ExtendedValue {
            string_value: Some(text.to_owned()),
            ..ExtendedValue::default()
        }),
        ..CellData::default()
    }
}

pub(super) fn row_data(cells: Vec<CellData>) -> RowData {
    RowData {
        values: Some(cells),
    }
}

pub(super) fn grid_range(area: &Area) -> GridRange {
    GridRange {
        sheet_id: Some(area.tab),
        start_row_index: Some(area.rows.start),
        end_row_index: Some(area.rows.end),
        start_column_index: Some(area.columns.start),
        end_column_index: Some(area.columns.end),
    }
}

fn dimension(tab: i32, dimension: &str, range: &Range<i32>) -> DimensionRange {
    DimensionRange {
        sheet_id: Some(tab),
        dimension: Some(dimension.to_owned()),
        start_index: Some(range.start),
        end_index: Some(range.end),
    }
}
