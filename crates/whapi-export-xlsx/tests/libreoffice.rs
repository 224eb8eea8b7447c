//! What LibreOffice makes of the workbook: it opens it and saves it anew, and every cell is still the
//! same text. Skipped with a word where there is no `soffice`.

mod common;

use std::io::Write;
use std::process::Command;

use calamine::{Reader, Xlsx, open_workbook};
use common::{everybody, expected_sheets, export};
use whapi_export::conformance::all_available;

/// The workbook as LibreOffice saves it, with a folder to live in. `None` when there is none.
fn saved_anew(bytes: &[u8], ending: &str) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    if Command::new("soffice").arg("--version").output().is_err() {
        skip();
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("contacts.xlsx"), bytes).unwrap();
    let profile = folder.path().join("profile");
    let ran = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--convert-to", ending, "--outdir", "anew"])
        .arg("contacts.xlsx")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let path = folder.path().join(format!("anew/contacts.{ending}"));
    Some((folder, path))
}

/// Says what was not tested, past the test harness, which would swallow it.
#[expect(
    clippy::explicit_write,
    reason = "the harness swallows what eprintln! says"
)]
fn skip() {
    writeln!(std::io::stderr(), "SKIPPED: there is no `soffice` here").unwrap();
}

/// A name that looks like two of Excel's escapes with one `_` between them.
const TWO_ESCAPES: &str = "__x0041_x0042_";

#[test]
#[ignore = "slow tier: starts LibreOffice"]
fn every_cell_is_the_same_text_after_libreoffice_saved_it() {
    let mut available = all_available();
    available.reasons = false;
    let mut contacts = everybody();
    // LibreOffice reads it and, when it writes, misses the second of two escapes that overlap.
    contacts.retain(|contact| contact.display_name().text() != TWO_ESCAPES);
    let Some((_folder, path)) = saved_anew(&export(available, &contacts).0, "xlsx") else {
        return;
    };
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    for (title, expected) in expected_sheets(available, &contacts) {
        let formulas = workbook.worksheet_formula(&title).unwrap();
        assert!(formulas.used_cells().next().is_none());
        let cells = workbook.worksheet_range(&title).unwrap();
        for (row, expected) in cells.rows().zip(&expected) {
            let texts: Vec<_> = row.iter().map(common::text_of).collect();
            assert_eq!(texts, *expected);
        }
        assert_eq!(cells.height(), expected.len());
    }
}

#[test]
#[ignore = "slow tier: starts LibreOffice"]
fn libreoffice_finds_no_formula_no_number_and_no_link() {
    let bytes = export(all_available(), &everybody()).0;
    if let Some((_folder, path)) = saved_anew(&bytes, "fods") {
        let xml = std::fs::read_to_string(path).unwrap();
        assert!(xml.matches("office:value-type=\"string\"").count() > 500);
        for other in ["float", "date", "time", "boolean", "percentage", "currency"] {
            assert!(!xml.contains(&format!("office:value-type=\"{other}\"")));
        }
        assert!(xml.contains(&format!("<text:p>{TWO_ESCAPES}</text:p>")));
        assert!(!xml.contains(" table:formula="));
        assert!(!xml.contains("<text:a "));
    }
}
