//! Contacts as a table, for formats with rows and columns: fields and their cells.
//!
//! A format chooses among the fields and orders them. Each cell says whether its text is trusted.
//!
//! - [`BASE_FIELDS`] are the fields that every contact has.
//! - [`ENRICHMENT_FIELDS`] are those of a run's optional information.
//! - [`NAME_WARNINGS`] has the warnings about names, and [`CHANNEL`] the name of the contact's channel.
//! - [`pick_fields`] finds fields by name, for an option that lists columns.
//! - [`phone`] and [`shown_name`] are cells for fields of another name. [`push_labels`] and
//!   [`push_groups`] append lists to other texts.
//!
//! # Examples
//!
//! ```
//! use whapi_export::fields::{Cell, ENRICHMENT_FIELDS, BASE_FIELDS};
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, Available};
//!
//! let mut available = Available::default();
//! available.lid_links = true;
//! let fields: Vec<_> = BASE_FIELDS[..4]
//!     .iter()
//!     .chain(ENRICHMENT_FIELDS.iter().filter(|field| (field.comes_with)(available)))
//!     .collect();
//! let names: Vec<_> = fields.iter().map(|field| field.name).collect();
//! assert_eq!(names, ["id", "kind", "phone", "display_name", "other_id", "merged"]);
//!
//! let contact = Contact::new(ContactId::parse("447700900101")?).with_pushname("Ada");
//! let contact = ClassifiedContact::new(contact);
//! let mut row = Vec::new();
//! let mut built = String::new();
//! for field in fields {
//!     built.clear();
//!     row.push(match (field.cell)(&contact, &mut built) {
//!         Cell::Trusted(text) | Cell::Phone(text) => text.as_str().to_owned(),
//!         Cell::Untrusted(text) => format!("<{text}>"),
//!     });
//! }
//! assert_eq!(row, ["447700900101", "phone", "+447700900101", "<Ada>", "<>", ""]);
//! # Ok::<(), whapi_export::whapi_model::InvalidId>(())
//! ```

mod base;
mod cell;
mod channel;
mod enrichment;
mod field;
mod pick;
pub mod wording;

pub use base::{BASE_FIELDS, NAME_WARNINGS};
pub use cell::{Cell, TrustedText, is_phone};
pub use channel::{CHANNEL, PEOPLE_FIELDS};
pub use enrichment::{ENRICHMENT_FIELDS, push_groups, push_labels};
pub use field::{CellOf, Field, phone, shown_name};
pub use pick::pick_fields;

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "conformance")]
    #[test]
    fn what_is_ours_needs_no_care() {
        use crate::conformance::{
            channel_contacts, known_contacts, nasty_contacts, sample_contacts,
        };

        let contacts = [
            sample_contacts(),
            nasty_contacts(),
            known_contacts(),
            channel_contacts(),
        ]
        .concat();
        let mut cells = 0;
        for contact in &contacts {
            for field in BASE_FIELDS
                .iter()
                .chain(ENRICHMENT_FIELDS)
                .chain([&NAME_WARNINGS, &CHANNEL])
            {
                if let Cell::Trusted(text) = (field.cell)(contact, &mut String::new()) {
                    let text = text.as_str();
                    let bad = |c: char| matches!(c, ',' | ';' | '"') || c.is_control();
                    assert!(!text.contains(bad), "{}: {text}", field.name);
                    // An id may be a phone number with spaces, which is no formula.
                    let number = |c: char| c.is_ascii_digit() || c == ' ';
                    let begins_well = match text.strip_prefix('+') {
                        Some(rest) => rest.contains(' ') && rest.chars().all(number),
                        None => {
                            text.is_empty() || text.starts_with(|c: char| c.is_ascii_alphanumeric())
                        }
                    };
                    assert!(begins_well, "{}: {text}", field.name);
                    cells += usize::from(!text.is_empty());
                }
            }
        }
        assert!(cells > 300, "{cells}");
    }
}
