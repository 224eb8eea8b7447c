//! The exact bytes of each profile, as snapshots (look at a changed one before accepting it), over
//! contacts of which everything is known.

#[expect(dead_code, reason = "what the cells must be is for the readers")]
mod common;
#[path = "common/known.rs"]
mod known;

use common::{export, export_run};

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

#[test]
fn the_guard_can_be_turned_off_in_every_profile() {
    for (profile, column) in [
        ("plain", "pushname"),
        ("excel", "pushname"),
        ("google", "First Name"),
        ("outlook", "First Name"),
        ("hubspot", "First name"),
        ("chatwoot", "name"),
    ] {
        let contact = common::contact("447700900101", None, Some("=1;@2"), Some(false));
        let contacts = [contact.into()];
        let options = [("profile", profile), ("columns", column)];
        let guarded = export(options, &contacts).0;
        assert!(guarded.ends_with(b"\r\n'=1;'@2\r\n"), "{profile}");
        let off = [&options[..], &[("formula_guard", "off")]].concat();
        assert!(
            export(off, &contacts).0.ends_with(b"\r\n=1;@2\r\n"),
            "{profile}"
        );
    }
}

#[test]
fn a_run_that_finds_nothing_out_has_the_plain_header_alone() {
    let (bytes, ..) = export([], &known::contacts());
    let header = common::HEADER.join(",") + "\r\n";
    assert!(bytes.starts_with(header.as_bytes()));
}
