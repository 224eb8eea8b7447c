//! HubSpot and Chatwoot: the columns that their imports read.

use whapi_export::fields::{Cell, Field, phone, shown_name};

use super::layout::{ProfileLayout, empty};
use crate::note::push_note;

/// The profile `hubspot`: properties by which HubSpot's import finds columns.
pub(super) static HUBSPOT: ProfileLayout = ProfileLayout::of_importer(&HUBSPOT_COLUMNS);

static HUBSPOT_COLUMNS: [Field; 4] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First name", shown_name),
    empty("Last name"),
    empty("Email"),
    Field::new("Mobile phone number", phone),
];

/// The profile `chatwoot`: what its import reads, and two columns that become custom attributes.
pub(super) static CHATWOOT: ProfileLayout = ProfileLayout::of_importer(&CHATWOOT_COLUMNS);

static CHATWOOT_COLUMNS: [Field; 6] = [
    Field::new("name", shown_name),
    empty("email"),
    // Chatwoot updates the contact with this identifier, so every spelling of an id gives the same.
    Field::new("identifier", |contact, _| {
        Cell::Untrusted(contact.id().identity())
    }),
    Field::new("phone_number", phone),
    Field::new("whatsapp_standing", |contact, _| {
        Cell::word(contact.standing().as_str())
    }),
    Field::new("whatsapp_notes", |contact, built| {
        push_note(contact, built);
        Cell::Untrusted(built)
    }),
];
