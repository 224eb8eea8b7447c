//! What a reader that is not ours finds in the workbook: `openpyxl`, where `python3` can import it.

#[expect(
    dead_code,
    reason = "what a cell of calamine's holds is for the other readers"
)]
mod common;

use common::{all_contacts, expected_sheets, export};
use serde_json::Value;
use whapi_export::Available;
use whapi_export::conformance::all_available;
use whapi_test_support::Python;

const OPENPYXL: &str = r"
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
def look(sheet):
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    columns = sheet.column_dimensions.values()
    return {
        'title': sheet.title,
        'rows': [[cell.value or '' for cell in row] for row in sheet.iter_rows()],
        'types': sorted({cell.data_type for cell in cells}),
        'formats': sorted({styled.number_format for styled in [*cells, *columns]}),
        'bold': sorted({cell.row for cell in cells if cell.font.bold}),
        'links': sum(cell.hyperlink is not None for cell in cells),
        'frozen': sheet.freeze_panes,
        'filter': sheet.auto_filter.ref,
        'narrowest': min(column.width for column in columns),
    }
times = [book.properties.created.isoformat(), book.properties.modified.isoformat()]
json.dump({'times': times, 'sheets': [look(sheet) for sheet in book]}, sys.stdout)
";

/// Reads the workbook with openpyxl. `None` when it is not installed.
fn read(bytes: &[u8]) -> Option<Value> {
    Some(Python::with("openpyxl")?.read_file(OPENPYXL, bytes, ".xlsx"))
}

#[test]
fn openpyxl_reads_every_cell_as_text() {
    let mut available = all_available();
    available.reasons = false;
    let contacts = all_contacts();
    let Some(found) = read(&export(available, &contacts).0) else {
        return;
    };
    let sheets = found["sheets"].as_array().unwrap();
    for (sheet, (title, rows)) in sheets.iter().zip(expected_sheets(available, &contacts)) {
        assert_eq!(sheet["title"], title);
        let rows: Vec<Vec<_>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| as_openpyxl_shows(cell)).collect())
            .collect();
        for (found, expected) in sheet["rows"].as_array().unwrap().iter().zip(&rows) {
            assert_eq!(*found, Value::from(expected.clone()));
        }
        assert_eq!(sheet["rows"], Value::from(rows));
        assert_eq!(
            sheet["types"],
            Value::from(vec!["s"]),
            "no formula, no number"
        );
        assert_eq!(sheet["formats"], Value::from(vec!["@"]));
        assert_eq!(sheet["links"], 0);
    }
    assert_eq!(sheets.len(), 3);
}

/// Excel writes a text that looks like one of its escapes with an escape before it, and takes that
/// away when it reads. openpyxl leaves it there.
fn as_openpyxl_shows(cell: &str) -> String {
    match cell {
        "_x0041_" | "_x000D_" | "_x005F_" => format!("_x005F{cell}"),
        "__x0041_x0042_" => "__x005F_x0041_x005F_x0042_".to_owned(),
        other => other.to_owned(),
    }
}

#[test]
fn the_header_stays_in_view_and_has_a_filter() {
    let Some(found) = read(&export(Available::default(), &all_contacts()).0) else {
        return;
    };
    for sheet in found["sheets"].as_array().unwrap() {
        assert_eq!(sheet["frozen"], "A2");
        assert_eq!(sheet["bold"], Value::from(vec![1]));
        let rows = sheet["rows"].as_array().unwrap().len();
        assert_eq!(sheet["filter"], format!("A1:M{rows}"));
        assert!(sheet["narrowest"].as_f64().unwrap() > 8.0);
    }
}

#[test]
fn no_time_is_written() {
    if let Some(found) = read(&export(Available::default(), &[]).0) {
        let fixed = "1980-01-01T00:00:00";
        assert_eq!(found["times"], Value::from(vec![fixed, fixed]));
    }
}
