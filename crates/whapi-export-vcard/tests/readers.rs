//! Every card read back by readers that are not ours, and the rules that every line keeps.

mod common;

use calcard::vcard::{VCardProperty, VCardValue};
use calcard::{Entry, Parser};
use common::{
    ReadCard, VERSIONS, all_contacts, any_name, cards, contact, expected, export, with_reasons,
};
use proptest::prelude::*;
use whapi_export::ClassifiedContact;
use whapi_export::whapi_model::ContactId;
use whapi_export_vcard::VcardVersion;

fn file(version: VcardVersion, contacts: &[ClassifiedContact]) -> String {
    String::from_utf8(export(version, contacts).bytes).unwrap()
}

/// Line ends are CRLF, no line is over 75 octets, and there is one card a contact.
#[track_caller]
fn check_lines(file: &str, version: VcardVersion, contacts: usize) {
    let lines: Vec<_> = file.split_terminator("\r\n").collect();
    for line in &lines {
        assert!(line.len() <= 75, "{} octets in {line:?}", line.len());
        assert!(!line.contains(is_line_end), "a stray line end in {line:?}");
    }
    assert!(file.is_empty() || file.ends_with("\r\n"));
    let count = |wanted: &str| lines.iter().filter(|line| **line == wanted).count();
    assert_eq!(count("BEGIN:VCARD"), contacts);
    assert_eq!(count("END:VCARD"), contacts);
    assert_eq!(count(&format!("VERSION:{version}")), contacts);
    assert_eq!(cards(file).len(), contacts);
}

