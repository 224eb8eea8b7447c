//! The exact bytes, as snapshots (look at a changed one before accepting it), and what the csv
//! crate reads from them.

mod common;

use common::{HEADER, contact, contacts, export, nasty};
use csv::ReaderBuilder;
use proptest::prelude::*;
use whapi_export::ClassifiedContact;

#[test]
fn nasty_contacts() {
    let (bytes, report, summary) = export([], &contacts(&nasty()));
    insta::assert_binary_snapshot!("nasty_contacts.csv", bytes);
    assert_eq!(report.written, 46);
    assert_eq!(report.altered, 42);
    assert_eq!(
        summary.warnings,
        [
            "40 cells that a spreadsheet could take for formulas were given an apostrophe; \
             `csv.formula_guard=off` turns this off.",
            "6 cells held NUL characters, at which some readers stop; they were left out.",
        ]
    );
}

#[test]
fn nasty_contacts_without_the_guard() {
    let (bytes, report, summary) = export([("formula_guard", "off")], &contacts(&nasty()));
    insta::assert_binary_snapshot!("nasty_contacts_without_the_guard.csv", bytes);
    assert_eq!(report.altered, 6);
    assert_eq!(
        summary.warnings,
        ["6 cells held NUL characters, at which some readers stop; they were left out."]
    );
}

#[test]
fn nasty_contacts_with_semicolons() {
    let (bytes, ..) = export([("separator", "semicolon")], &contacts(&nasty()));
    insta::assert_binary_snapshot!("nasty_contacts_with_semicolons.csv", bytes);
}

#[test]
fn nasty_contacts_with_tabs() {
    let (bytes, ..) = export([("separator", "tab")], &contacts(&nasty()));
    insta::assert_binary_snapshot!("nasty_contacts_with_tabs.csv", bytes);
}

/// The same text in another encoding, whatever the profile says about a byte order mark.
#[test]
fn nasty_contacts_in_utf_16() {
    for profile in ["plain", "excel"] {
        let options = [("profile", profile), ("separator", "tab")];
        let (utf_8, written, _) = export(options, &contacts(&nasty()));
        let text = String::from_utf8(utf_8).unwrap();
        let text = format!("\u{feff}{}", text.trim_start_matches('\u{feff}'));
        let expected: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();

        let options = [&options[..], &[("encoding", "utf-16le")]].concat();
        let (bytes, report, _) = export(options, &contacts(&nasty()));
        assert_eq!(bytes, expected);
        assert_eq!(report.written, 46);
        assert_eq!(report.altered, written.altered);
        assert_eq!(bytes[..8], *b"\xff\xfei\0d\0\t\0");
    }
}

#[test]
fn nasty_contacts_in_windows_1252() {
    let options = [("encoding", "windows-1252")];
    let (bytes, _, summary) = export(options, &contacts(&nasty()));
    insta::assert_binary_snapshot!("nasty_contacts_in_windows_1252.csv", bytes);
    assert_eq!(
        summary.warnings[2],
        "46 characters that windows-1252 lacks became `?`; `csv.encoding=utf-16le` or `utf-8` keeps \
         all."
    );
    let options = [("encoding", "windows-1252"), ("profile", "excel")];
    let ada = contact("447700900101", None, Some("Zoë’s €"), None);
    let options = [&options[..], &[("columns", "pushname")]].concat();
    let (bytes, _, summary) = export(options, &[ada.into()]);
    assert_eq!(bytes, b"pushname\r\nZo\xeb\x92s \x80\r\n");
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn all_columns() {
    let ada = contact("4915112345678", Some("Ada"), None, Some(true))
        .with_is_business(true)
        .with_about("=available")
        .with_profile_pic("https://pps.example/a.jpg?x=1,2")
        .with_profile_pic_full("https://pps.example/a-full.jpg");
    let others = [
        contact("601111311480", None, None, Some(false)),
        contact("84958372615243@lid", None, Some("Hidden"), Some(false)),
        contact("status@broadcast", None, None, None),
    ];
    let all: Vec<_> = [ada]
        .into_iter()
        .chain(others)
        .map(ClassifiedContact::new)
        .collect();
    let (bytes, report, _) = export([("columns", "all")], &all);
    insta::assert_binary_snapshot!("all_columns.csv", bytes);
    assert_eq!(report.altered, 1);
}

#[test]
fn no_contacts_still_have_a_header() {
    let (bytes, _, summary) = export([], &[]);
    insta::assert_binary_snapshot!("no_contacts.csv", bytes);
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn a_line_of_one_empty_cell_is_a_line() {
    let nameless = ClassifiedContact::new(contact("49151", None, None, None));
    let (bytes, ..) = export([("columns", "name")], &[nameless]);
    assert_eq!(bytes, b"name\r\n\"\"\r\n");
}

fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes)
        .into_records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn every_cell_of_nasty_contacts_comes_back() {
    let cases = nasty();
    let mut expected = vec![HEADER.map(str::to_owned).to_vec()];
    expected.extend(cases.iter().map(|case| case.cells.to_vec()));
    assert_eq!(read(&export([], &contacts(&cases)).0), expected);
}

proptest! {
    // Failing cases are printed and not kept: there is no place for them beside this file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_without_the_guard(
        texts in prop::collection::vec("(?s:.){0,6}|[,\"\r\n\\\\;=\0a]{0,6}", 1..6),
    ) {
        let people: Vec<_> = texts
            .iter()
            .map(|text| ClassifiedContact::new(contact("49151", Some(text), None, None)))
            .collect();
        let options = [("formula_guard", "off"), ("columns", "name,phone")];
        let mut expected = vec![["name".to_owned(), "phone".to_owned()]];
        expected.extend(texts.iter().map(|text| [text.replace('\0', ""), "+49151".to_owned()]));
        prop_assert_eq!(read(&export(options, &people).0), expected);
    }
}
