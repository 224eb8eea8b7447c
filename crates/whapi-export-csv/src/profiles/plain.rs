//! Programs and spreadsheets: the fields of every table, and columns that can be named.

use whapi_export::ClassifiedContact;
use whapi_export::fields::{
    BASE_FIELDS, CHANNEL, Cell, ENRICHMENT_FIELDS, Field, NAME_WARNINGS, PEOPLE_FIELDS,
};
use whapi_export::whapi_classify::{Operation, Rule};
use whapi_export::whapi_model::ContactId;

use super::layout::ProfileLayout;
use super::number::NUMBERS;
use super::phones::Phones;

/// The profile `plain`.
pub(super) static PLAIN: ProfileLayout = ProfileLayout {
    columns: BASE_FIELDS,
    replaced: &[],
    optional_columns: &[OPTIONAL_FIELDS, ENRICHMENT_FIELDS, &NUMBERS],
    channel: Some(&CHANNEL),
    people: PEOPLE_FIELDS,
    for_importer: false,
    byte_order_mark: false,
    phones: Phones::Bare,
    limit: None,
};

/// The profile `excel`.
pub(super) static EXCEL: ProfileLayout = ProfileLayout {
    replaced: &EXCEL_IDS,
    byte_order_mark: true,
    phones: Phones::Spaced,
    ..PLAIN
};

/// Ids that a spreadsheet cannot take for numbers: it would round them, and save them so.
static EXCEL_IDS: [Field; 2] = [
    Field::new("id", |contact, built| id_as_text(contact.id(), built)),
    {
        let mut other = Field::new("other_id", |contact, built| match contact.other_id() {
            Some(id) => id_as_text(id, built),
            None => Cell::word(""),
        });
        other.comes_with = |available| available.lid_links;
        other
    },
];

/// A phone number's id as WhatsApp writes it in full; any other id has letters already.
fn id_as_text<'a>(id: &'a ContactId, built: &'a mut String) -> Cell<'a> {
    let Some(phone) = id.phone() else {
        return Cell::trusted(id.as_str());
    };
    built.push_str(phone.digits());
    built.push_str("@s.whatsapp.net");
    Cell::trusted(built)
}

/// The columns behind the base columns.
static OPTIONAL_FIELDS: &[Field] = &[
    Field::new("name_source", |contact, _| {
        Cell::word(contact.display_name().source().as_str())
    }),
    Field::new("edit_rule", |contact, _| rule(contact, Operation::Edit)),
    Field::new("delete_rule", |contact, _| rule(contact, Operation::Delete)),
    Field::new("create_rule", |contact, _| rule(contact, Operation::Create)),
    Field::new("about", |contact, _| untrusted(contact.contact().about())),
    Field::new("profile_pic", |contact, _| {
        untrusted(contact.contact().profile_pic())
    }),
    Field::new("profile_pic_full", |contact, _| {
        untrusted(contact.contact().profile_pic_full())
    }),
    NAME_WARNINGS,
];

fn untrusted(text: Option<&str>) -> Cell<'_> {
    Cell::Untrusted(text.unwrap_or_default())
}

fn rule(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    let verdict = contact.permissions().verdict(operation);
    Cell::word(verdict.rule().map_or("", Rule::code))
}

#[cfg(test)]
mod tests {
    use whapi_export::Available;
    use whapi_export::whapi_model::Contact;

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn ids_for_spreadsheets_have_letters() {
        for (id, expected) in [
            ("447700900101", "447700900101@s.whatsapp.net"),
            ("447700900101@c.us", "447700900101@s.whatsapp.net"),
            ("84958372615243@lid", "84958372615243@lid"),
            ("120363000000000001@g.us", "120363000000000001@g.us"),
        ] {
            let numbered = ContactId::parse(id).unwrap();
            let mut built = String::new();
            assert_eq!(id_as_text(&numbered, &mut built), Cell::trusted(expected));
        }
        let harmful = ContactId::parse("=1@lid").unwrap();
        let mut built = String::new();
        assert_eq!(id_as_text(&harmful, &mut built), Cell::Untrusted("=1@lid"));
    }

    #[test]
    fn the_replaced_columns_come_as_those_that_they_replace() {
        let pairs = PLAIN.all_columns().zip(EXCEL.all_columns());
        let mut replaced = Vec::new();
        for (plain, excel) in pairs {
            assert_eq!(plain.name, excel.name);
            let mut available = Available::default();
            assert_eq!((plain.comes_with)(available), (excel.comes_with)(available));
            available.lid_links = true;
            assert_eq!((plain.comes_with)(available), (excel.comes_with)(available));
            if EXCEL_IDS.iter().any(|id| std::ptr::eq(id, excel)) {
                replaced.push(excel.name);
            }
        }
        assert_eq!(replaced, ["id", "other_id"]);
    }

    #[track_caller]
    fn check(contact: impl Into<ClassifiedContact>, name: &str, expected: Cell<'_>) {
        let contact = contact.into();
        let field = OPTIONAL_FIELDS.iter().find(|field| field.name == name);
        let mut built = String::new();
        assert_eq!((field.unwrap().cell)(&contact, &mut built), expected);
    }

    #[test]
    fn where_a_name_comes_from() {
        check(
            contact("4915112345678@s.whatsapp.net"),
            "name_source",
            Cell::word("phone"),
        );
        check(
            contact("84958372615243@lid"),
            "name_source",
            Cell::word("id"),
        );
    }

    #[test]
    fn rules_are_codes() {
        let discovered = contact("84958372615243@lid").with_saved(false);
        for (header, code) in [
            ("edit_rule", "discovered-cannot-be-edited"),
            ("delete_rule", "discovered-cannot-be-deleted"),
            ("create_rule", "lid-has-no-number"),
        ] {
            check(discovered.clone(), header, Cell::trusted(code));
        }
        check(
            contact("49151").with_saved(true),
            "edit_rule",
            Cell::word(""),
        );
    }
}
