//! What readers that are not ours find in the workbook: `openpyxl`, `pandas`, and Python's own reader of
//! XML.

#[expect(
    dead_code,
    reason = "what a cell of calamine's holds is for the other readers"
)]
mod common;

use common::{all_contacts, expected_sheets, export};
use serde_json::{Value, json};
use whapi_export::Available;
use whapi_export::conformance::{all_available, sample_contacts};
use whapi_export_xlsx::XlsxSheets::{One, Standing};
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
        'page': [sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage,
                 sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.print_title_rows],
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
    for sheets in [One, Standing] {
        let Some(found) = read(&export(sheets, available, &contacts).0) else {
            return;
        };
        let found = found["sheets"].as_array().unwrap();
        let expected = expected_sheets(sheets, available, &contacts);
        assert_eq!(found.len(), expected.len());
        for (sheet, (title, rows)) in found.iter().zip(expected) {
            assert_eq!(sheet["title"], title);
            check_rows(&sheet["rows"], &rows);
            assert_eq!(
                sheet["types"],
                Value::from(vec!["s"]),
                "no formula, no number"
            );
            assert_eq!(sheet["formats"], Value::from(vec!["@"]));
            assert_eq!(sheet["links"], 0);
        }
    }
}

/// Compares row by row: a failure shows one.
#[track_caller]
fn check_rows(found: &Value, expected: &[Vec<String>]) {
    let found = found.as_array().unwrap();
    for (found, expected) in found.iter().zip(expected) {
        let expected: Vec<_> = expected.iter().map(|cell| openpyxl_shows(cell)).collect();
        assert_eq!(*found, Value::from(expected));
    }
    assert_eq!(found.len(), expected.len());
}

/// Excel writes a text that looks like one of its escapes with the escape `_x005F_` for its first
/// character. openpyxl takes every `x005F_` away, also where it is the text itself.
fn openpyxl_shows(cell: &str) -> &str {
    if cell == "_x005F_" { "_" } else { cell }
}

#[test]
fn the_header_stays_in_view_and_has_a_filter() {
    let Some(found) = read(&export(Standing, Available::default(), &all_contacts()).0) else {
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
fn pages_are_landscape_one_wide_and_repeat_the_header() {
    let Some(found) = read(&export(Standing, Available::default(), &all_contacts()).0) else {
        return;
    };
    let sheets = found["sheets"].as_array().unwrap();
    assert_eq!(sheets.len(), 3);
    for sheet in sheets {
        // `None` is the file format's default: one.
        let page = json!(["landscape", true, null, 0, "$1:$1"]);
        assert_eq!(sheet["page"], page);
    }
}

#[test]
fn no_time_is_written() {
    if let Some(found) = read(&export(One, Available::default(), &[]).0) {
        let fixed = "1980-01-01T00:00:00";
        assert_eq!(found["times"], Value::from(vec![fixed, fixed]));
    }
}

const PANDAS: &str = r"
import json, sys, pandas
guessed = pandas.read_excel(sys.argv[1])
frame = pandas.read_excel(sys.argv[1], dtype=str, keep_default_na=False)
rows = [list(frame.columns), *frame.values.tolist()]
json.dump({'guessed': len(guessed), 'rows': rows}, sys.stdout)
";

#[test]
fn pandas_reads_all_rows_of_the_default_workbook() {
    let Some(python) = Python::with("pandas, openpyxl") else {
        return;
    };
    let contacts = all_contacts();
    let bytes = export(One, Available::default(), &contacts).0;
    let found: Value = python.read_file(PANDAS, &bytes, ".xlsx");
    assert_eq!(found["guessed"], contacts.len());
    let expected = expected_sheets(One, Available::default(), &contacts);
    check_rows(&found["rows"], &expected[0].1);
}

/// Every part of the archive by Python's own readers of archives and of XML.
const XML: &str = r"
import json, sys, zipfile
from xml.etree import ElementTree
MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
archive = zipfile.ZipFile(sys.argv[1])
parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
texts = parts['xl/sharedStrings.xml']
items = texts.findall(MAIN + 'si')
sheets = [part for name, part in parts.items() if name.startswith('xl/worksheets/sheet')]
def look(sheet):
    cells = list(sheet.iter(MAIN + 'c'))
    kinds = {(cell.get('t'), tuple(child.tag.removeprefix(MAIN) for child in cell)) for cell in cells}
    return {
        'cells': len(cells),
        'kinds': sorted(kinds),
        'dimension': sheet.find(MAIN + 'dimension').get('ref'),
        'highest': max(int(cell.find(MAIN + 'v').text) for cell in cells),
    }
json.dump({
    'bad': archive.testzip(),
    'inline': [name for name in parts if b'inlineStr' in archive.read(name)],
    'runs': sum(1 for _ in texts.iter(MAIN + 'r')),
    'count': int(texts.get('count')),
    'unique': int(texts.get('uniqueCount')),
    'items': len(items),
    'different': len({''.join(item.itertext()) for item in items}),
    'sheets': [look(sheet) for sheet in sheets],
}, sys.stdout)
";

#[test]
fn every_cell_is_a_shared_string() {
    let Some(python) = Python::with("json") else {
        return;
    };
    let contacts = all_contacts();
    for sheets in [One, Standing] {
        let bytes = export(sheets, all_available(), &contacts).0;
        let found: Value = python.read_file(XML, &bytes, ".xlsx");
        assert_eq!(found["bad"], Value::Null);
        assert_eq!(found["inline"], json!([]));
        assert_eq!(found["runs"], 0, "no text becomes formatted text");
        let expected = expected_sheets(sheets, all_available(), &contacts);
        let looked = found["sheets"].as_array().unwrap();
        assert_eq!(looked.len(), expected.len());
        let (mut cells, mut highest) = (0, 0);
        for (sheet, (_, rows)) in looked.iter().zip(expected) {
            assert_eq!(sheet["kinds"], json!([["s", ["v"]]]));
            assert_eq!(sheet["dimension"], format!("A1:U{}", rows.len()));
            cells += sheet["cells"].as_u64().unwrap();
            highest = highest.max(sheet["highest"].as_u64().unwrap());
        }
        assert_eq!(found["count"], cells);
        assert_eq!(found["unique"], highest + 1);
        assert_eq!(found["items"], found["unique"]);
        assert_eq!(found["different"], found["unique"]);
    }
}

/// The bytes of the parts that this crate writes itself.
const PARTS: &str = r"
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
def lines(name):
    xml = archive.read(name).decode()
    return xml.replace('><row', '>\n<row').replace('</sheetData>', '\n</sheetData>').replace('<si>', '\n<si>')
json.dump([lines('xl/worksheets/sheet1.xml'), lines('xl/sharedStrings.xml')], sys.stdout)
";

#[test]
fn the_xml_of_a_sheet_and_of_the_texts() {
    let Some(python) = Python::with("json") else {
        return;
    };
    let bytes = export(One, Available::default(), &sample_contacts()[..2]).0;
    let parts: Vec<String> = python.read_file(PARTS, &bytes, ".xlsx");
    insta::assert_snapshot!("parts", parts.join("\n\n"));
}
