//! The columns that customer databases import.

use super::{Column, Ours, Strangers, column, empty, phone, shown_name};
use crate::note::push_note;

/// HubSpot's own properties, by which its import finds columns.
pub(crate) static HUBSPOT: [Column; 4] = [
    // The whole name: splitting it into parts is guessing.
    column("First name", shown_name),
    empty("Last name"),
    empty("Email"),
    column("Mobile phone number", phone),
];

/// What Chatwoot's import reads, and two columns that become custom attributes.
pub(crate) static CHATWOOT: [Column; 6] = [
    column("name", shown_name),
    empty("email"),
    // Who is found again by it is brought up to date and not doubled, so it is the spelling that
    // stays the same.
    column("identifier", |contact, _| {
        Strangers(contact.id().identity())
    }),
    column("phone_number", phone),
    column("whatsapp_standing", |contact, _| {
        Ours(contact.standing().as_str())
    }),
    column("whatsapp_notes", |contact, built| {
        push_note(contact, built);
        Strangers(built)
    }),
];
