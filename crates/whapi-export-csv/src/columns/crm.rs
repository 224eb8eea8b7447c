//! The columns that customer databases import.

use whapi_export::fields::{Field, phone, shown_name};

use super::{Trusted, Untrusted, empty};
use crate::note::push_note;

/// HubSpot's own properties, by which its import finds columns.
pub(crate) static HUBSPOT: [Field; 4] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First name", shown_name),
    empty("Last name"),
    empty("Email"),
    Field::new("Mobile phone number", phone),
];

/// What Chatwoot's import reads, and two columns that become custom attributes.
pub(crate) static CHATWOOT: [Field; 6] = [
    Field::new("name", shown_name),
    empty("email"),
    // Who is found again by it is brought up to date and not doubled, so it is the spelling that
    // stays the same.
    Field::new("identifier", |contact, _| {
        Untrusted(contact.id().identity())
    }),
    Field::new("phone_number", phone),
    Field::new("whatsapp_standing", |contact, _| {
        Trusted(contact.standing().as_str())
    }),
    Field::new("whatsapp_notes", |contact, built| {
        push_note(contact, built);
        Untrusted(built)
    }),
];
