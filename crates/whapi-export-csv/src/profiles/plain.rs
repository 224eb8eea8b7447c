//! Programs and spreadsheets: the fields of every table, and columns that can be named.

use whapi_export::ClassifiedContact;
use whapi_export::fields::{BASE_FIELDS, Cell, ENRICHMENT_FIELDS, Field, NAME_WARNINGS};
use whapi_export::whapi_classify::{Operation, Rule};

use super::layout::ProfileLayout;
use super::number::NUMBERS;
use super::phones::Phones;

/// The profile `plain`.
pub(super) static PLAIN: ProfileLayout = ProfileLayout {
    columns: BASE_FIELDS,
    optional_columns: &[OPTIONAL_FIELDS, ENRICHMENT_FIELDS, &NUMBERS],
    for_importer: false,
    byte_order_mark: false,
    phones: Phones::Bare,
};

/// The profile `excel`.
pub(super) static EXCEL: ProfileLayout = ProfileLayout {
    byte_order_mark: true,
    phones: Phones::Spaced,
    ..PLAIN
};

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
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
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
