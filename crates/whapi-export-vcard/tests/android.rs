//! No value of a card is one that Android's importer decodes as quoted-printable.

mod common;

use common::{
    VERSIONS, all_contacts, android_takes_for_quoted_printable, contact, export, with_reasons,
};
use proptest::prelude::*;
use whapi_export::ClassifiedContact;
use whapi_export_vcard::VcardVersion;

fn file(version: VcardVersion, contacts: &[ClassifiedContact]) -> String {
    String::from_utf8(export(version, contacts).bytes).unwrap()
}

/// The content lines of a file, unfolded, as the part before the colon and the value.
fn properties(file: &str) -> Vec<(String, String)> {
    let unfolded = file.replace("\r\n ", "");
    let lines = unfolded.split_terminator("\r\n");
    let parts = lines.map(|line| line.split_once(':').unwrap());
    parts
        .map(|(head, value)| (head.to_owned(), value.to_owned()))
        .collect()
}

/// Every property that Android would decode.
fn decoded(file: &str) -> Vec<(String, String)> {
    let mut found = properties(file);
    found.retain(|(_, value)| android_takes_for_quoted_printable(value));
    found
}

/// Exports people of these names. Each comes with the name as it has to stand in the card, and with
/// what has to follow it in `FN`.
#[track_caller]
fn check<'a>(names: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) {
    let (mut contacts, mut expected) = (Vec::new(), Vec::new());
    for (name, escaped, behind) in names {
        contacts.push(contact("447700900101").with_name(name).into());
        expected.push(("FN".to_owned(), format!("{escaped}{behind}")));
        expected.push(("N".to_owned(), format!(";{escaped};;;")));
    }
    for version in VERSIONS {
        let mut found = properties(&file(version, &contacts));
        found.retain(|(head, _)| head == "FN" || head == "N");
        assert_eq!(found, expected, "{version}");
    }
}

#[test]
fn a_space_stands_behind_a_name_that_looks_like_quoted_printable() {
    let plain = ["=", "=a=", "=41", "=41=42", "=41=42=", "=é", "=4 ="];
    check(plain.map(|name| (name, name, " ")));
    // What counts is the value as it stands in the file.
    check([
        ("=;", "=\\;", " "),
        ("=,=,", "=\\,=\\,", " "),
        ("=\\", "=\\\\", " "),
        ("=  ", "=", " "),
        ("=\r\n", "=", " "),
        ("=4\t=", "=4 =", " "),
        ("\0=\u{9b}41", "=41", " "),
    ]);
}

#[test]
fn folds_do_not_count() {
    let plain = (20..30).map(|length| "=41".repeat(length));
    let names: Vec<_> = plain
        .chain((20..30).map(|length| "=41".repeat(length) + "="))
        .collect();
    check(names.iter().map(|name| (&**name, &**name, " ")));
    let commas: Vec<_> = (20..30)
        .map(|length| ("=,".repeat(length), "=\\,".repeat(length)))
        .collect();
    check(commas.iter().map(|(name, value)| (&**name, &**value, " ")));
}

#[test]
fn every_other_name_stays_as_it_is() {
    let plain = ["Ada", "=1+1", "=41=4", "=4", "a=41", "= 41", "=é=a", "=="];
    check(plain.map(|name| (name, name, "")));
    check([("=a;", "=a\\;", ""), (" =4 ", "=4", "")]);
}

#[test]
fn nothing_is_decoded_in_any_card() {
    for (case, contacts) in all_contacts() {
        for version in VERSIONS {
            assert_eq!(
                decoded(&file(version, &contacts)),
                [],
                "{case} in {version}"
            );
        }
    }
}

/// Texts of equals signs, each with two bytes of the card behind it, or nearly so.
fn like_quoted_printable() -> impl Strategy<Value = String> {
    let two_bytes = prop::sample::select(vec![
        "41", "C3", "  ", "==", "a=", "= ", "é", "\t\t", ",", ";", "\\", "\n", "\r\n", "\u{2028}",
        "4\0A",
    ]);
    let other = prop::sample::select(vec!["", "a", ",,", "語", "🦊", "a;", "=41"]);
    let piece = prop_oneof![12 => two_bytes, 1 => other];
    let tail = prop::sample::select(vec!["", "", "=", " ", "= ", "  "]);
    (prop::collection::vec(piece, 0..30), tail).prop_map(|(pieces, tail)| {
        let marked = pieces
            .iter()
            .flat_map(|piece| ["=", piece])
            .collect::<String>();
        marked + tail
    })
}

fn any_contact() -> impl Strategy<Value = ClassifiedContact> {
    let name = prop::option::of(like_quoted_printable());
    let groups = prop::collection::vec(like_quoted_printable(), 0..3);
    let texts = (like_quoted_printable(), like_quoted_printable());
    (name, texts, groups).prop_map(|(name, (pushname, label), groups)| {
        let mut contact = contact("84958372615243@lid").with_pushname(pushname);
        if let Some(name) = name {
            contact = contact.with_name(name);
        }
        if groups.is_empty() {
            return contact.into();
        }
        let groups: Vec<_> = groups.iter().map(String::as_str).collect();
        with_reasons(contact, &label, &groups)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever names, pushnames, labels and groups are called.
    #[test]
    fn nothing_is_decoded(contacts in prop::collection::vec(any_contact(), 0..20)) {
        for version in VERSIONS {
            prop_assert_eq!(decoded(&file(version, &contacts)), []);
        }
    }
}

proptest! {
    #[test]
    fn one_space_is_always_enough(value in like_quoted_printable()) {
        let spaced = value.clone() + " ";
        let was_decoded = android_takes_for_quoted_printable(&value);
        prop_assert!(!(was_decoded && android_takes_for_quoted_printable(&spaced)));
    }
}
