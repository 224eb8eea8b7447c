//! The columns of the plain profile, which say what the gate and the rules say, and nothing else.

use std::fmt::Write as _;

use whapi_export::ClassifiedContact;
use whapi_export::whapi_classify::{Operation, Rule};

use super::{Cell, Column, Ours, Strangers, column, flag, phone, shown_name, strangers};

/// The columns of the plain profile. Never reordered: programs read them by place, too.
pub(crate) static PLAIN: [Column; 12] = [
    // Real numbers and LIDs begin with a digit, which the guard never touches.
    column("id", |contact, _| Strangers(contact.id().as_str())),
    column("kind", |contact, _| Ours(contact.id().kind().as_str())),
    column("phone", phone),
    column("display_name", shown_name),
    column("name", |contact, _| strangers(contact.contact().name())),
    column("pushname", |contact, _| {
        strangers(contact.contact().pushname())
    }),
    column("saved", |contact, _| flag(contact.contact().saved())),
    column("standing", |contact, _| Ours(contact.standing().as_str())),
    column("can_edit", |contact, _| allowed(contact, Operation::Edit)),
    column("can_delete", |contact, _| {
        allowed(contact, Operation::Delete)
    }),
    column("can_create", |contact, _| {
        allowed(contact, Operation::Create)
    }),
    column("is_business", |contact, _| {
        flag(contact.contact().is_business())
    }),
];

/// The column whose cells need the names of the whole address book.
pub(crate) const NAME_WARNINGS: &str = "name_warnings";

/// What each contact says besides, for those who name it.
pub(crate) static MORE: [Column; 8] = [
    column("name_source", |contact, _| {
        Ours(contact.display_name().source().as_str())
    }),
    column("edit_rule", |contact, _| rule(contact, Operation::Edit)),
    column("delete_rule", |contact, _| rule(contact, Operation::Delete)),
    column("create_rule", |contact, _| rule(contact, Operation::Create)),
    column("about", |contact, _| strangers(contact.contact().about())),
    column("profile_pic", |contact, _| {
        strangers(contact.contact().profile_pic())
    }),
    column("profile_pic_full", |contact, _| {
        strangers(contact.contact().profile_pic_full())
    }),
    column(NAME_WARNINGS, |contact, built| {
        write!(built, "{}", contact.name_warnings()).expect("a String takes everything");
        Ours(built)
    }),
];

fn allowed(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    flag(Some(contact.permissions().verdict(operation).is_allowed()))
}

fn rule(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    let verdict = contact.permissions().verdict(operation);
    Ours(verdict.rule().map_or("", Rule::code))
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_classify::NameSource;
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;
    use crate::columns::Phone;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check(contact: impl Into<ClassifiedContact>, header: &str, expected: Cell<'_>) {
        let contact = contact.into();
        let column = PLAIN.iter().chain(&MORE).find(|c| c.header == header);
        let mut built = String::new();
        assert_eq!((column.unwrap().cell)(&contact, &mut built), expected);
    }

    #[test]
    fn names_worth_a_second_look() {
        let odd = contact("4915112345678")
            .with_name("P\u{430}ul")
            .with_pushname("\u{202e}1234567");
        check(
            odd,
            "name_warnings",
            Ours("bidi mixed_scripts looks_like_phone"),
        );
        check(contact("49151").with_name("Ada"), "name_warnings", Ours(""));
        check(contact("4915112345678"), "name_warnings", Ours(""));
    }

    #[test]
    fn the_plain_header_is_fixed() {
        let header: Vec<_> = PLAIN.iter().map(|column| column.header).collect();
        assert_eq!(
            header.join(","),
            "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,\
             can_create,is_business"
        );
    }

    #[test]
    fn a_number_of_ours_is_not_a_strangers() {
        let number = "4915112345678@s.whatsapp.net";
        check(contact(number), "id", Strangers(number));
        check(contact(number), "phone", Phone("+4915112345678"));
        check(contact(number), "display_name", Phone("+4915112345678"));
        check(contact(number), "name_source", Ours("phone"));
        let copycat = contact(number).with_pushname("+4915112345678");
        check(copycat, "display_name", Strangers("+4915112345678"));
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
            check(named, "display_name", Strangers(text));
        }
        let same = nameless.with_display_name("+4915112345678", NameSource::Phone);
        check(same, "display_name", Phone("+4915112345678"));
    }

    #[test]
    fn a_lid_has_no_phone() {
        let lid = "84958372615243@lid";
        check(contact(lid), "kind", Ours("lid"));
        check(contact(lid), "phone", Ours(""));
        check(contact(lid), "display_name", Strangers(lid));
        check(contact(lid), "name_source", Ours("id"));
    }

    #[test]
    fn rules_are_codes() {
        let discovered = contact("84958372615243@lid").with_saved(false);
        for (header, code) in [
            ("edit_rule", "discovered-cannot-be-edited"),
            ("delete_rule", "discovered-cannot-be-deleted"),
            ("create_rule", "lid-has-no-number"),
        ] {
            check(discovered.clone(), header, Ours(code));
        }
        check(contact("49151").with_saved(true), "edit_rule", Ours(""));
    }

    #[test]
    fn missing_and_empty_text_look_the_same() {
        check(contact("49151"), "name", Strangers(""));
        check(contact("49151").with_name(""), "name", Strangers(""));
        check(contact("49151"), "is_business", Ours(""));
        check(
            contact("49151").with_is_business(false),
            "is_business",
            Ours("false"),
        );
    }
}
