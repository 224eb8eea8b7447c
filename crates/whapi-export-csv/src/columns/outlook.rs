//! Outlook's columns: those that the classic and the new one spell the same.

use whapi_export::fields::{Field, phone, shown_name};

use super::{Trusted, Untrusted, empty};
use crate::note::push_note;

/// Outlook matches by name and passes over columns that are missing.
pub(crate) static OUTLOOK: [Field; 5] = [
    // The whole name: splitting it into parts is guessing.
    Field::new("First Name", shown_name),
    empty("Last Name"),
    Field::new("Mobile Phone", phone),
    // Opens the chat with that number.
    Field::new("Web Page", |contact, built| {
        if let Some(phone) = contact.phone() {
            built.push_str("https://wa.me/");
            built.push_str(phone.digits());
        }
        Trusted(built)
    }),
    Field::new("Notes", |contact, built| {
        push_note(contact, built);
        Untrusted(built)
    }),
];
