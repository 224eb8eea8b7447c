//! Every 3.0 card read back by Python's `vobject` (`pip install vobject`), where it is installed.

mod common;

use common::{all_contacts, any_name, contact, expected, export, with_reasons};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use whapi_export::ClassifiedContact;
use whapi_export_vcard::VcardVersion;
use whapi_test_support::Python;

const SCRIPT: &str = include_str!("vobject_reader.py");

#[test]
fn nasty_contacts_read_back() {
    if let Some(python) = Python::with("vobject") {
        for (case, contacts) in all_contacts() {
            check(python, case, &contacts);
        }
    }
}

/// Whatever groups and labels are called. One reading for all, since starting Python takes longer.
#[test]
fn any_groups_and_labels_read_back() {
    let Some(python) = Python::with("vobject") else {
        return;
    };
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
    check(python, "any groups", &contacts);
}

#[track_caller]
fn check(python: Python, case: &str, contacts: &[ClassifiedContact]) {
    let found: Vec<Value> = python.read(SCRIPT, &export(VcardVersion::V3, contacts).bytes);
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
