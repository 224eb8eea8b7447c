//! What a Singer tap for WhatsApp contacts says and reads.
//!
//! - [`Stream`] names the streams and their keys, [`Field`] is a field with its schema.
//! - [`Catalog`] is what the tap offers (`--discover`), [`Selection`] what a run reads of it (`--catalog`).
//! - [`SelectedStream`] writes the messages `SCHEMA`, and [`Rows`] the messages `RECORD`.
//! - [`State`] says when each list was last proven complete (`--state`), and writes the messages `STATE`.
//!
//! The protocol is that of <https://github.com/singer-io/getting-started/blob/master/docs/SPEC.md>. A
//! message is a line of JSON. Untrusted text is exact, and no character in it ends a line for any reader.
//!
//! # Examples
//!
//! ```
//! use whapi_export::Available;
//! use whapi_export::whapi_model::{ContactId, Group, Participant, Rank};
//! use whapi_singer::{Catalog, Rows, Stream};
//!
//! let selection = Catalog::new(Available::default()).select_default();
//! let mut group = Group::new(ContactId::parse("120363012345678901@g.us")?);
//! group.participants = vec![Participant::new(ContactId::parse("447700900101")?, Rank::Admin)];
//!
//! let memberships = selection.get(Stream::Memberships).unwrap();
//! let rows = Rows::new(memberships, "shop", "2026-11-30T06:00:00Z");
//! let mut messages = Vec::new();
//! assert_eq!(rows.memberships(&group, &mut messages), 1);
//! assert_eq!(
//!     String::from_utf8(messages)?,
//!     concat!(
//!         r#"{"type":"RECORD","stream":"memberships","record":{"channel":"shop","#,
//!         r#""group_id":"120363012345678901@g.us","id":"447700900101","phone":"+447700900101","#,
//!         r#""rank":"admin"},"time_extracted":"2026-11-30T06:00:00Z"}"#,
//!         "\n"
//!     )
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! No I/O: it opens no file and sends no request. It does not decide what is proven.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod catalog;
mod chosen;
mod field;
mod invalid;
mod line;
mod rows;
mod schema;
mod selection;
mod state;
mod stream;

pub use catalog::Catalog;
pub use field::Field;
pub use invalid::Invalid;
pub use rows::Rows;
pub use selection::{SelectedStream, Selection};
pub use state::{Proof, State};
pub use stream::Stream;
pub use whapi_export;
pub use whapi_export_jsonl;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
