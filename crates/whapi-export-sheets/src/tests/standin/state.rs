//! The spreadsheet, the journal of requests and the scripted faults.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use super::refused::{Refused, bad, number, only};
use super::sheet::{Area, Meta, Sheet};

pub(crate) const ID: &str = "1standin-Spreadsheet_id";
pub(crate) const TOKEN: &str = "test-token";
/// A token whose scope allows only reads.
pub(crate) const READ_ONLY_TOKEN: &str = "read-only-token";
/// The token of another reader, who has no quota and is not in the journal.
pub(crate) const POLLER: &str = "poller-token";
/// The quota of requests of one kind per user and minute.
pub(super) const QUOTA: usize = 60;

const MOST_CELLS: usize = 10_000_000;

/// A fault of a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The request is not applied. The answer has this status and `Retry-After`.
    Status(u16, Option<&'static str>),
    /// The request is not applied. The answer has this status and this body as JSON.
    Says(u16, String),
    /// The request is not applied. The answer is an HTML page with this status.
    Html(u16),
    /// The request is not applied, and the connection is closed.
    CutBefore,
    /// The request is applied, and the connection is closed without an answer.
    CutAfter,
    /// The request is applied, and the answer has this status.
    StatusAfter(u16),
    /// The request is applied, and the answer is cut off.
    Truncated,
}

/// What people do to the tab `Contacts` before a request is answered.
#[derive(Default)]
pub(super) struct Edits(pub(super) BTreeMap<usize, Edit>);

pub(super) type Edit = Box<dyn FnOnce(&mut Sheet) + Send>;

impl std::fmt::Debug for Edits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edits({})", self.0.len())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
    Token,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) path: String,
    pub(crate) bytes: usize,
    /// `None` if the connection was closed.
    pub(crate) status: Option<u16>,
    pub(crate) body: Value,
}

#[derive(Debug, Default)]
pub(super) struct StandInState {
    pub(super) sheets: Vec<Sheet>,
    pub(super) next_tag: i64,
    pub(super) journal: Vec<Entry>,
    pub(super) faults: BTreeMap<usize, Fault>,
    pub(super) every: Option<(usize, Fault)>,
    pub(super) edits: Edits,
    pub(super) quotas: BTreeMap<(bool, String), Vec<Duration>>,
    /// Every state of the tab `Contacts`.
    pub(super) history: Vec<Option<Vec<Vec<String>>>>,
    pub(super) keeps_history: bool,
    pub(super) read_only: bool,
    /// The maximum size of a request, in bytes.
    pub(super) most_payload: usize,
}

