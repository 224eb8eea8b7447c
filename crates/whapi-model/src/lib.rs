//! Plain types for what the Whapi gate says about contacts, chats and groups.
//!
//! Everything here is data: no I/O, no async, no wire format. The crate that talks to a gate
//! (`whapi-fetch`) converts the gate's JSON into these types; the crates that judge and write
//! contacts start from them.
//!
//! - [`Contact`] is one account that a channel's phone number can see. Only its id is certain.
//! - [`ContactId`] is parsed once and then knows whether it is a phone number, a LID or neither.
//! - [`Page`] is one answer's worth of anything, with the place where it stood in the list.
//! - [`Chat`] and [`Group`] tell why a contact is visible.
//! - [`Footprint`] tells how much memory one of these takes.
//!
//! # Examples
//!
//! ```
//! use whapi_model::{Contact, ContactId, IdKind};
//!
//! let id: ContactId = "619528001122".parse()?;
//! assert_eq!(id.kind(), IdKind::Phone);
//! assert_eq!(id.phone().unwrap().to_string(), "+619528001122");
//!
//! let contact = Contact::new(id).with_name("24name").with_saved(true);
//! assert_eq!(contact.name(), Some("24name"));
//! assert_eq!(contact.pushname(), None);
//! # Ok::<(), whapi_model::InvalidId>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does not decide anything: whether a contact may be edited, or which of its names is shown,
//! is `whapi-classify`'s work. It does not validate phone numbers either; the gate's word is kept.

mod chat;
mod contact;
mod enrichment;
mod footprint;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod group;
mod id;
mod page;
mod partial;

pub use chat::{Chat, ChatKind, Label};
pub use contact::Contact;
pub use enrichment::{LidLookup, ReasonLists};
pub use footprint::Footprint;
pub use group::{Group, Participant, Rank};
pub use id::{ContactId, IdKind, InvalidId, Phone};
pub use page::Page;
pub use partial::Partial;
