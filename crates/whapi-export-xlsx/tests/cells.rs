//! Every cell as calamine reads it, and that there is nothing but text.

mod common;

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use common::{Sheet, all_contacts, expected_sheets, export, text_of};
use whapi_export::conformance::{all_available, channel_contacts, known_contacts, sample_contacts};
use whapi_export::{Available, whapi_classify};
use whapi_export_xlsx::XlsxSheets::{One, Standing};

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
    let (bytes, report, summary) = export(One, Available::default(), &sample_contacts());
    insta::assert_snapshot!("sample_contacts", listed(&read(bytes)));
    assert_eq!((report.written, report.altered), (9, 0));
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn contacts_of_whom_everything_is_known() {
    let (bytes, report, _) = export(Standing, all_available(), &known_contacts());
    insta::assert_snapshot!("known_contacts", listed(&read(bytes)));
    assert_eq!((report.written, report.altered), (6, 0));
}

#[test]
fn contacts_of_several_channels() {
    let mut available = Available::default();
    available.channels = true;
    for sheets in [One, Standing] {
        let contacts = channel_contacts();
        let (bytes, report, _) = export(sheets, available, &contacts);
        assert_eq!(read(bytes), expected_sheets(sheets, available, &contacts));
        assert_eq!((report.written, report.altered), (4, 0));
    }
    let (bytes, ..) = export(One, available, &channel_contacts());
    insta::assert_snapshot!("channel_contacts", listed(&read(bytes)));
}

#[test]
fn every_cell_comes_back() {
    let mut available = all_available();
    available.reasons = false;
    for sheets in [One, Standing] {
        for available in [Available::default(), available] {
            let contacts = all_contacts();
            let (bytes, report, summary) = export(sheets, available, &contacts);
            assert_eq!(read(bytes), expected_sheets(sheets, available, &contacts));
            assert_eq!((report.written, report.altered), (90, 13));
            assert_eq!(summary.warnings, CHANGED);
        }
    }
}

const CHANGED: [&str; 2] = [
    "11 cells held control characters that a workbook cannot hold; they were left out, and line ends \
     became LF.",
    "2 cells held more than the 32,767 characters that Excel takes, and were cut.",
];

#[test]
fn no_contacts_still_have_a_sheet_with_a_header() {
    for sheets in [One, Standing] {
        let (bytes, ..) = export(sheets, all_available(), &[]);
        assert_eq!(read(bytes), expected_sheets(One, all_available(), &[]));
    }
}

#[test]
fn a_standing_without_contacts_has_no_sheet() {
    let mut contacts = all_contacts();
    contacts.retain(|contact| contact.standing() != whapi_classify::Standing::Saved);
    let found = read(export(Standing, Available::default(), &contacts).0);
    let expected = expected_sheets(Standing, Available::default(), &contacts);
    assert_eq!(found, expected[1..]);
    assert_eq!(found[0].0, "Discovered");
}

#[test]
fn the_same_contacts_give_the_same_checksum() {
    for sheets in [One, Standing] {
        let run = || {
            let (_, _, summary) = export(sheets, all_available(), &all_contacts());
            summary.sha256.unwrap()
        };
        assert_eq!(run(), run());
    }
}
