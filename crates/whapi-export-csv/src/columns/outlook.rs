//! Outlook's columns: those that the classic and the new one spell the same.

use super::{Column, Ours, Strangers, column, empty, phone, shown_name};
use crate::note::push_note;

/// Outlook matches by name and passes over columns that are missing.
pub(crate) static OUTLOOK: [Column; 5] = [
    // The whole name: splitting it into parts is guessing.
    column("First Name", shown_name),
    empty("Last Name"),
    column("Mobile Phone", phone),
    // Opens the chat with that number.
    column("Web Page", |contact, built| {
        if let Some(phone) = contact.phone() {
            built.push_str("https://wa.me/");
            built.push_str(phone.digits());
        }
        Ours(built)
    }),
    column("Notes", |contact, built| {
        push_note(contact, built);
        Strangers(built)
    }),
];