/// What Python's `str.splitlines`, the most generous splitter, takes for a line end.
fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn calcard_reads(card: &str) -> ReadCard {
    let mut parser = Parser::new(card);
    let Entry::VCard(read) = parser.entry() else {
        panic!("calcard finds no card in {card:?}");
    };
    assert!(matches!(parser.entry(), Entry::Eof), "a second card");
    let values = |name: VCardProperty| {
        let entries = read.entries.iter().filter(move |entry| entry.name == name);
        entries
            .flat_map(|entry| &entry.values)
            .flat_map(|value| match value {
                VCardValue::Text(text) => vec![text.clone()],
                VCardValue::Component(texts) => texts.clone(),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    let single = |name: VCardProperty| {
        let values = values(name);
        assert_eq!(values.len(), 1, "{values:?} in {card:?}");
        values.into_iter().next().unwrap()
    };
    let [family, given, rest @ ..] = &values(VCardProperty::N)[..] else {
        panic!("no N in {card:?}");
    };
    assert!(family.is_empty() && rest.iter().all(String::is_empty));
    ReadCard {
        name: single(VCardProperty::Fn),
        given_name: given.clone(),
        phones: values(VCardProperty::Tel),
        uid: single(VCardProperty::Uid),
        note: single(VCardProperty::Note),
        categories: values(VCardProperty::Categories),
    }
}

fn vcard_reads(card: &str) -> ReadCard {
    let read: vcard::VCard = card.parse().unwrap();
    read.validate().unwrap();
    let [name] = &read.formatted_names[..] else {
        panic!("one FN");
    };
    let [structured] = &read.names[..] else {
        panic!("one N");
    };
    let [note] = &read.notes[..] else {
        panic!("one NOTE");
    };
    let vcard::values::TextOrUri::Uri(uid) = &read.uids[0].value else {
        panic!("a UID that is a URI");
    };
    let phone = |tel: &vcard::Tel| match &tel.value {
        vcard::values::TelValue::Text(text) => text.clone(),
        vcard::values::TelValue::Uri(uri) => panic!("a TEL that is a URI: {uri}"),
    };
    ReadCard {
        name: name.value.clone(),
        given_name: structured.value.given_names.join(","),
        phones: read.telephones.iter().map(phone).collect(),
        uid: uid.to_string(),
        note: note.value.clone(),
        categories: read
            .categories
            .iter()
            .flat_map(|c| c.value.clone())
            .collect(),
    }
}

#[test]
fn nasty_contacts_read_back() {
    for (case, contacts) in all_contacts() {
        for version in VERSIONS {
            let file = file(version, &contacts);
            check_lines(&file, version, contacts.len());
            for (card, contact) in cards(&file).into_iter().zip(&contacts) {
                assert_eq!(
                    calcard_reads(card),
                    expected(contact),
                    "{case} in {version}"
                );
                if version == VcardVersion::V4 {
                    assert_eq!(vcard_reads(card), expected(contact), "{case}");
                }
            }
        }
    }
}

fn any_contact() -> impl Strategy<Value = ClassifiedContact> {
    let id = "[0-9]{4,15}|[0-9]{4,15}@lid|[^ ]{1,20}";
    let id = id.prop_filter("an id is not blank", |id| ContactId::parse(id).is_ok());
    (
        id,
        any_name(),
        prop::option::of(any_name()),
        any::<Option<bool>>(),
    )
        .prop_map(|(id, name, pushname, saved)| {
            let mut contact = contact(&id).with_name(name);
            if let Some(pushname) = pushname {
                contact = contact.with_pushname(pushname);
            }
            if let Some(saved) = saved {
                contact = contact.with_saved(saved);
            }
            contact.into()
        })
}

proptest! {
    #[test]
    fn any_contact_reads_back(contacts in prop::collection::vec(any_contact(), 1..4)) {
        for version in VERSIONS {
            let file = file(version, &contacts);
            check_lines(&file, version, contacts.len());
            for (card, contact) in cards(&file).into_iter().zip(&contacts) {
                let expected = expected(contact);
                prop_assert!(!expected.name.is_empty());
                prop_assert_eq!(&calcard_reads(card), &expected);
                if version == VcardVersion::V4 {
                    prop_assert_eq!(&vcard_reads(card), &expected);
                }
            }
        }
    }
}

/// calcard drops a space where a list is folded before one.
fn without_space(texts: &[String]) -> Vec<String> {
    let shown = |text: &String| text.chars().filter(|c| !c.is_whitespace()).collect();
    texts.iter().map(shown).collect()
}

/// How many properties a card has, by a reader that is not ours.
fn properties(card: &str) -> usize {
    let Entry::VCard(read) = Parser::new(card).entry() else {
        panic!("calcard finds no card in {card:?}");
    };
    read.entries.len()
}

proptest! {
    /// Whatever groups, labels and the channel are called, there is one card with the same name and number and
    /// without a property more.
    #[test]
    fn any_group_and_label_stays_a_text(
        label in any_name(),
        channel in prop::option::of(any_name()),
        groups in prop::collection::vec(any_name(), 0..6),
    ) {
        let plain = contact("447700900123").with_name("Ada").with_saved(true);
        let groups: Vec<_> = groups.iter().map(String::as_str).collect();
        let labelled = format!("x{label}");
        let mut classified = with_reasons(plain.clone(), &labelled, &groups);
        if let Some(channel) = channel {
            classified = classified.with_channel(channel);
        }
        for version in VERSIONS {
            let plain = file(version, &[ClassifiedContact::new(plain.clone())]);
            let file = file(version, std::slice::from_ref(&classified));
            check_lines(&file, version, 1);
            let [card] = cards(&file)[..] else {
                panic!("one card");
            };
            let expected = expected(&classified);
            prop_assert_eq!(&expected.name, "Ada");
            prop_assert_eq!(&expected.phones, &["+447700900123"]);
            let found = calcard_reads(card);
            prop_assert_eq!(without_space(&found.categories), without_space(&expected.categories));
            prop_assert_eq!(&ReadCard { categories: expected.categories.clone(), ..found }, &expected);
            prop_assert_eq!(properties(card), properties(&plain));
            if version == VcardVersion::V4 {
                prop_assert_eq!(&vcard_reads(card), &expected);
            }
        }
    }
}
