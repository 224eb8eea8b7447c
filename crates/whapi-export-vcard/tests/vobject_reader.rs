//! Every 3.0 card read back by Python's `vobject` (`pip install vobject`), where it is installed.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{any_name, contact, everybody, expected, export, with_reasons};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use whapi_export::ClassifiedContact;
use whapi_export_vcard::VcardVersion;

const SCRIPT: &str = include_str!("vobject_reader.py");

fn is_installed() -> bool {
    Command::new("python3")
        .args(["-c", "import vobject"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn vobject_reads(file: &[u8]) -> Vec<Value> {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The script reads everything before it writes anything.
    child.stdin.take().unwrap().write_all(file).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "vobject failed");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn nasty_contacts_read_back() {
    if !reader_is_there() {
        return;
    }
    for (case, contacts) in everybody() {
        check(case, &contacts);
    }
}

/// Whatever groups and labels are called. One reading for all, since starting Python takes longer.
#[test]
fn any_groups_and_labels_read_back() {
    if !reader_is_there() {
        return;
    }
    let mut runner = TestRunner::default();
    let strategy = (any_name(), prop::collection::vec(any_name(), 0..6));
    let contacts: Vec<_> = (0..300)
        .map(|nth| {
            let (label, groups) = strategy.new_tree(&mut runner).unwrap().current();
            let groups: Vec<_> = groups.iter().map(String::as_str).collect();
            let contact = contact(&format!("4477009{nth:05}")).with_name("Ada");
            with_reasons(contact.with_saved(true), &format!("x{label}"), &groups)
        })
        .collect();
    check("any groups", &contacts);
}

#[expect(
    clippy::explicit_write,
    reason = "past the test harness, which would swallow it"
)]
fn reader_is_there() -> bool {
    if !is_installed() {
        // CI sets the variable: nothing is skipped.
        assert!(
            std::env::var_os("WHAPI_REQUIRE_READERS").is_none(),
            "python3 has no module vobject"
        );
        writeln!(
            std::io::stderr(),
            "SKIPPED: python3 with the module vobject is not installed"
        )
        .unwrap();
        return false;
    }
    true
}

#[track_caller]
fn check(case: &str, contacts: &[ClassifiedContact]) {
    let found = vobject_reads(&export(VcardVersion::V3, contacts).bytes);
    let wanted: Vec<_> = contacts
        .iter()
        .map(|contact| {
            let expected = expected(contact);
            json!({
                "name": [expected.name],
                "given_name": expected.given_name,
                "phones": expected.phones,
                "uid": [expected.uid],
                "note": [expected.note],
                "categories": expected.categories,
            })
        })
        .collect();
    assert_eq!(found, wanted, "{case}");
}
