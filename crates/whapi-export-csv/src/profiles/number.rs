//! Columns from the numbering plans, which are loaded when the first of these cells is needed.

use whapi_export::ClassifiedContact;
use whapi_export::fields::{Cell, Field};
use whapi_phone::{Country, country_of_person, look_up, variant_of};

/// Columns that can be named.
pub(super) static NUMBERS: [Field; 3] = [
    Field::new("country", |contact, _| {
        let country = country_of_person(contact.phone(), contact.id());
        Cell::word(country.map_or("", Country::as_str))
    }),
    Field::new("phone_international", |contact, built| {
        if let Some(phone) = contact.phone() {
            built.push_str(&look_up(phone).international);
        }
        number(built)
    }),
    Field::new("phone_variants", |contact, built| {
        push_variants(contact, built);
        number(built)
    }),
];

/// The other spellings. They may be another person's, so they are never merged with the number.
fn push_variants(contact: &ClassifiedContact, built: &mut String) {
    if let Some(variant) = contact.phone().and_then(variant_of) {
        built.push_str(&variant);
    }
}

/// A spelling of a number. Without a space a spreadsheet may take it for a number.
fn number(text: &str) -> Cell<'_> {
    match Cell::phone(text) {
        Cell::Untrusted(text) => Cell::trusted(text),
        phone => phone,
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;

    fn classified(id: &str) -> ClassifiedContact {
        ClassifiedContact::new(Contact::new(ContactId::parse(id).unwrap()))
    }

    #[track_caller]
    fn check(contact: &ClassifiedContact, expected: [Cell<'_>; 3]) {
        for (column, expected) in NUMBERS.iter().zip(expected) {
            let mut built = String::new();
            assert_eq!(
                (column.cell)(contact, &mut built),
                expected,
                "{}",
                column.name
            );
        }
    }

    #[test]
    fn what_a_number_tells() {
        let swedish = classified("46701740605@s.whatsapp.net");
        check(
            &swedish,
            [
                Cell::word("SE"),
                Cell::word("+46 70 174 06 05"),
                Cell::word(""),
            ],
        );
        let without_the_ninth_digit = classified("551187654321");
        check(
            &without_the_ninth_digit,
            [
                Cell::word("BR"),
                Cell::phone("+551187654321"),
                Cell::phone("+5511987654321"),
            ],
        );
        check(
            &classified("999000000000015"),
            [
                Cell::word(""),
                Cell::phone("+999000000000015"),
                Cell::word(""),
            ],
        );
    }

    #[test]
    fn a_lid_has_a_number_only_when_it_is_merged_with_one() {
        let lid = classified("84958372615243@lid");
        check(&lid, [Cell::word(""); 3]);
        let phone = ContactId::parse("46701740605").unwrap();
        check(
            &lid.clone().with_other_id(phone.clone()),
            [Cell::word(""); 3],
        );
        let merged = lid.with_merged_id(phone);
        check(
            &merged,
            [
                Cell::word("SE"),
                Cell::word("+46 70 174 06 05"),
                Cell::word(""),
            ],
        );
    }
}
