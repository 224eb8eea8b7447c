//! A record that is read back is the contact it was written from.

use whapi_export::conformance::{
    all_available, channel_contacts, known_contacts, nasty_contacts, sample_contacts,
};
use whapi_export::whapi_classify::{NameSource, Standing};
use whapi_export::whapi_model::{Contact, ContactId, StandingBy};
use whapi_export::{ClassifiedContact, Encoder, RunInfo};
use whapi_export_jsonl::{JsonlEncoder, Key, KeySet, read_contact};

/// The record with all keys.
fn record(contact: &ClassifiedContact) -> String {
    let mut encoder = JsonlEncoder::with_keys(KeySet::of(Key::ALL.iter().copied()));
    let mut available = all_available();
    available.channels = true;
    let run = RunInfo::new().with_available(available);
    let mut line = Vec::new();
    encoder.header(&run, &mut line).unwrap();
    let _ = encoder.contact(contact, &mut line).unwrap();
    String::from_utf8(line).unwrap()
}

#[track_caller]
fn check(contact: &ClassifiedContact) {
    let written = record(contact);
    let read = read_contact(written.as_bytes()).unwrap();
    assert_eq!(record(&read), written);
    let kept = |contact: &ClassifiedContact| {
        (
            contact.standing(),
            contact.contact().about().map(str::to_owned),
            contact.phone().map(|phone| phone.to_string()),
            contact.permissions(),
        )
    };
    assert_eq!(kept(&read), kept(contact));
}

#[test]
fn every_contact_of_the_conformance_suite() {
    let contacts = [sample_contacts(), nasty_contacts(), channel_contacts()].concat();
    for contact in &contacts {
        check(contact);
        assert_eq!(&read_contact(record(contact).as_bytes()).unwrap(), contact);
    }
    for contact in &known_contacts() {
        check(contact);
    }
}

fn contact(id: &str) -> Contact {
    Contact::new(ContactId::parse(id).unwrap())
}

#[test]
fn numbers_names_and_standings_that_do_not_follow_from_the_rest() {
    let lid = || {
        contact("84958372615243@lid")
            .with_pushname("Ada")
            .with_saved(false)
    };
    check(&ClassifiedContact::new(lid().with_phone("447700900101")));
    let phone = ContactId::parse("447700900102").unwrap();
    check(&ClassifiedContact::new(lid()).with_merged_id(phone.clone()));
    check(&ClassifiedContact::new(lid()).with_other_id(phone));
    check(&ClassifiedContact::new(lid()).with_display_name("Contact 7", NameSource::Counter));
    let mut by_saved = contact("447700900103")
        .with_saved(true)
        .with_phonebook(false);
    by_saved.set_standing_by(StandingBy::Saved);
    let by_saved = ClassifiedContact::new(by_saved);
    assert_eq!(by_saved.standing(), Standing::Saved);
    check(&by_saved);
}

#[test]
fn the_standing_alone_is_enough() {
    for standing in [Standing::Saved, Standing::Discovered, Standing::Unknown] {
        let record = format!(r#"{{"id":"447700900101","standing":"{standing}"}}"#);
        assert_eq!(
            read_contact(record.as_bytes()).unwrap().standing(),
            standing
        );
    }
}

#[track_caller]
fn check_invalid(record: &str, expected: &str) {
    let error = read_contact(record.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn errors_name_the_key_and_quote_nothing() {
    check_invalid("7", "a record is not valid (line 1, column 1)");
    check_invalid(r#"{"id":""}"#, "a record has a `id` that is not valid");
    check_invalid(
        r#"{"id":"447700900101","standing":"secret"}"#,
        "a record has a `standing` that is not valid",
    );
    check_invalid(
        r#"{"id":"447700900101","change":"secret"}"#,
        "a record has a `change` that is not valid",
    );
    check_invalid(
        r#"{"id":"447700900101","display_name":"A","name_source":"secret"}"#,
        "a record has a `name_source` that is not valid",
    );
    check_invalid(
        r#"{"id":"447700900101","reasons":{"all":["secret"],"complete":true}}"#,
        "a record has a `reasons` that is not valid",
    );
}
