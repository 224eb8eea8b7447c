//! Every cell as calamine reads it, and that there is nothing but text.

mod common;

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use common::{Sheet, all_contacts, expected_sheets, export, text_of};
use whapi_export::Available;
use whapi_export::conformance::{all_available, known_contacts, sample_contacts};

/// The cells of all sheets. Every one has to be a text or empty, and no formula.
fn read(bytes: Vec<u8>) -> Vec<Sheet> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).unwrap();
        assert!(formulas.used_cells().next().is_none());
        let cells = workbook.worksheet_range(&name).unwrap();
        assert_eq!(cells.start(), Some((0, 0)));
        let rows = cells.rows().map(|row| row.iter().map(text_of).collect());
        sheets.push((name.clone(), rows.collect()));
    }
    sheets
}

/// A line per cell that is not empty: text snapshots show every character that way.
fn listed(sheets: &[Sheet]) -> String {
    let mut lines = Vec::new();
    for (name, rows) in sheets {
        let (header, rows) = rows.split_first().unwrap();
        lines.push(name.clone());
        lines.push(format!("  {}", header.join(" | ")));
        lines.extend(rows.iter().map(|row| {
            let cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let cells: Vec<_> = cells
                .map(|(name, cell)| format!("{name} {cell:?}"))
                .collect();
            format!("  - {}", cells.join(", "))
        }));
    }
    lines.join("\n")
}

#[test]
fn ordinary_contacts() {
    let (bytes, report, summary) = export(Available::default(), &sample_contacts());
    insta::assert_snapshot!("sample_contacts", listed(&read(bytes)));
    assert_eq!((report.written, report.altered), (9, 0));
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn contacts_of_whom_everything_is_known() {
    let (bytes, report, _) = export(all_available(), &known_contacts());
    insta::assert_snapshot!("known_contacts", listed(&read(bytes)));
    assert_eq!((report.written, report.altered), (6, 0));
}

#[test]
fn every_cell_comes_back() {
    let mut available = all_available();
    available.reasons = false;
    for available in [Available::default(), available] {
        let contacts = all_contacts();
        let (bytes, report, summary) = export(available, &contacts);
        assert_eq!(read(bytes), expected_sheets(available, &contacts));
        assert_eq!((report.written, report.altered), (74, 13));
        assert_eq!(summary.warnings, CHANGED);
    }
}

const CHANGED: [&str; 2] = [
    "11 cells held control characters that a workbook cannot hold; they were left out, and line ends \
     became LF.",
    "2 cells held more than the 32,767 characters that Excel takes, and were cut.",
];

#[test]
fn no_contacts_still_have_three_sheets_with_a_header() {
    let (bytes, ..) = export(all_available(), &[]);
    assert_eq!(read(bytes), expected_sheets(all_available(), &[]));
}

#[test]
fn the_same_contacts_give_the_same_checksum() {
    let run = || export(all_available(), &all_contacts()).2.sha256.unwrap();
    assert_eq!(run(), run());
}
