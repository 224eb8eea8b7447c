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

/// The same for any encoding and separator.
const ANY_DIALECT: &str = r"
import csv, json, sys
with open(sys.argv[1], newline='', encoding='ENCODING') as file:
    json.dump(list(csv.reader(file, strict=True, delimiter='SEPARATOR')), sys.stdout)
";

/// A file in UTF-8, with the characters that windows-1252 lacks as Python replaces them.
const IN_WINDOWS_1252: &str = r"
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    lines = list(csv.reader(file, strict=True))
cells = lambda line: [cell.encode('cp1252', 'replace').decode('cp1252') for cell in line]
json.dump([cells(line) for line in lines], sys.stdout)
";

/// With nothing said about the file but its encoding and that all of it is text.
const DUCKDB_IN_UTF_16: &str = r#"
import json, sys, duckdb
sql = "SELECT * FROM read_csv($path, all_varchar=true, encoding='utf-16')"
file = duckdb.sql(sql, params={'path': sys.argv[1]})
lines = [[cell or '' for cell in line] for line in file.fetchall()]
json.dump([file.columns] + lines, sys.stdout)
"#;

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

/// The separators as options and as Python names them.
const SEPARATORS: [(&str, &str); 3] = [("comma", ","), ("semicolon", ";"), ("tab", "\\t")];

/// The cells that a reader must find, whatever the separator and the encoding.
fn nasty_lines() -> Lines {
    let cases = nasty();
    let cells = cases.iter().map(|case| case.cells.to_vec());
    [HEADER.map(str::to_owned).to_vec()]
        .into_iter()
        .chain(cells)
        .collect()
}

/// The options, and what they make of nasty contacts.
fn in_dialect(separator: &str, encoding: &str) -> Vec<u8> {
    let options = [("separator", separator), ("encoding", encoding)];
    export(options, &contacts(&nasty())).0
}

#[test]
fn pythons_csv_module_reads_every_separator_and_encoding() {
    let Some(python) = Python::with("csv") else {
        return;
    };
    let read = |bytes: &[u8], encoding: &str, separator: &str| -> Lines {
        let script = ANY_DIALECT.replace("ENCODING", encoding);
        python.read_file(&script.replace("SEPARATOR", separator), bytes, ".csv")
    };
    for (name, separator) in SEPARATORS {
        let utf_8 = in_dialect(name, "utf-8");
        assert_eq!(read(&utf_8, "utf-8", separator), nasty_lines());
        let utf_16 = in_dialect(name, "utf-16le");
        assert_eq!(read(&utf_16, "utf-16", separator), nasty_lines());
        let windows = in_dialect(name, "windows-1252");
        let expected: Lines =
            python.read_file(IN_WINDOWS_1252, &in_dialect("comma", "utf-8"), ".csv");
        assert_eq!(read(&windows, "cp1252", separator), expected);
    }
}

#[test]
fn duckdb_reads_every_separator_and_utf_16() {
    let Some(python) = Python::with("duckdb") else {
        return;
    };
    for (name, _) in SEPARATORS {
        let found: Lines = python.read_file(DUCKDB, &in_dialect(name, "utf-8"), ".csv");
        assert_eq!(found, nasty_lines(), "{name}");
        let utf_16 = in_dialect(name, "utf-16le");
        let found: Lines = python.read_file(DUCKDB_IN_UTF_16, &utf_16, ".csv");
        assert_eq!(found, nasty_lines(), "{name} in UTF-16");
    }
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

const DISCOVERED: &str = "WhatsApp: in a group or chat.\nSave it to edit or delete it.";

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
            "starred :: =1+1;@SUM(1)  \"x\"",
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
        ("WhatsApp ID", "447700900001"),
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
