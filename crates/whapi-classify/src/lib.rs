//! Pure rules over WhatsApp contacts: saved or discovered, what may be done to each, and which
//! name is shown.
//!
//! The Whapi gate lists every account that a phone number can see. The `saved` flag tells those in
//! the address book from those merely discovered through groups and chats, and it carries rules.
//! This crate is those rules as functions: no I/O, no async, nothing that can fail.
//!
//! - [`ClassifiedContact`] is a contact with everything below worked out.
//! - [`Standing`]: saved, discovered, or unknown.
//! - [`Permissions`]: edit, delete, create, each a [`Verdict`] that names the [`Rule`] behind a no.
//! - [`DisplayName`]: the name to show, and where it came from.
//! - [`NameWarnings`]: why a name is worth a second look.
//! - [`Change`]: what happened to a contact between two looks at it.
//!
//! # Examples
//!
//! ```
//! use whapi_classify::{ClassifiedContact, NameSource, Rule, Standing};
//! use whapi_model::{Contact, ContactId};
//!
//! let contact = Contact::new(ContactId::parse("601111311480")?)
//!     .with_pushname("MC")
//!     .with_saved(false);
//! let seen = ClassifiedContact::new(contact);
//!
//! assert_eq!(seen.standing(), Standing::Discovered);
//! assert_eq!(seen.permissions().delete.rule(), Some(Rule::DiscoveredCannotBeDeleted));
//! assert!(seen.permissions().create.is_allowed());
//! assert_eq!(seen.display_name().text(), "MC");
//! assert_eq!(seen.display_name().source(), NameSource::Pushname);
//! # Ok::<(), whapi_model::InvalidId>(())
//! ```

mod change;
mod classified;
mod name;
mod permission;
mod standing;
mod suspicion;

pub use change::Change;
pub use classified::ClassifiedContact;
pub use name::{DisplayName, NameSource, is_blank};
pub use permission::{Operation, Permissions, Rule, Verdict};
pub use standing::{Standing, UnknownStanding};
pub use suspicion::{NameWarning, NameWarnings};