pub(super) fn lock(state: &Mutex<StandInState>) -> MutexGuard<'_, StandInState> {
    state
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl StandInState {
    pub(super) fn at(&mut self, id: &Value) -> Result<&mut Sheet, Refused> {
        let id = id.as_i64().unwrap_or_default();
        let sheet = self.sheets.iter_mut().find(|sheet| sheet.id == id);
        sheet.ok_or_else(|| bad(format!("No grid with id: {id}")))
    }

    /// Reads a grid range, and checks that it lies within the grid.
    pub(super) fn area(&mut self, range: &Value) -> Result<Area, Refused> {
        let names = [
            "sheetId",
            "startRowIndex",
            "endRowIndex",
            "startColumnIndex",
            "endColumnIndex",
        ];
        only(range, &names)?;
        let sheet = self.at(&range["sheetId"])?;
        let area = (
            number(&range["startRowIndex"]).unwrap_or(0),
            number(&range["endRowIndex"]).unwrap_or(sheet.rows),
            number(&range["startColumnIndex"]).unwrap_or(0),
            number(&range["endColumnIndex"]).unwrap_or(sheet.columns),
        );
        let (top, bottom, left, right) = area;
        if top >= bottom || left >= right || bottom > sheet.rows || right > sheet.columns {
            return Err(bad(format!(
                "Range {area:?} exceeds grid limits. Max rows: {}, max columns: {}",
                sheet.rows, sheet.columns
            )));
        }
        Ok(area)
    }

    pub(super) fn check_size(&self) -> Result<(), Refused> {
        let cells: usize = self
            .sheets
            .iter()
            .map(|sheet| sheet.rows * sheet.columns)
            .sum();
        if cells > MOST_CELLS {
            return Err(bad(
                "This action would increase the number of cells in the workbook above the limit of \
                 10000000 cells.",
            ));
        }
        Ok(())
    }

    /// Makes the spreadsheet: this stand-in has one.
    pub(super) fn create(&mut self, body: &Value) -> Result<Value, Refused> {
        only(body, &["properties", "sheets"])?;
        only(&body["properties"], &["title"])?;
        self.sheets.clear();
        for (id, sheet) in (0..).zip(body["sheets"].as_array().into_iter().flatten()) {
            only(sheet, &["properties"])?;
            let properties = &sheet["properties"];
            only(properties, &["title", "gridProperties"])?;
            let grid = &properties["gridProperties"];
            let size = |name: &str| number(&grid[name]).ok_or_else(|| bad("no size"));
            let title = properties["title"].as_str().unwrap_or_default();
            let sheet = Sheet::new(id, title, size("rowCount")?, size("columnCount")?);
            self.sheets.push(sheet);
        }
        Ok(json!({"spreadsheetId": ID}))
    }

    pub(super) fn spreadsheet(&self) -> Value {
        let metas = |tags: &[Meta]| -> Vec<Value> {
            let show = |tag: &Meta| {
                json!({
                    "metadataId": tag.id, "metadataKey": tag.key, "metadataValue": tag.value,
                    "visibility": "DOCUMENT"
                })
            };
            tags.iter().map(show).collect()
        };
        let sheets = self.sheets.iter().enumerate().map(|(index, sheet)| {
            let mut grid = json!({"rowCount": sheet.rows, "columnCount": sheet.columns});
            if sheet.frozen > 0 {
                grid["frozenRowCount"] = json!(sheet.frozen);
            }
            let columns = sheet
                .column_tags
                .iter()
                .zip(&sheet.widths)
                .map(|(tags, width)| {
                    let mut column = json!({"pixelSize": width});
                    if !tags.is_empty() {
                        column["developerMetadata"] = json!(metas(tags));
                    }
                    column
                });
            let mut shown = json!({
                "properties": {
                    "sheetId": sheet.id, "title": sheet.title, "index": index,
                    "sheetType": "GRID", "gridProperties": grid,
                },
                "data": [{"columnMetadata": columns.collect::<Vec<_>>()}],
            });
            if sheet.hidden {
                shown["properties"]["hidden"] = json!(true);
            }
            if !sheet.tags.is_empty() {
                shown["developerMetadata"] = json!(metas(&sheet.tags));
            }
            if !sheet.protected.is_empty() {
                shown["protectedRanges"] = json!(sheet.protected);
            }
            if let Some(filter) = &sheet.filter {
                shown["basicFilter"] = filter.clone();
            }
            shown
        });
        json!({"spreadsheetId": ID, "sheets": sheets.collect::<Vec<_>>()})
    }

    /// Finds metadata by its key, on tabs and columns.
    pub(super) fn search_metadata(&self, body: &Value) -> Result<Value, Refused> {
        only(body, &["dataFilters"])?;
        let filters = body["dataFilters"].as_array();
        let filters = filters.ok_or_else(|| bad("no filters"))?;
        let mut matched = Vec::new();
        for filter in filters {
            only(filter, &["developerMetadataLookup"])?;
            let lookup = &filter["developerMetadataLookup"];
            only(lookup, &["metadataKey"])?;
            let sheets = self.sheets.iter();
            let tags = sheets
                .flat_map(|sheet| sheet.tags.iter().chain(sheet.column_tags.iter().flatten()));
            let found = tags.filter(|tag| lookup["metadataKey"] == tag.key.as_str());
            matched.extend(found.map(|tag| json!({"developerMetadata": {"metadataId": tag.id}})));
        }
        Ok(json!({"matchedDeveloperMetadata": matched}))
    }

    pub(super) fn batch_get(&self, ranges: &[&str], render: &str) -> Result<Value, Refused> {
        let found: Result<Vec<_>, _> = ranges.iter().map(|range| self.get(range, render)).collect();
        Ok(json!({"spreadsheetId": ID, "valueRanges": found?}))
    }

    fn get(&self, range: &str, render: &str) -> Result<Value, Refused> {
        let unreadable = || bad(format!("Unable to parse range: {range}"));
        let (title, cells) = range.rsplit_once('!').ok_or_else(unreadable)?;
        let title = title
            .strip_prefix('\'')
            .and_then(|title| title.strip_suffix('\''));
        let title = title.ok_or_else(unreadable)?.replace("''", "'");
        let (from, to) = cells.split_once(':').ok_or_else(unreadable)?;
        let (left, top) = a1(from).ok_or_else(unreadable)?;
        let open = to.bytes().all(|letter| letter.is_ascii_uppercase());
        let same = |sheet: &&Sheet| sheet.title.to_lowercase() == title.to_lowercase();
        let sheet = self.sheets.iter().find(same);
        let sheet = sheet.ok_or_else(unreadable)?;
        let to = if open {
            format!("{to}{}", sheet.rows)
        } else {
            to.to_owned()
        };
        let (right, bottom) = a1(&to).ok_or_else(unreadable)?;
        if top > bottom || bottom > sheet.rows || right > sheet.columns {
            return Err(bad(format!("Range ({range}) exceeds grid limits.")));
        }
        let values = sheet.values((top - 1, bottom, left - 1, right), render);
        let mut answer = json!({"range": range, "majorDimension": "ROWS"});
        if !values.is_empty() {
            answer["values"] = Value::Array(values);
        }
        Ok(answer)
    }
}

/// Parses the column and the row of a cell, counted from 1.
fn a1(text: &str) -> Option<(usize, usize)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let letters = text[..digits].bytes();
    let column = letters.fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A' + 1));
    Some((column, text[digits..].parse().ok()?))
}
