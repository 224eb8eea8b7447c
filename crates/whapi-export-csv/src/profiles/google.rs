//! Google Contacts: the columns that its import matches by name.

use whapi_export::ClassifiedContact;
use whapi_export::fields::wording::label;
use whapi_export::fields::{Cell, Field, phone};
use whapi_export::whapi_classify::{Reasons, Standing};
use whapi_text::is_line_end;

use super::layout::{Limit, ProfileLayout, empty};
use super::names::one_line_name;
use crate::note::push_note;

/// The separator of two labels.
const BETWEEN: &str = " ::: ";
/// The built-in label without which a contact is not in the list of contacts.
const BUILT_IN: &str = "* myContacts";

/// The profile `google`: the columns of Google's own export of a contact with mail and phone.
pub(super) static GOOGLE: ProfileLayout = ProfileLayout {
    limit: Some(Limit {
        importer: "Google Contacts",
        contacts: 3000,
    }),
    ..ProfileLayout::of_importer(&COLUMNS)
};

static COLUMNS: [Field; 21] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First Name", one_line_name),
    empty("Middle Name"),
    empty("Last Name"),
    empty("Phonetic First Name"),
    empty("Phonetic Middle Name"),
    empty("Phonetic Last Name"),
    empty("Name Prefix"),
    empty("Name Suffix"),
    empty("Nickname"),
    empty("File As"),
    empty("Organization Name"),
    empty("Organization Title"),
    empty("Organization Department"),
    empty("Birthday"),
    Field::new("Notes", |contact, built| {
        push_note(contact, built);
        Cell::Untrusted(built)
    }),
    empty("Photo"),
    Field::new("Labels", |contact, built| {
        push_labels(contact, built);
        Cell::Untrusted(built)
    }),
    empty("E-mail 1 - Label"),
    empty("E-mail 1 - Value"),
    Field::new("Phone 1 - Label", |contact, _| {
        Cell::word(contact.phone().map_or("", |_| "Mobile"))
    }),
    Field::new("Phone 1 - Value", phone),
];

fn push_labels(contact: &ClassifiedContact, built: &mut String) {
    built.push_str(BUILT_IN);
    built.push_str(BETWEEN);
    built.push_str(label(contact.standing()));
    for entry in contact.entries() {
        built.push_str(BETWEEN);
        push_label(entry.channel, "channel", built);
    }
    let groups = contact.reasons().into_iter().flat_map(Reasons::groups);
    for part in groups {
        built.push_str(BETWEEN);
        push_label(part.group.title(), "group", built);
    }
}

/// Appends the name of a group or a channel as one label. It is untrusted, so it must not end the label, be
/// one of Google's built-in labels, which begin with `*`, or equal a label of this program.
fn push_label(name: &str, kind: &str, built: &mut String) {
    let from = built.len();
    let mut colons = 0;
    for c in name
        .trim_start_matches(|c: char| c == '*' || c.is_whitespace())
        .chars()
    {
        colons = if c == ':' { colons + 1 } else { 0 };
        match c {
            // Two colons are no separator, three are one.
            ':' if colons > 2 => {}
            _ if is_line_end(c) => built.push(' '),
            _ => built.push(c),
        }
    }
    built.truncate(from + built[from..].trim_end().len());
    let ours = Standing::ALL.map(label);
    if ours.contains(&&built[from..]) {
        built.extend([" (", kind, ")"]);
    } else if built.len() == from {
        built.push_str(kind);
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;

    #[track_caller]
    fn check_group(name: &str, expected: &str) {
        let mut built = "before ".to_owned();
        push_label(name, "group", &mut built);
        assert_eq!(built.strip_prefix("before "), Some(expected));
    }

    #[test]
    fn a_group_makes_one_label_whatever_it_is_called() {
        check_group("Rowing: Sunday", "Rowing: Sunday");
        check_group("A ::: B", "A :: B");
        check_group("A::::::B:C", "A::B:C");
        check_group("A ::: ", "A ::");
        check_group("one\r\ntwo\u{2028}three", "one  two three");
    }

    #[test]
    fn a_group_is_no_label_of_googles_or_ours() {
        check_group("* starred", "starred");
        check_group(" ** myContacts", "myContacts");
        check_group("WhatsApp saved", "WhatsApp saved (group)");
        check_group("* WhatsApp saved ", "WhatsApp saved (group)");
        check_group("***", "group");
        check_group("A * B", "A * B");
    }

    #[test]
    fn the_channel_is_a_label_behind_the_standing() {
        let contact = Contact::new(ContactId::parse("447700900101").unwrap()).with_saved(true);
        for (channel, expected) in [
            ("shop", "shop"),
            ("A ::: * B", "A :: * B"),
            ("* ", "channel"),
            ("WhatsApp saved", "WhatsApp saved (channel)"),
        ] {
            let contact = ClassifiedContact::new(contact.clone()).with_channel(channel);
            let mut built = String::new();
            push_labels(&contact, &mut built);
            assert_eq!(
                built,
                format!("* myContacts ::: WhatsApp saved ::: {expected}")
            );
        }
    }
}
