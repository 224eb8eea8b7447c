//! The option `note`, and the length of notes: those of discovered contacts stand on one physical line,
//! which readers that do not unfold show whole.

mod common;

use common::{VERSIONS, all_contacts, cards, contact, export, export_with, with_reasons};
use whapi_emulator::{Person, people};
use whapi_export::whapi_model::Contact;
use whapi_export::{ClassifiedContact, Switch};
use whapi_export_vcard::{VcardConfig, VcardVersion};

fn without_note(version: VcardVersion) -> VcardConfig {
    let config = VcardConfig::default().with_version(version);
    config.with_note(Switch::Off)
}

/// The value of each card's `NOTE` on its first physical line, and whether that is all of it.
fn first_lines(file: &[u8]) -> Vec<(&str, bool)> {
    let cards = cards(std::str::from_utf8(file).unwrap());
    cards.into_iter().map(first_line).collect()
}

fn first_line(card: &str) -> (&str, bool) {
    let (_, note) = card.split_once("\r\nNOTE:").expect("a note");
    let (first, rest) = note.split_once("\r\n").unwrap();
    (first, !rest.starts_with(' '))
}

fn discovered(id: &str, is_business: bool) -> Contact {
    let contact = contact(id).with_pushname("Ada").with_saved(false);
    contact.with_is_business(is_business)
}

/// A contact of the emulator's list, without the texts that no card shows.
fn from_person(person: &Person) -> Contact {
    let mut contact = contact(&person.id).with_saved(person.saved == Some(true));
    if let Some(name) = &person.name {
        contact = contact.with_name(name.as_str());
    }
    if let Some(pushname) = &person.pushname {
        contact = contact.with_pushname(pushname.as_str());
    }
    if let Some(is_business) = person.is_business {
        contact = contact.with_is_business(is_business);
    }
    contact
}

/// Each kind of id, the LID as long as LIDs get.
#[test]
fn every_kind_of_discovered_contact() {
    let (phone, lid) = ("123456789012345", "849583726152434@lid");
    let contacts = [
        discovered(phone, false),
        discovered(phone, true),
        discovered(lid, false),
        discovered(lid, true),
        discovered("status@broadcast", false),
    ];
    let expected = [
        "WhatsApp: in a group or chat.\\nSave it to edit or delete it.",
        "WhatsApp Business: in a group or chat.\\nSave it to edit or delete it.",
        "WhatsApp: in a group or chat.\\nNo number: 849583726152434@lid",
        "WhatsApp Business: in a group or chat.\\nNo number: 849583726152434@lid",
        "WhatsApp: in a group or chat.\\nNo number: status@broadcast",
    ];
    let contacts = contacts.map(ClassifiedContact::new);
    for version in VERSIONS {
        let bytes = export(version, &contacts).bytes;
        assert_eq!(first_lines(&bytes), expected.map(|note| (note, true)));
    }
}

#[test]
fn all_discovered_contacts_of_the_emulator() {
    let contacts: Vec<_> = people::made_up(people::DEFAULT_COUNT, people::DEFAULT_SEED)
        .iter()
        .filter(|person| person.saved == Some(false))
        .map(|person| ClassifiedContact::new(from_person(person)))
        .collect();
    assert_eq!(contacts.len(), 845);
    for version in VERSIONS {
        let bytes = export(version, &contacts).bytes;
        let folded: Vec<_> = first_lines(&bytes)
            .into_iter()
            .filter(|(_, is_whole)| !is_whole)
            .collect();
        assert_eq!(folded, [], "{version}");
    }
}

/// What is said of every contact comes first, so that a reader which cuts the note shows it.
#[test]
fn a_longer_note_begins_the_same() {
    let mut contact = ClassifiedContact::new(discovered("447700900101", true));
    contact.set_equals_saved_name();
    for version in VERSIONS {
        let bytes = export(version, std::slice::from_ref(&contact)).bytes;
        let [(first, is_whole)] = first_lines(&bytes)[..] else {
            panic!("one card");
        };
        let begin = "WhatsApp Business: in a group or chat.\\nSave it to edit or delete it.";
        assert_eq!(first.get(..begin.len()), Some(begin));
        assert!(!is_whole);
    }
}

/// A file without the lines of its notes.
fn remove_notes(file: &str) -> String {
    let mut in_note = false;
    let lines = file.split_inclusive("\r\n").filter(|line| {
        in_note = line.starts_with("NOTE:") || (in_note && line.starts_with(' '));
        !in_note
    });
    lines.collect()
}

#[test]
fn a_card_without_a_note_is_otherwise_the_same() {
    for (case, contacts) in all_contacts() {
        for version in VERSIONS {
            let noted = String::from_utf8(export(version, &contacts).bytes).unwrap();
            let done = export_with(without_note(version), &contacts);
            let found = String::from_utf8(done.bytes).unwrap();
            assert_eq!(found, remove_notes(&noted), "{case} in {version}");
        }
    }
}

/// A pushname that is nowhere in the card does not count, a group among the categories does.
#[test]
fn without_notes_only_texts_of_the_card_are_counted() {
    let contact = contact("447700900101").with_name("A\0da");
    let contact = contact.with_pushname("a\0da").with_saved(true);
    let contact = with_reasons(contact, "la\0bel", &["Foot\0ball", "Rowing\0", "Rowing"]);
    for version in VERSIONS {
        let contacts = std::slice::from_ref(&contact);
        let done = export_with(without_note(version), contacts);
        assert_eq!(done.report.altered, 3);
        assert_eq!(
            done.summary.warnings,
            ["Control characters were left out of 3 texts."]
        );
        assert_eq!(export(version, contacts).report.altered, 5);
    }
}
