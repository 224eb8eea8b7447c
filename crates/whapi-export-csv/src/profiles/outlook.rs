//! Outlook: the columns that the classic and the new Outlook spell the same.

use whapi_export::fields::{Cell, Field, phone};

use super::layout::{ProfileLayout, empty};
use super::names::one_line_name;
use crate::note::push_note;

/// The profile `outlook`. Outlook matches columns by name and ignores missing ones.
pub(super) static OUTLOOK: ProfileLayout = ProfileLayout::of_importer(&COLUMNS);

static COLUMNS: [Field; 5] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First Name", one_line_name),
    empty("Last Name"),
    Field::new("Mobile Phone", phone),
    // Opens the chat with that number.
    Field::new("Web Page", |contact, built| {
        if let Some(phone) = contact.phone() {
            built.push_str("https://wa.me/");
            built.push_str(phone.digits());
        }
        Cell::trusted(built)
    }),
    Field::new("Notes", |contact, built| {
        push_note(contact, built);
        Cell::Untrusted(built)
    }),
];
