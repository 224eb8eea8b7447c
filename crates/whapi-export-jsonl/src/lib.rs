//! Writes contacts as JSON Lines: one complete record a line.
//!
//! - [`definition`] is what a [`Registry`](whapi_export::Registry) takes.
//! - [`JsonlExporter`] is the exporter, for programs that open it themselves, and [`JsonlConfig`] its
//!   options.
//! - [`read_snapshot`] reads such a file back, to compare a later run with it, and [`read_contact`] one
//!   record.
//! - [`Key`] and [`KeySet`] choose the keys of the records.
//!
//! The file is UTF-8 without a byte order mark; every line is a JSON object and ends in LF. Keys
//! always stand in the same order. Keys of a contact's own fields are always there, and are `null`
//! if the API did not send them. Keys of data on request are in all records of a run that requested
//! it, and in none of another. `docs/mapping/jsonl.md` lists the keys, and [`SCHEMA`] is the same as a
//! JSON Schema.
//!
//! Untrusted text is exact: JSON has an escape for everything that would break a line.
//!
//! # Examples
//!
//! ```
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("contacts.jsonl");
//! let ctx = OpenContext::new().with_target(OutputTarget::Path(path.clone()));
//! let mut exporter = whapi_export_jsonl::definition().open(&ctx)?;
//!
//! let contact = Contact::new(ContactId::parse("447700900101")?)
//!     .with_pushname("=\"Ada\"\n")
//!     .with_saved(false);
//! pollster::block_on(async {
//!     exporter.begin(&RunInfo::new()).await?;
//!     exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
//!     exporter.finish(&RunEnd::complete()).await
//! })?;
//!
//! assert_eq!(
//!     std::fs::read_to_string(&path)?,
//!     concat!(
//!         r#"{"id":"447700900101","kind":"phone","phone":"+447700900101","#,
//!         r#""display_name":"=\"Ada\"\n","name_source":"pushname","#,
//!         r#""name":null,"pushname":"=\"Ada\"\n","saved":false,"standing":"discovered","#,
//!         r#""is_business":null,"permissions":{"#,
//!         r#""edit":{"allowed":false,"rule":"discovered-cannot-be-edited"},"#,
//!         r#""delete":{"allowed":false,"rule":"discovered-cannot-be-deleted"},"#,
//!         r#""create":{"allowed":true,"rule":null}},"name_warnings":["invisible"]}"#,
//!         "\n"
//!     )
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does not merge, filter or sort contacts.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod contact;
mod encoder;
mod key;
mod record;
mod snapshot;

pub use contact::{RecordContact, read_contact};
pub use encoder::{JsonlConfig, JsonlEncoder, JsonlExporter, definition};
pub use key::{Key, KeySet, UnknownKey};
pub use snapshot::read_snapshot;
pub use whapi_export;

/// The JSON Schema (draft 2020-12) of a record: `docs/mapping/jsonl.schema.json`.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(whapi_export_jsonl::SCHEMA)?;
/// let keys = schema["properties"].as_object().unwrap().keys();
/// assert_eq!(keys.len(), whapi_export_jsonl::Key::ALL.len());
/// # Ok::<(), serde_json::Error>(())
/// ```
// A copy of the documented one: `cargo xtask tidy` compares them.
pub const SCHEMA: &str = include_str!("jsonl.schema.json");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
