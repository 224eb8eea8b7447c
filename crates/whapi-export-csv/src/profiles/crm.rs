//! HubSpot and Chatwoot: the columns that their imports read.

use whapi_export::fields::{Cell, Field, phone};

use super::layout::{ProfileLayout, empty};
use super::names::one_line_name;
use crate::note::push_note;

/// The profile `hubspot`: properties by which HubSpot's import finds columns.
pub(super) static HUBSPOT: ProfileLayout = ProfileLayout::of_importer(&HUBSPOT_COLUMNS);

static HUBSPOT_COLUMNS: [Field; 5] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First name", one_line_name),
    empty("Last name"),
    empty("Email"),
    Field::new("Mobile phone number", phone),
    // A property of the user's own: HubSpot asks which one when it imports the file.
    Field::new("WhatsApp ID", |contact, _| {
        Cell::trusted(contact.id().identity())
    }),
];

/// The profile `chatwoot`: what its import reads, and two columns that become custom attributes.
pub(super) static CHATWOOT: ProfileLayout = ProfileLayout::of_importer(&CHATWOOT_COLUMNS);

static CHATWOOT_COLUMNS: [Field; 6] = [
    Field::new("name", one_line_name),
    empty("email"),
    // An import overwrites the identifier by which WhatsApp bridges find their contacts. Chatwoot finds
    // a contact with a number by that; every spelling of another id gives the same identifier.
    Field::new("identifier", |contact, _| match contact.phone() {
        Some(_) => Cell::word(""),
        None => Cell::trusted(contact.id().identity()),
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
