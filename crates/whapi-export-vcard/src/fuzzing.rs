//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use calcard::vcard::{VCard, VCardProperty, VCardValue};
use calcard::{Entry, Parser};
use whapi_export::whapi_classify::DisplayName;
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{ClassifiedContact, Switch};

use crate::card::Card;
use crate::{v3, v4};

/// A contact whose texts are whatever they are gives one card in either version, and a reader that
/// is not ours finds the name that went in, on one line and without controls, and no phone but the
/// contact's.
///
/// The input is an id, a name and a pushname with `|` between.
pub fn card(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(3, '|');
    let id = parts.next().and_then(|id| ContactId::parse(id).ok());
    let fallback = || ContactId::parse("84958372615243@lid").expect("an id");
    let mut contact = Contact::new(id.unwrap_or_else(fallback)).with_saved(false);
    if let Some(name) = parts.next() {
        contact = contact.with_name(name);
    }
    if let Some(pushname) = parts.next() {
        contact = contact.with_pushname(pushname);
    }
    let contact = ClassifiedContact::new(contact);
    let mut file = Vec::new();
    let card = Card::of(&contact, Switch::On);
    v3::write(&card, &mut file);
    check(&contact, &file);
    file.clear();
    v4::write(&card, &mut file).expect("a valid card");
    check(&contact, &file);
}

fn check(contact: &ClassifiedContact, file: &[u8]) {
    let file = std::str::from_utf8(file).expect("UTF-8");
    assert!(file.ends_with("\r\nEND:VCARD\r\n"));
    for line in file.split_terminator("\r\n") {
        assert!(line.len() <= 75, "a long line");
        let control = |c: char| c.is_control() && c != '\t';
        assert!(!line.contains(control), "a control in {line:?}");
    }
    let mut parser = Parser::new(file);
    let Entry::VCard(card) = parser.entry() else {
        panic!("no card in {file:?}");
    };
    assert!(matches!(parser.entry(), Entry::Eof), "one card a contact");

    let mut shown = cleaned_name(DisplayName::of(contact.contact()).text());
    if android_decodes(&escaped(&shown)) {
        shown.push(' ');
    }
    for property in file.replace("\r\n ", "").lines() {
        let (_, value) = property.split_once(':').expect("a content line");
        assert!(!android_decodes(value), "quoted-printable: {property:?}");
    }
    assert_eq!(texts(&card, &VCardProperty::Fn), [shown]);
    let phones = contact.id().phone().map(|phone| phone.to_string());
    assert_eq!(
        texts(&card, &VCardProperty::Tel),
        phones.into_iter().collect::<Vec<_>>()
    );
    for once in [
        VCardProperty::N,
        VCardProperty::Note,
        VCardProperty::Uid,
        VCardProperty::Categories,
        VCardProperty::Version,
    ] {
        let found = card.entries.iter().filter(|entry| entry.name == once);
        assert!(found.count() <= 1, "{once:?} in {file:?}");
    }
    // FN, N, CATEGORIES, NOTE, PRODID and UID, and a TEL where there is a number; readers may
    // count VERSION.
    assert!(card.entries.len() <= 8, "a property too many in {file:?}");
}

fn texts(card: &VCard, name: &VCardProperty) -> Vec<String> {
    card.entries
        .iter()
        .filter(|entry| entry.name == *name)
        .flat_map(|entry| &entry.values)
        .map(|value| match value {
            VCardValue::Text(text) => text.clone(),
            other => panic!("{other:?} in {name:?}"),
        })
        .collect()
}

/// Whether Android takes a value of a card for quoted-printable, computed in another way than the writers
/// say it.
fn android_decodes(value: &str) -> bool {
    let bytes = value.as_bytes();
    let groups_begin_with_equals = bytes.chunks(3).all(|group| group[0] == b'=');
    !bytes.is_empty() && bytes.len() % 3 != 2 && groups_begin_with_equals
}

/// A cleaned name as it stands in a card.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(',', "\\,")
        .replace(';', "\\;")
}

/// What a card keeps of a name, computed in another way than the writers do.
fn cleaned_name(name: &str) -> String {
    let kept = name.replace(|c: char| c.is_control() && !c.is_whitespace(), "");
    let words: Vec<_> = kept.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/vcard");
        replay_corpus(corpus, card);
    }
}
