//! Reading back an earlier export: every contact is there and unchanged.

#[expect(dead_code, reason = "what the cells must be is for the readers")]
mod common;
#[path = "common/known.rs"]
mod known;

use common::{export, export_run};
use proptest::prelude::*;
use whapi_export::ClassifiedContact;
use whapi_export::conformance::{nasty_contacts, sample_contacts};
use whapi_export::whapi_classify::{Change, Naming};
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export_csv::read_snapshot;

/// A contact as CSV can hold it.
fn without_nul(contact: &Contact) -> Contact {
    let clean = |text: &str| text.replace('\0', "");
    let mut found = Contact::new(ContactId::parse(&clean(contact.id().as_str())).unwrap());
    if let Some(name) = contact.name() {
        found = found.with_name(clean(name));
    }
    if let Some(pushname) = contact.pushname() {
        found = found.with_pushname(clean(pushname));
    }
    found.set_saved(contact.saved());
    found.set_phonebook(contact.phonebook());
    found
}

#[track_caller]
fn check_unchanged(file: &[u8], people: &[ClassifiedContact]) {
    let mut earlier = read_snapshot(file).unwrap();
    for (place, person) in people.iter().enumerate() {
        let change = earlier.compare(&without_nul(person.contact()));
        assert_eq!(change, Change::Unchanged, "the {place}th");
    }
    assert_eq!(earlier.len(), people.len());
    assert_eq!(earlier.not_listed().count(), 0);
}

fn people() -> Vec<ClassifiedContact> {
    sample_contacts()
        .into_iter()
        .chain(nasty_contacts())
        .collect()
}

#[test]
fn an_export_compares_equal_to_what_it_was_made_of() {
    for profile in ["plain", "excel"] {
        for columns in [
            "all",
            "id,standing,name,pushname",
            "id,standing,display_name",
        ] {
            let options = [("profile", profile), ("columns", columns)];
            check_unchanged(&export(options, &people()).0, &people());
        }
        check_unchanged(&export([("profile", profile)], &people()).0, &people());
        // Without the standing, `saved` has to be enough.
        let mut people = people();
        people.retain(|person| person.contact().phonebook().is_none());
        let options = [("profile", profile), ("columns", "pushname,saved,name,id")];
        check_unchanged(&export(options, &people).0, &people);
    }
}

#[test]
fn in_every_separator_and_encoding() {
    for profile in ["plain", "excel"] {
        for separator in ["comma", "semicolon", "tab"] {
            for encoding in ["utf-8", "utf-16le", "windows-1252"] {
                let options = [
                    ("profile", profile),
                    ("separator", separator),
                    ("encoding", encoding),
                ];
                let file = export(options, &people()).0;
                check_unchanged(&file, &people());
                let warnings = read_snapshot(file.as_slice()).unwrap().warnings().len();
                assert_eq!(warnings, usize::from(encoding == "windows-1252"));
            }
        }
    }
}

#[test]
fn without_the_guard_too() {
    let options = [("formula_guard", "off")];
    check_unchanged(&export(options, &people()).0, &people());
}

#[test]
fn a_name_that_was_given_a_prefix_is_no_new_name() {
    let mut naming = Naming::default();
    naming.prefix = "=WA ".to_owned();
    let named = people().into_iter().map(|person| {
        let name = naming.name_of(person.contact(), 1);
        let (text, source) = (name.text().to_owned(), name.source());
        person.with_display_name(text, source)
    });
    let named: Vec<_> = named.collect();
    check_unchanged(&export([], &named).0, &people());
}

#[test]
fn every_entry_of_a_merged_export_was_there() {
    for profile in ["plain", "excel"] {
        let contacts = known::contacts();
        let file = export_run([("profile", profile)], &known::run(), &contacts).0;
        let mut earlier = read_snapshot(file.as_slice()).unwrap();
        assert_eq!(earlier.len(), contacts.len() + 1);
        for person in contacts.iter().filter(|person| !person.is_merged()) {
            let present = without_nul(person.contact());
            assert_eq!(earlier.compare(&present), Change::Unchanged);
        }
        let not_listed: Vec<_> = earlier.not_listed().map(ContactId::identity).collect();
        assert_eq!(not_listed, ["447700900002", "84958372615243@lid"]);
    }
}

#[test]
fn files_for_importers_cannot_be_compared() {
    for profile in ["google", "outlook", "hubspot", "chatwoot"] {
        let file = export([("profile", profile)], &people()).0;
        let error = read_snapshot(file.as_slice()).unwrap_err().to_string();
        assert!(
            error.starts_with("line 1: there is no column `id`; "),
            "{error}"
        );
    }
}

/// Text of what formulas, cells and lines begin and end with, or any.
fn text() -> impl Strategy<Value = String> {
    let pieces =
        "[=+@|%\\-＝＋－＠]|[;\t\r\n,\"' ]|['=;]|[\0\u{1}\u{b}\u{200b}\u{feff}]|Ada|(?s:.)";
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    // Failing cases are printed and not kept: there is no place for them beside this file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_comes_back(
        name in prop::option::of(text()),
        pushname in prop::option::of(text()),
        saved in prop::option::of(any::<bool>()),
        columns in prop::sample::select(vec!["all", "id,standing,display_name", "saved,name,id,pushname"]),
        profile in prop::sample::select(vec!["plain", "excel"]),
        separator in prop::sample::select(vec!["comma", "semicolon", "tab"]),
        encoding in prop::sample::select(vec!["utf-8", "utf-16le"]),
    ) {
        let person = common::contact("447700900101", name.as_deref(), pushname.as_deref(), saved);
        let people = [ClassifiedContact::new(person.clone())];
        let options = [
            ("profile", profile),
            ("columns", columns),
            ("separator", separator),
            ("encoding", encoding),
        ];
        let file = export(options, &people).0;
        let mut earlier = read_snapshot(file.as_slice()).unwrap();
        prop_assert_eq!(earlier.compare(&without_nul(&person)), Change::Unchanged);
        // It would be seen: any other name is a new one.
        let shown = people[0].display_name().text().replace('\0', "");
        let renamed = without_nul(&person).with_name(format!("{shown}'"));
        prop_assert_eq!(earlier.compare(&renamed), Change::Renamed);
    }
}
