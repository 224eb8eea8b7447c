//! The exact bytes of each profile, as snapshots (look at a changed one before accepting it), over
//! contacts of which everything is known.

#[expect(dead_code, reason = "what the cells must be is for the readers")]
mod common;
#[path = "common/known.rs"]
mod known;

use common::{export, export_run};
use whapi_export::{OpenContext, OutputTarget, RunEnd, RunInfo};

/// The file of one profile, in a run that finds everything out.
fn file_of(profile: &str) -> Vec<u8> {
    export_run([("profile", profile)], &known::run(), &known::contacts()).0
}

#[test]
fn plain() {
    insta::assert_binary_snapshot!("plain.csv", file_of("plain"));
}

#[test]
fn excel() {
    let bytes = file_of("excel");
    assert_eq!(bytes[..6], *b"\xef\xbb\xbfid,");
    insta::assert_binary_snapshot!("excel.csv", bytes);
}

#[test]
fn google() {
    insta::assert_binary_snapshot!("google.csv", file_of("google"));
}

#[test]
fn outlook() {
    insta::assert_binary_snapshot!("outlook.csv", file_of("outlook"));
}

#[test]
fn hubspot() {
    insta::assert_binary_snapshot!("hubspot.csv", file_of("hubspot"));
}

#[test]
fn chatwoot() {
    insta::assert_binary_snapshot!("chatwoot.csv", file_of("chatwoot"));
}

#[test]
fn excel_with_all_columns() {
    let options = [("profile", "excel"), ("columns", "all")];
    let bytes = export_run(options, &known::run(), &known::contacts()).0;
    insta::assert_binary_snapshot!("excel_all.csv", bytes);
}

/// The name column of each profile, and whether a program imports the file.
const NAMES: [(&str, &str, bool); 6] = [
    ("plain", "pushname", false),
    ("excel", "pushname", false),
    ("google", "First Name", true),
    ("outlook", "First Name", true),
    ("hubspot", "First name", true),
    ("chatwoot", "name", true),
];

/// What a profile writes for a name.
fn name_cell(options: &[(&str, &str)], column: &str, name: &str) -> String {
    let contact = common::contact("447700900101", None, Some(name), Some(false));
    let options = [options, &[("columns", column)]].concat();
    let file = String::from_utf8(export(options, &[contact.into()]).0).unwrap();
    let cell = file.split_once("\r\n").unwrap().1;
    cell.strip_suffix("\r\n").unwrap().to_owned()
}

#[test]
fn the_guard_can_be_turned_on_and_off_in_every_profile() {
    for (profile, column, _) in NAMES {
        let cell = |guard, name| {
            let options = [("profile", profile), ("formula_guard", guard)];
            name_cell(&options, column, name)
        };
        assert_eq!(cell("on", "=1;@2"), "'=1;'@2", "{profile}");
        assert_eq!(cell("off", "=1;@2"), "=1;@2", "{profile}");
        assert_eq!(cell("off", "=SUM(1)"), "=SUM(1)", "{profile}");
    }
}

#[test]
fn by_default_importers_get_an_apostrophe_only_before_what_could_call_something() {
    for (profile, column, for_importer) in NAMES {
        for default in [
            &[("profile", profile)][..],
            &[("profile", profile), ("formula_guard", "auto")],
        ] {
            let cell = |name| name_cell(default, column, name);
            for (name, guarded) in [
                ("@lena", "'@lena"),
                ("-Anna-", "'-Anna-"),
                ("Ana ;-)", "Ana ;'-)"),
            ] {
                let expected = if for_importer { name } else { guarded };
                assert_eq!(cell(name), expected, "{profile}");
            }
            assert_eq!(cell("=SUM(A1)"), "'=SUM(A1)", "{profile}");
            assert_eq!(cell("=cmd|'/C calc'"), "'=cmd|'/C calc'", "{profile}");
            assert_eq!(cell("-x!A1"), "'-x!A1", "{profile}");
        }
    }
}

#[test]
fn names_stand_on_one_line_where_an_importer_reads_them() {
    for (profile, column, for_importer) in NAMES {
        let name = name_cell(
            &[("profile", profile)],
            column,
            " Ada \r\n\u{2028} Beispiel\t",
        );
        let exact = "\" Ada \r\n\u{2028} Beispiel\t\"";
        let expected = if for_importer { "Ada Beispiel" } else { exact };
        assert_eq!(name, expected, "{profile}");
    }
}

#[test]
fn google_takes_3_000_contacts_from_a_file() {
    let people: Vec<_> = (0..3001)
        .map(|place| common::contact(&format!("4477{place:08}"), None, None, None).into())
        .collect();
    let google = [("profile", "google")];
    let warnings = |people: &[_]| export(google, people).2.warnings;
    assert_eq!(
        warnings(&people),
        [
            "Google Contacts takes at most 3,000 contacts from a file, and this one has 3,001; \
             `csv.split=3000` writes several files."
        ]
    );
    assert_eq!(warnings(&people[1..]), [""; 0]);
    assert_eq!(export([], &people).2.warnings, [""; 0]);

    let folder = tempfile::tempdir().unwrap();
    let ctx = OpenContext::new()
        .with_option("profile", "google")
        .with_option("split", "3000")
        .with_target(OutputTarget::Path(folder.path().join("contacts.csv")));
    let mut exporter = whapi_export_csv::definition().open(&ctx).unwrap();
    let summary = pollster::block_on(async {
        exporter.begin(&RunInfo::new()).await.unwrap();
        let report = exporter.write_batch(&people).await.unwrap();
        assert_eq!(report.written, 3001);
        exporter.finish(&RunEnd::complete()).await.unwrap()
    });
    assert_eq!(summary.parts.len(), 2);
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn a_run_that_finds_nothing_out_has_the_plain_header_alone() {
    let (bytes, ..) = export([], &known::contacts());
    let header = common::HEADER.join(",") + "\r\n";
    assert!(bytes.starts_with(header.as_bytes()));
}
