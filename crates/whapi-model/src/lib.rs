//! Contacts, chats and groups of a WhatsApp number, as the Whapi API returns them.
//!
//! Everything here is data: no I/O, no async, no wire format. `whapi-fetch` converts the API's
//! JSON into these types; `whapi-classify` and the exporters start from them.
//!
//! - [`Contact`] is one account that a channel's phone number can see. Only its id is certain.
//! - [`ContactId`] is parsed once and then knows whether it is a phone number, a LID or neither.
//! - [`Page`] is a part of a list with its offset; [`Partial`] is a list that may be incomplete.
//! - [`Chat`] and [`Group`] explain why a contact is visible; [`ReasonLists`] has all of them.
//! - [`LidLookup`] has the LIDs behind phone numbers.
//! - [`Footprint`] is the memory that one of these takes.
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
//! is `whapi-classify`'s work. It does not validate phone numbers either.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
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
pub use contact::{Contact, StandingBy};
pub use enrichment::{LidLookup, ReasonLists};
pub use footprint::Footprint;
pub use group::{Group, Participant, Rank};
pub use id::{ContactId, IdKind, InvalidId, Phone, UnknownKind};
pub use page::Page;
pub use partial::Partial;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
