//! Pure rules over WhatsApp contacts: saved or discovered, what may be done to each, why it is
//! visible, and which name is shown.
//!
//! The Whapi API lists every account that a phone number can see. The `saved` flag tells those in
//! the address book from those merely discovered through groups and chats, and it carries rules.
//! This crate is those rules as functions: no I/O, no async, nothing that can fail.
//!
//! - [`ClassifiedContact`]: a contact with everything below; a [`Classifier`] makes them.
//! - [`Standing`]: saved, discovered, or unknown.
//! - [`Permissions`]: edit, delete, create, each a [`Verdict`] that names the [`Rule`] that forbids.
//! - [`Reasons`]: why a contact is visible, looked up in a [`ReasonIndex`].
//! - [`LidLinks`]: which phone number and which LID are one person.
//! - [`DisplayName`]: the name to show and its source; [`Naming`] has the settings.
//! - [`NameWarnings`]: why a name may mislead; [`SavedNames`] finds pushnames that equal a saved name.
//! - [`Change`]: what happened to a contact since an earlier export, a [`Snapshot`].
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

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod change;
mod channel_entry;
mod classified;
mod classifier;
mod lid_link;
mod name;
mod name_warnings;
mod naming;
mod permission;
mod reason;
mod reason_index;
mod saved_names;
mod simple_name;
mod snapshot;
mod standing;

pub use change::Change;
pub use channel_entry::ChannelEntry;
pub use classified::ClassifiedContact;
pub use classifier::Classifier;
pub use lid_link::LidLinks;
pub use name::{DisplayName, NameSource};
pub use name_warnings::{NameWarning, NameWarnings};
pub use naming::{InvalidNaming, Nameless, Naming};
pub use permission::{Operation, Permissions, Rule, Verdict};
pub use reason::{Membership, PrivateChat, ReasonKind, Reasons, SharedGroup, UnknownReason};
pub use reason_index::ReasonIndex;
pub use saved_names::{NameKey, SavedNames};
pub use snapshot::Snapshot;
pub use standing::{Standing, UnknownStanding};
pub use whapi_model;
pub use whapi_text::is_blank;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
