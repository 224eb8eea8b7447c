//! Applies requests to the spreadsheet.

use serde_json::{Map, Value, json};

use super::refused::{Refused, bad, number, only};
use super::sheet::{Meta, Sheet, Val};
use super::state::{ID, StandInState};

impl StandInState {
    pub(super) fn write_values(&mut self, body: &Value) -> Result<Value, Refused> {
        only(body, &["data", "valueInputOption"])?;
        if body["valueInputOption"] != "RAW" {
            return Err(bad("'valueInputOption' is required but not specified"));
        }
        let mut count = 0;
        for data in body["data"].as_array().into_iter().flatten() {
            only(data, &["dataFilter", "majorDimension", "values"])?;
            only(&data["dataFilter"], &["gridRange"])?;
            let range = &data["dataFilter"]["gridRange"];
            let (top, bottom, left, right) = self.area(range)?;
            let rows = data["values"].as_array().ok_or_else(|| bad("no values"))?;
            if top + rows.len() > bottom {
                return Err(bad(
                    "Requested writing within range, but tried writing to row",
                ));
            }
            count += rows.len();
            let sheet = self.at(&range["sheetId"])?;
            for (row, cells) in (top..).zip(rows) {
                let cells = cells.as_array().ok_or_else(|| bad("Invalid value"))?;
                if left + cells.len() > right {
                    return Err(bad(
                        "Requested writing within range, but tried writing to column",
                    ));
                }
                for (column, cell) in (left..).zip(cells) {
                    match cell {
                        // Google documents that null is skipped.
                        Value::Null => {}
                        Value::String(text) => sheet.cell(row, column).value = text_value(text)?,
                        other => {
                            sheet.cell(row, column).value =
                                Val::Number(other.as_f64().unwrap_or_default());
                        }
                    }
                }
            }
        }
        Ok(json!({"spreadsheetId": ID, "totalUpdatedRows": count}))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each request")]
    pub(super) fn apply(&mut self, request: &Value) -> Result<(), Refused> {
        let object: &Map<_, _> = request.as_object().ok_or_else(|| bad("Invalid value"))?;
        let (name, value) = object.iter().next().ok_or_else(|| bad("No request set"))?;
        if object.len() != 1 {
            return Err(bad("oneof field 'kind' is already set"));
        }
        match name.as_str() {
            "addSheet" => {
                only(value, &["properties"])?;
                let properties = &value["properties"];
                only(
                    properties,
                    &["sheetId", "title", "hidden", "gridProperties"],
                )?;
                let grid = &properties["gridProperties"];
                only(grid, &["rowCount", "columnCount", "frozenRowCount"])?;
                let id = properties["sheetId"]
                    .as_i64()
                    .ok_or_else(|| bad("the stand-in wants an id"))?;
                let title = properties["title"].as_str().unwrap_or_default();
                let same = |sheet: &Sheet| sheet.title.to_lowercase() == title.to_lowercase();
                if self.sheets.iter().any(same) {
                    return Err(bad(format!(
                        "A sheet with the name \"{title}\" already exists."
                    )));
                }
                if self.sheets.iter().any(|sheet| sheet.id == id) {
                    return Err(bad(format!("Sheet with id {id} already exists")));
                }
                let rows = number(&grid["rowCount"]).unwrap_or(1000);
                let columns = number(&grid["columnCount"]).unwrap_or(26);
                let mut sheet = Sheet::new(id, title, rows, columns);
                sheet.hidden = properties["hidden"] == true;
                self.sheets.push(sheet);
                self.check_size()?;
            }
            "deleteSheet" => {
                only(value, &["sheetId"])?;
                let id = self.at(&value["sheetId"])?.id;
                self.sheets.retain(|sheet| sheet.id != id);
                if self.sheets.iter().all(|sheet| sheet.hidden) {
                    return Err(bad(
                        "You can't remove all the visible sheets in a document.",
                    ));
                }
            }
            "appendDimension" => {
                only(value, &["sheetId", "dimension", "length"])?;
                let length = number(&value["length"]).unwrap_or(0);
                let sheet = self.at(&value["sheetId"])?;
                match value["dimension"].as_str() {
                    Some("ROWS") => sheet.rows += length,
                    Some("COLUMNS") => (0..length).for_each(|_| sheet.add_column()),
                    _ => return Err(bad("No dimension")),
                }
                self.check_size()?;
            }
            "insertDimension" => {
                only(value, &["range", "inheritFromBefore"])?;
                let inherits = value["inheritFromBefore"] == true;
                let (start, end) = self.rows(&value["range"], true)?;
                if inherits && start == 0 {
                    return Err(bad("inheritFromBefore cannot be true at the first row"));
                }
                let sheet = self.at(&value["range"]["sheetId"])?;
                sheet.insert_rows(start, end - start, inherits);
                self.check_size()?;
            }
            "deleteDimension" => {
                only(value, &["range"])?;
                let (start, end) = self.rows(&value["range"], false)?;
                let sheet = self.at(&value["range"]["sheetId"])?;
                sheet.delete_rows(start..end);
                if sheet.rows <= sheet.frozen {
                    return Err(bad(
                        "You can't delete all the rows that are not frozen on the sheet.",
                    ));
                }
            }
            "updateSheetProperties" => {
                only(value, &["fields", "properties"])?;
                only(&value["properties"], &["sheetId", "gridProperties"])?;
                if value["fields"] != "gridProperties.frozenRowCount" {
                    return Err(bad("the stand-in does not know these fields"));
                }
                let frozen = number(&value["properties"]["gridProperties"]["frozenRowCount"]);
                let sheet = self.at(&value["properties"]["sheetId"])?;
                sheet.frozen = frozen.unwrap_or(0);
                if sheet.frozen >= sheet.rows {
                    return Err(bad("You can't freeze all visible rows on the sheet."));
                }
            }
            "updateDimensionProperties" => {
                only(value, &["fields", "properties", "range"])?;
                let pixels = value["properties"]["pixelSize"].as_i64();
                let (start, end) = self.columns(&value["range"])?;
                let sheet = self.at(&value["range"]["sheetId"])?;
                sheet.widths[start..end].fill(pixels.ok_or_else(|| bad("no size"))?);
            }
            "setBasicFilter" => {
                only(value, &["filter"])?;
                only(&value["filter"], &["range"])?;
                self.area(&value["filter"]["range"])?;
                let sheet = self.at(&value["filter"]["range"]["sheetId"])?;
                sheet.filter = Some(value["filter"].clone());
            }
            "repeatCell" => {
                only(value, &["range", "cell", "fields"])?;
                let (top, bottom, left, right) = self.area(&value["range"])?;
                let format = &value["cell"]["userEnteredFormat"];
                let fields = value["fields"].as_str().unwrap_or_default().to_owned();
                let sheet = self.at(&value["range"]["sheetId"])?;
                for row in top..bottom {
                    for column in left..right {
                        let cell = sheet.cell(row, column);
                        match fields.as_str() {
                            "userEnteredFormat.numberFormat" => {
                                cell.is_text_format = format["numberFormat"]["type"] == "TEXT";
                            }
                            "userEnteredFormat.textFormat.bold" => {
                                cell.bold = format["textFormat"]["bold"] == true;
                            }
                            _ => return Err(bad("the stand-in does not know these fields")),
                        }
                    }
                }
            }
            "updateCells" => {
                only(value, &["range", "rows", "fields"])?;
                let (top, bottom, left, right) = self.area(&value["range"])?;
                let fields = value["fields"].as_str().unwrap_or_default().to_owned();
                let empty = Vec::new();
                let rows = value["rows"].as_array().unwrap_or(&empty);
                if rows.len() > bottom - top {
                    return Err(bad("Attempting to write more rows than the range has"));
                }
                let sheet = self.at(&value["range"]["sheetId"])?;
                for row in top..bottom {
                    let cells = rows.get(row - top).and_then(|row| row["values"].as_array());
                    if cells.is_some_and(|cells| cells.len() > right - left) {
                        return Err(bad("Attempting to write more columns than the range has"));
                    }
                    for column in left..right {
                        let new = cells.and_then(|cells| cells.get(column - left));
                        let new = new.unwrap_or(&Value::Null);
                        let cell = sheet.cell(row, column);
                        match fields.as_str() {
                            "userEnteredValue" => {
                                let value = &new["userEnteredValue"];
                                if value.is_object() {
                                    only(value, &["stringValue"])?;
                                }
                                cell.value =
                                    text_value(value["stringValue"].as_str().unwrap_or(""))?;
                            }
                            "note" => cell.note = new["note"].as_str().map(Into::into),
                            _ => return Err(bad("the stand-in does not know these fields")),
                        }
                    }
                }
            }
            "copyPaste" => {
                only(
                    value,
                    &["source", "destination", "pasteType", "pasteOrientation"],
                )?;
                let from = self.area(&value["source"])?;
                let to = self.area(&value["destination"])?;
                if (from.1 - from.0, from.3 - from.2) != (to.1 - to.0, to.3 - to.2) {
                    return Err(bad("the stand-in copies areas of one size only"));
                }
                if value["pasteType"] != "PASTE_VALUES" {
                    return Err(bad("the stand-in pastes values only"));
                }
                let source = self.at(&value["source"]["sheetId"])?.clone();
                let sheet = self.at(&value["destination"]["sheetId"])?;
                for row in 0..from.1 - from.0 {
                    for column in 0..from.3 - from.2 {
                        let value = source.get(from.0 + row, from.2 + column).value;
                        sheet.cell(to.0 + row, to.2 + column).value = value;
                    }
                }
            }
            "createDeveloperMetadata" => {
                only(value, &["developerMetadata"])?;
                let meta = &value["developerMetadata"];
                let fields = ["metadataKey", "metadataValue", "location", "visibility"];
                only(meta, &[&fields[..], &["metadataId"]].concat())?;
                if meta["visibility"] != "DOCUMENT" {
                    return Err(bad("Developer metadata must have a visibility"));
                }
                let id = meta["metadataId"].as_i64().unwrap_or(self.next_tag);
                let has_it = |sheet: &Sheet| sheet.all_tags().any(|tag| tag.id == id);
                if self.sheets.iter().any(has_it) {
                    return Err(bad(format!(
                        "Developer metadata with id {id} already exists."
                    )));
                }
                let tag = Meta {
                    id,
                    key: meta["metadataKey"].as_str().unwrap_or_default().to_owned(),
                    value: meta["metadataValue"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                };
                self.next_tag += 1;
                let location = &meta["location"];
                if location["dimensionRange"].is_object() {
                    only(location, &["dimensionRange"])?;
                    let (start, end) = self.columns(&location["dimensionRange"])?;
                    if end - start != 1 {
                        return Err(bad("a location is a single row or column"));
                    }
                    let sheet = self.at(&location["dimensionRange"]["sheetId"])?;
                    sheet.column_tags[start].push(tag);
                } else {
                    only(location, &["sheetId"])?;
                    let sheet = self.at(&location["sheetId"])?;
                    sheet.tags.push(tag);
                    let size: usize = sheet
                        .tags
                        .iter()
                        .map(|tag| tag.key.len() + tag.value.len())
                        .sum();
                    if size > 30_000 {
                        return Err(bad("too much metadata"));
                    }
                }
            }
            "deleteDeveloperMetadata" => {
                only(value, &["dataFilter"])?;
                let lookup = &value["dataFilter"]["developerMetadataLookup"];
                only(lookup, &["metadataId"])?;
                let id = lookup["metadataId"].as_i64();
                for sheet in &mut self.sheets {
                    sheet.tags.retain(|tag| Some(tag.id) != id);
                    for tags in &mut sheet.column_tags {
                        tags.retain(|tag| Some(tag.id) != id);
                    }
                }
            }
            "updateDeveloperMetadata" => {
                only(value, &["dataFilters", "developerMetadata", "fields"])?;
                let id = value["dataFilters"][0]["developerMetadataLookup"]["metadataId"].as_i64();
                if value["fields"] != "metadataValue" {
                    return Err(bad("the stand-in does not know these fields"));
                }
                let mut tags = self.sheets.iter_mut().flat_map(|sheet| &mut sheet.tags);
                let tag = tags.find(|tag| Some(tag.id) == id);
                let tag = tag.ok_or_else(|| bad("No developer metadata matches"))?;
                let text = value["developerMetadata"]["metadataValue"].as_str();
                tag.value = text.unwrap_or_default().to_owned();
            }
            other => return Err(bad(format!("Unknown name \"{other}\": Cannot find field."))),
        }
        Ok(())
    }

    /// The rows of a dimension range. Rows are inserted inside of the grid or at its end.
    fn rows(&mut self, range: &Value, inserting: bool) -> Result<(usize, usize), Refused> {
        only(range, &["sheetId", "dimension", "startIndex", "endIndex"])?;
        if range["dimension"] != "ROWS" {
            return Err(bad("the stand-in inserts and deletes rows only"));
        }
        let rows = self.at(&range["sheetId"])?.rows;
        let bounds = number(&range["startIndex"]).zip(number(&range["endIndex"]));
        let (start, end) = bounds.ok_or_else(|| bad("No range"))?;
        let is_inside = if inserting {
            start <= rows
        } else {
            end <= rows
        };
        if start >= end || !is_inside {
            return Err(bad("Range exceeds grid limits"));
        }
        Ok((start, end))
    }

    fn columns(&mut self, range: &Value) -> Result<(usize, usize), Refused> {
        only(range, &["sheetId", "dimension", "startIndex", "endIndex"])?;
        if range["dimension"] != "COLUMNS" {
            return Err(bad("the stand-in knows columns only"));
        }
        let columns = self.at(&range["sheetId"])?.columns;
        let start = number(&range["startIndex"]).unwrap_or(0);
        let end = number(&range["endIndex"]).unwrap_or(columns);
        if start >= end || end > columns {
            return Err(bad("Range exceeds grid limits"));
        }
        Ok((start, end))
    }
}

fn text_value(text: &str) -> Result<Val, Refused> {
    if text.encode_utf16().count() > 50_000 {
        return Err(bad(
            "Your input contains more than the maximum of 50000 characters in a single cell.",
        ));
    }
    Ok(if text.is_empty() {
        Val::Empty
    } else {
        Val::Text(text.into())
    })
}
