//! Tests against the real Google Sheets. Ignored by default; see `docs/testing/sheets.md`.

use std::io::Write;

use whapi_export::conformance::{nasty_contacts, sample_contacts};
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{ClassifiedContact, OpenContext, RunEnd, RunInfo, Summary};

/// The environment variable with the id of a spreadsheet for tests.
const SPREADSHEET: &str = "WHAPI_SHEETS_TEST_SPREADSHEET";

/// The id of the spreadsheet. Without one, prints that the test is skipped.
#[expect(clippy::explicit_write, reason = "the test harness captures eprintln!")]
fn spreadsheet() -> Option<String> {
    let named = std::env::var(SPREADSHEET).ok();
    if named.is_none() {
        writeln!(
            std::io::stderr(),
            "SKIPPED: {SPREADSHEET} names no spreadsheet"
        )
        .unwrap();
    }
    named
}

fn run(spreadsheet: &str, tab: &str, mode: &str, contacts: &[ClassifiedContact]) -> Summary {
    // The credentials come from the environment.
    let ctx = OpenContext::new()
        .with_option("spreadsheet", spreadsheet)
        .with_option("tab", tab)
        .with_option("mode", mode);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut exporter = whapi_export_sheets::definition().open(&ctx).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        for batch in contacts.chunks(500) {
            let report = exporter.write_batch(batch).await.unwrap();
            assert_eq!(report.contacts(), batch.len() as u64);
        }
        exporter.finish(&RunEnd::complete()).await.unwrap()
    })
}

/// Writes twice. The second run reads every cell and must find no difference.
#[track_caller]
fn check(spreadsheet: &str, tab: &str, contacts: &[ClassifiedContact]) {
    for mode in ["replace", "upsert"] {
        let _ = run(spreadsheet, tab, mode, contacts);
        let changes = run(spreadsheet, tab, mode, contacts).changes.unwrap();
        assert!(changes.is_unchanged(), "{mode} to {tab}: {changes:?}");
    }
}

fn numbered(count: u64) -> Vec<ClassifiedContact> {
    let person = |nth: u64| {
        let id = ContactId::parse(&(447_700_900_000 + nth).to_string()).unwrap();
        // Text that a paste could convert to a number or a formula.
        let name = match nth % 4 {
            0 => format!("=1+{nth}"),
            1 => format!("+49{nth}"),
            2 => format!("0049{nth}"),
            _ => format!("Person {nth}"),
        };
        ClassifiedContact::new(Contact::new(id).with_name(name).with_saved(true))
    };
    (0..count).map(person).collect()
}

#[test]
#[ignore = "needs Google and a spreadsheet for tests"]
fn text_is_stored_unchanged_in_one_batch() {
    let Some(spreadsheet) = spreadsheet() else {
        return;
    };
    check(&spreadsheet, "whapi test small", &sample_contacts());
    check(&spreadsheet, "whapi test nasty", &nasty_contacts());
    check(&spreadsheet, "whapi test empty", &[]);
}

#[test]
#[ignore = "needs Google and a spreadsheet for tests"]
fn text_is_stored_unchanged_through_a_staging_tab() {
    let Some(spreadsheet) = spreadsheet() else {
        return;
    };
    check(&spreadsheet, "whapi test staged", &numbered(10_000));
}

#[test]
#[ignore = "needs Google and a spreadsheet for tests; a million cells"]
fn a_million_cells_are_copied_in_time() {
    let Some(spreadsheet) = spreadsheet() else {
        return;
    };
    check(&spreadsheet, "whapi test million", &numbered(83_334));
    // Empties the tab for the next test.
    let _ = run(&spreadsheet, "whapi test million", "replace", &[]);
}
