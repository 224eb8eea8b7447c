//! The fields of every contact.

use std::fmt::Write as _;

use whapi_classify::{ClassifiedContact, Operation};
use whapi_model::IdKind;

use super::cell::{Cell, TrustedText};
use super::field::{Field, flag, phone, shown_name, untrusted};

/// The fields of every contact: `id`, `kind`, `phone`, `display_name`, `name`, `pushname`, `saved`,
/// `standing`, `can_edit`, `can_delete`, `can_create`, `is_business`.
///
/// Never reordered: programs read them by place, too. A field that the API did not send is empty.
///
/// # Examples
///
/// ```
/// use whapi_export::fields::BASE_FIELDS;
///
/// assert_eq!(BASE_FIELDS[0].name, "id");
/// ```
pub static BASE_FIELDS: &[Field] = &[
    Field::new("id", |contact, _| {
        let id = contact.id();
        match id.kind() {
            // Digits and a known domain.
            _ if id.has_usual_spelling() => Cell::Trusted(TrustedText(id.as_str())),
            IdKind::Phone | IdKind::Lid => Cell::trusted(id.as_str()),
            _ => Cell::Untrusted(id.as_str()),
        }
    }),
    Field::new("kind", |contact, _| {
        Cell::word(contact.id().kind().as_str())
    }),
    Field::new("phone", phone),
    Field::new("display_name", shown_name),
    Field::new("name", |contact, _| untrusted(contact.contact().name())),
    Field::new("pushname", |contact, _| {
        untrusted(contact.contact().pushname())
    }),
    Field::new("saved", |contact, _| flag(contact.contact().saved())),
    Field::new("standing", |contact, _| {
        Cell::word(contact.standing().as_str())
    }),
    Field::new("can_edit", |contact, _| allowed(contact, Operation::Edit)),
    Field::new("can_delete", |contact, _| {
        allowed(contact, Operation::Delete)
    }),
    Field::new("can_create", |contact, _| {
        allowed(contact, Operation::Create)
    }),
    Field::new("is_business", |contact, _| {
        flag(contact.contact().is_business())
    }),
];

/// The field `name_warnings`: why the names may mislead, with spaces between.
///
/// An exporter that has it [needs](crate::Needs::equal_names) the names of the whole address book.
///
/// # Examples
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::{Cell, NAME_WARNINGS};
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_pushname("\u{202e}+447700900102");
/// let contact = ClassifiedContact::new(contact);
/// let mut built = String::new();
/// let cell = (NAME_WARNINGS.cell)(&contact, &mut built);
/// assert_eq!(cell, Cell::word("bidi looks_like_phone"));
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub static NAME_WARNINGS: Field = Field::new("name_warnings", |contact, built| {
    write!(built, "{}", contact.name_warnings()).expect("a String takes everything");
    Cell::trusted(built)
});

#[inline]
fn allowed(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    flag(Some(contact.permissions().verdict(operation).is_allowed()))
}

#[cfg(test)]
mod tests {
    use whapi_classify::NameSource;
    use whapi_model::{Contact, ContactId};

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check(contact: impl Into<ClassifiedContact>, name: &str, expected: Cell<'_>) {
        let contact = contact.into();
        let mut fields = BASE_FIELDS.iter().chain([&NAME_WARNINGS]);
        let field = fields.find(|field| field.name == name);
        let mut built = String::new();
        assert_eq!((field.unwrap().cell)(&contact, &mut built), expected);
    }

    #[test]
    fn names_worth_a_second_look() {
        let odd = contact("4915112345678")
            .with_name("P\u{430}ul")
            .with_pushname("\u{202e}1234567");
        check(
            odd,
            "name_warnings",
            Cell::word("bidi mixed_scripts looks_like_phone"),
        );
        check(
            contact("49151").with_name("Ada"),
            "name_warnings",
            Cell::word(""),
        );
        check(contact("4915112345678"), "name_warnings", Cell::word(""));
    }

    #[test]
    fn the_plain_fields_are_fixed() {
        let names: Vec<_> = BASE_FIELDS.iter().map(|field| field.name).collect();
        assert_eq!(
            names.join(","),
            "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,\
             can_create,is_business"
        );
    }

    #[test]
    fn a_number_made_here_is_trusted() {
        let number = "4915112345678@s.whatsapp.net";
        check(contact(number), "id", Cell::trusted(number));
        check(contact(number), "phone", Cell::phone("+4915112345678"));
        check(
            contact(number),
            "display_name",
            Cell::phone("+4915112345678"),
        );
        let copycat = contact(number).with_pushname("+4915112345678");
        check(copycat, "display_name", Cell::Untrusted("+4915112345678"));
    }

    #[test]
    fn a_number_with_something_around_it_is_not_ours() {
        let nameless = ClassifiedContact::new(contact("4915112345678"));
        for (text, source) in [
            ("=A+4915112345678", NameSource::Phone),
            ("+4915112345678 B", NameSource::Phone),
            ("+4915112345678", NameSource::Name),
            ("+1234", NameSource::LastFour),
            ("+1234", NameSource::Counter),
        ] {
            let named = nameless.clone().with_display_name(text, source);
            check(named, "display_name", Cell::Untrusted(text));
        }
        let same = nameless.with_display_name("+4915112345678", NameSource::Phone);
        check(same, "display_name", Cell::phone("+4915112345678"));
    }

    #[test]
    fn a_lid_has_no_phone() {
        let lid = "84958372615243@lid";
        check(contact(lid), "id", Cell::trusted(lid));
        check(contact("=1@lid"), "id", Cell::Untrusted("=1@lid"));
        check(contact(lid), "kind", Cell::word("lid"));
        check(contact(lid), "phone", Cell::word(""));
        check(contact(lid), "display_name", Cell::Untrusted(lid));
    }

    #[test]
    fn missing_and_empty_text_look_the_same() {
        check(contact("49151"), "name", Cell::Untrusted(""));
        check(contact("49151").with_name(""), "name", Cell::Untrusted(""));
        check(contact("49151"), "is_business", Cell::word(""));
        check(
            contact("49151").with_is_business(false),
            "is_business",
            Cell::word("false"),
        );
    }
}
