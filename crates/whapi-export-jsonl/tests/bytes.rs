//! The exact bytes, as snapshots (look at a changed one before accepting it), and what comes back
//! from them.

mod common;

use common::{EVERYTHING, all_contacts, export};
use serde_json::Value;
use whapi_export::conformance::{
    all_available, channel_contacts, known_contacts, nasty_contacts, sample_contacts,
};
use whapi_export::whapi_classify::Change;
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{Available, ClassifiedContact};
use whapi_export_jsonl::read_snapshot;

#[test]
fn ordinary_contacts() {
    let (file, report, summary) = export([], Available::default(), &sample_contacts());
    insta::assert_binary_snapshot!("sample_contacts.jsonl", file.into_bytes());
    assert_eq!((report.written, report.altered), (9, 0));
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn nasty_contacts_with_everything_that_is_asked_for_by_option() {
    let mut contacts = nasty_contacts();
    // Two texts of 50 KB would say nothing more.
    contacts.retain(|contact| contact.display_name().text().len() < 1000);
    let (file, report, summary) = export(EVERYTHING, Available::default(), &contacts);
    insta::assert_binary_snapshot!("nasty_contacts.jsonl", file.into_bytes());
    assert_eq!((report.written, report.altered), (53, 0));
    assert_eq!(summary.warnings, [""; 0]);
}

#[test]
fn contacts_of_whom_everything_is_known() {
    let (file, ..) = export([], all_available(), &known_contacts());
    insta::assert_binary_snapshot!("known_contacts.jsonl", file.into_bytes());
}

#[test]
fn contacts_of_several_channels() {
    let mut available = Available::default();
    available.channels = true;
    let (file, ..) = export([], available, &channel_contacts());
    insta::assert_binary_snapshot!("channel_contacts.jsonl", file.into_bytes());
    let one_channel = channel_contacts().into_iter();
    let one_channel = one_channel.map(|contact| ClassifiedContact::new(contact.contact().clone()));
    let (one_channel, ..) = export([], Available::default(), &one_channel.collect::<Vec<_>>());
    let (of_channels, ..) = export([], Available::default(), &channel_contacts());
    assert_eq!(of_channels, one_channel);
}

#[test]
fn what_the_run_did_not_request_is_in_no_record() {
    let (known, ..) = export([], Available::default(), &known_contacts());
    let plain: Vec<_> = known_contacts()
        .into_iter()
        .map(|known| {
            let mut plain = ClassifiedContact::new(known.contact().clone());
            let shown = known.display_name();
            plain = plain.with_display_name(shown.text(), shown.source());
            if known.contact().id().as_str() == "447700900803" {
                plain.set_equals_saved_name();
            }
            plain
        })
        .collect();
    assert_eq!(known, export([], Available::default(), &plain).0);
}

/// A contact's keys from `country` on.
#[track_caller]
fn check_numbers(contact: ClassifiedContact, expected: &str) {
    let (file, ..) = export([("phone", "on")], Available::default(), &[contact]);
    let at = file.find("\"country\":").unwrap();
    assert_eq!(&file[at..], format!("{expected}}}\n"));
}

#[test]
fn what_the_numbering_plans_say() {
    let contact = |id: &str| ClassifiedContact::new(Contact::new(ContactId::parse(id).unwrap()));
    check_numbers(
        contact("46701740605@s.whatsapp.net"),
        r#""country":"SE","phone_international":"+46 70 174 06 05","phone_valid":true,"phone_variants":[]"#,
    );
    check_numbers(
        contact("551187654321"),
        r#""country":"BR","phone_international":"+551187654321","phone_valid":false,"phone_variants":["+5511987654321"]"#,
    );
    check_numbers(
        contact("10005550160"),
        r#""country":null,"phone_international":"+10005550160","phone_valid":false,"phone_variants":[]"#,
    );
    let lid = contact("84958372615243@lid");
    let nothing =
        r#""country":null,"phone_international":null,"phone_valid":null,"phone_variants":[]"#;
    check_numbers(lid.clone(), nothing);
    check_numbers(
        lid.with_merged_id(ContactId::parse("46701740605").unwrap()),
        r#""country":"SE","phone_international":"+46 70 174 06 05","phone_valid":true,"phone_variants":[]"#,
    );
}

#[test]
fn no_contacts_are_no_lines() {
    assert_eq!(export([], all_available(), &[]).0, "");
}

#[test]
fn every_text_comes_back() {
    let contacts = all_contacts();
    let (file, ..) = export(EVERYTHING, all_available(), &contacts);
    assert_eq!(file.matches('\n').count(), contacts.len());
    assert!(file.ends_with('\n') && !file.contains('\r'));
    for (line, contact) in file.lines().zip(&contacts) {
        let record: Value = serde_json::from_str(line).unwrap();
        let (said, shown) = (contact.contact(), contact.display_name());
        let expected = [
            ("id", Some(contact.id().as_str())),
            ("display_name", Some(shown.text())),
            ("name", said.name()),
            ("pushname", said.pushname()),
            ("about", said.about()),
            ("profile_pic", said.profile_pic()),
            ("profile_pic_full", said.profile_pic_full()),
        ];
        for (key, text) in expected {
            assert_eq!(record[key], Value::from(text), "{key}");
        }
    }
}

#[test]
fn compared_with_its_own_export_nothing_has_changed() {
    let contacts = all_contacts();
    for available in [Available::default(), all_available()] {
        let (file, ..) = export([], available, &contacts);
        let mut earlier = read_snapshot(file.as_bytes()).unwrap();
        for contact in &contacts {
            assert_eq!(earlier.compare(contact.contact()), Change::Unchanged);
        }
        let gone: Vec<_> = earlier.not_listed().map(ContactId::as_str).collect();
        // The entry that was merged into Ada's is in no record of its own.
        let expected: &[&str] = if available.lid_links {
            &["11112222@lid"]
        } else {
            &[]
        };
        assert_eq!(gone, expected);
    }
}
