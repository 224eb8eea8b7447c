//! What readers that are not ours read back: Python's `csv` module, and `duckdb` where `python3` can
//! import it.

mod common;

use std::io::Write;
use std::process::Command;

use common::{HEADER, contact, contacts, export, nasty};
use whapi_export::ClassifiedContact;

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

/// The cells that a Python program finds in a file of these bytes. `None` when it cannot run here.
fn read_with(program: &str, needs: &str, bytes: &[u8]) -> Option<Vec<Vec<String>>> {
    let probe = Command::new("python3").args(["-c", needs]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        skip(needs);
        return None;
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let read = Command::new("python3")
        .args(["-c", program])
        .arg(file.path())
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    Some(serde_json::from_slice(&read.stdout).unwrap())
}

/// Says what was not tested, past the test harness, which would swallow it. CI sets the variable:
/// there, nothing is skipped.
#[expect(
    clippy::explicit_write,
    reason = "the harness swallows what eprintln! says"
)]
fn skip(needs: &str) {
    assert!(
        std::env::var_os("WHAPI_REQUIRE_READERS").is_none(),
        "python3 cannot `{needs}`"
    );
    writeln!(std::io::stderr(), "SKIPPED: python3 cannot `{needs}` here").unwrap();
}

fn check_nasty(program: &str, needs: &str) {
    let cases = nasty();
    let bytes = export([], &contacts(&cases)).0;
    if let Some(found) = read_with(program, needs, &bytes) {
        let mut expected = vec![HEADER.map(str::to_owned).to_vec()];
        expected.extend(cases.iter().map(|case| case.cells.to_vec()));
        assert_eq!(found, expected);
    }
}

/// Every character up to U+00FF and some beyond, first, amid and last in a cell.
fn check_characters(program: &str, needs: &str) {
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
    if let Some(found) = read_with(program, needs, &bytes) {
        let mut expected = vec![["phone", "name", "kind"]];
        expected.extend(texts.iter().map(|text| ["+49151", text, "phone"]));
        assert_eq!(found, expected);
    }
}

#[test]
fn pythons_csv_module_reads_nasty_contacts() {
    check_nasty(CSV_MODULE, "import csv");
}

#[test]
fn pythons_csv_module_reads_every_character() {
    check_characters(CSV_MODULE, "import csv");
}

#[test]
fn duckdb_reads_nasty_contacts() {
    check_nasty(DUCKDB, "import duckdb");
}

#[test]
fn duckdb_reads_every_character() {
    check_characters(DUCKDB, "import duckdb");
}
