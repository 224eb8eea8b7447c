//! What readers that are not ours read back: Python's `csv` module, and `duckdb` where `python3` can
//! import it.

mod common;
#[path = "common/known.rs"]
mod known;

use std::collections::HashMap;

use common::{HEADER, contact, contacts, export, export_run, nasty};
use whapi_export::ClassifiedContact;
use whapi_test_support::Python;

type Lines = Vec<Vec<String>>;

const CSV_MODULE: &str = r"
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    json.dump(list(csv.reader(file, strict=True)), sys.stdout)
";

/// With nothing said about the file but that all of it is text.
const DUCKDB: &str = r"
import json, sys, duckdb
file = duckdb.read_csv(sys.argv[1], all_varchar=True)
lines = [[cell or '' for cell in line] for line in file.fetchall()]
json.dump([file.columns] + lines, sys.stdout)
";

/// The cells by the names of their columns, as importers look for them.
const BY_NAME: &str = r"
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    json.dump(list(csv.DictReader(file, strict=True)), sys.stdout)
";

fn check_nasty(script: &str, module: &str) {
    let cases = nasty();
    let bytes = export([], &contacts(&cases)).0;
    if let Some(python) = Python::with(module) {
        let found: Lines = python.read_file(script, &bytes, ".csv");
        let mut expected = vec![HEADER.map(str::to_owned).to_vec()];
        expected.extend(cases.iter().map(|case| case.cells.to_vec()));
        assert_eq!(found, expected);
    }
}

/// Every character up to U+00FF and some beyond, first, amid and last in a cell.
fn check_characters(script: &str, module: &str) {
    let odd = [
        '\u{200b}',
        '\u{2028}',
        '\u{2029}',
        '\u{feff}',
        '\u{fffd}',
        '\u{ffff}',
        '\u{1f469}',
    ];
    let texts: Vec<_> = ('\u{1}'..='\u{ff}')
        .chain(odd)
        .flat_map(|c| {
            [
                format!("{c}a"),
                format!("a{c}a"),
                format!("a{c}"),
                c.to_string(),
            ]
        })
        .collect();
    let people: Vec<_> = texts
        .iter()
        .map(|text| ClassifiedContact::new(contact("49151", Some(text), None, None)))
        .collect();
    let options = [("formula_guard", "off"), ("columns", "phone,name,kind")];
    let bytes = export(options, &people).0;
    if let Some(python) = Python::with(module) {
        let found: Lines = python.read_file(script, &bytes, ".csv");
        let mut expected = vec![["phone", "name", "kind"]];
        expected.extend(texts.iter().map(|text| ["+49151", text, "phone"]));
        assert_eq!(found, expected);
    }
}

#[test]
fn pythons_csv_module_reads_nasty_contacts() {
    check_nasty(CSV_MODULE, "csv");
}

#[test]
fn pythons_csv_module_reads_every_character() {
    check_characters(CSV_MODULE, "csv");
}

#[test]
fn duckdb_reads_nasty_contacts() {
    check_nasty(DUCKDB, "duckdb");
}

#[test]
fn duckdb_reads_every_character() {
    check_characters(DUCKDB, "duckdb");
}

type Row = HashMap<String, String>;

/// The rows of a profile's file over contacts of which everything is known.
fn rows(profile: &str) -> Option<Vec<Row>> {
    let file = export_run([("profile", profile)], &known::run(), &known::contacts()).0;
    Some(Python::with("csv")?.read_file(BY_NAME, &file, ".csv"))
}

#[track_caller]
fn check_row(rows: &[Row], place: usize, expected: &[(&str, &str)]) {
    let filled: HashMap<_, _> = rows[place]
        .iter()
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(name, cell)| (name.as_str(), cell.as_str()))
        .collect();
    assert_eq!(filled, expected.iter().copied().collect());
}

const DISCOVERED: &str = "WhatsApp: discovered through a group or chat. Until it is saved it cannot be edited or deleted there.";

#[test]
fn googles_columns_by_name() {
    let Some(rows) = rows("google") else { return };
    assert_eq!(rows.len(), known::contacts().len());
    check_row(
        &rows,
        1,
        &[
            ("First Name", "Bruno Muster"),
            (
                "Notes",
                "WhatsApp: saved in the address book.\n\
                 In the list for: address book, private chat\n\
                 Last activity in the private chat: 2026-01-01T00:00:00Z\n\
                 Labels: =new; paid; twice\n\
                 Name on WhatsApp: bruno",
            ),
            ("Labels", "* myContacts ::: WhatsApp saved"),
            ("Phone 1 - Label", "Mobile"),
            ("Phone 1 - Value", "+447700900001"),
        ],
    );
    let labels: Vec<_> = rows[4]["Labels"].split(" ::: ").collect();
    assert_eq!(
        labels,
        [
            "* myContacts",
            "WhatsApp discovered",
            "Rowing, Sundays",
            "120363000000000002@g.us",
            "starred :: =1+1;'@SUM(1)  \"x\"",
        ]
    );
    let group = rows
        .iter()
        .find(|row| row["First Name"] == "A group")
        .unwrap();
    assert_eq!(
        (&*group["Phone 1 - Label"], &*group["Phone 1 - Value"]),
        ("", "")
    );
}

#[test]
fn outlooks_columns_by_name() {
    let Some(rows) = rows("outlook") else { return };
    assert_eq!(rows.len(), known::contacts().len());
    let notes = format!(
        "{DISCOVERED}\nThe same person's other WhatsApp id: 84958372615243@lid\n\
         In the list for: group\nGroups: Rowing, Sundays (admin)"
    );
    check_row(
        &rows,
        2,
        &[
            ("First Name", "Chloé"),
            ("Mobile Phone", "+447700900002"),
            ("Web Page", "https://wa.me/447700900002"),
            ("Notes", &notes),
        ],
    );
}

#[test]
fn hubspots_columns_by_name() {
    let Some(rows) = rows("hubspot") else { return };
    assert_eq!(rows.len(), known::contacts().len());
    let bruno = [
        ("First name", "Bruno Muster"),
        ("Mobile phone number", "+447700900001"),
    ];
    check_row(&rows, 1, &bruno);
}

#[test]
fn chatwoots_columns_by_name() {
    let Some(rows) = rows("chatwoot") else { return };
    assert_eq!(rows.len(), known::contacts().len());
    check_row(
        &rows,
        6,
        &[
            ("name", "Fatima Example"),
            ("identifier", "447700900006"),
            ("phone_number", "+447700900006"),
            ("whatsapp_standing", "saved"),
            (
                "whatsapp_notes",
                "WhatsApp: saved in the address book.\nIn the list for: address book",
            ),
        ],
    );
}

/// All cells of these profiles, that no reader finds more or fewer of them.
#[test]
fn duckdb_reads_every_profile() {
    for profile in ["plain", "excel", "google", "outlook", "hubspot", "chatwoot"] {
        let options = [("profile", profile)];
        let file = export_run(options, &known::run(), &known::contacts()).0;
        if let (Some(csv), Some(duckdb)) = (Python::with("csv"), Python::with("duckdb")) {
            let mut by_csv: Lines = csv.read_file(CSV_MODULE, &file, ".csv");
            let by_duckdb: Lines = duckdb.read_file(DUCKDB, &file, ".csv");
            let first = &mut by_csv[0][0];
            *first = first.trim_start_matches('\u{feff}').to_owned();
            assert_eq!(by_duckdb, by_csv, "{profile}");
        }
    }
}
