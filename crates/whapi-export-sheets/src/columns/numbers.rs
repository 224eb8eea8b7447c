//! Columns from the numbering plans, which are loaded when the first of these cells is needed.

use whapi_export::fields::{Cell, Field};
use whapi_phone::{Country, country_of_person, look_up, variant_of};

/// The same columns as the CSV has.
pub(super) static NUMBERS: [Field; 3] = [
    Field::new("country", |contact, _| {
        let country = country_of_person(contact.phone(), contact.id());
        Cell::word(country.map_or("", Country::as_str))
    }),
    Field::new("phone_international", |contact, built| {
        if let Some(phone) = contact.phone() {
            built.push_str(&look_up(phone).international);
        }
        Cell::Untrusted(built)
    }),
    Field::new("phone_variants", |contact, built| {
        if let Some(variant) = contact.phone().and_then(variant_of) {
            built.push_str(&variant);
        }
        Cell::Untrusted(built)
    }),
];
