//! Writes contacts as vCard 3.0 or 4.0 that phones import.
//!
//! - [`VcardExporter`] is the exporter: one card a contact, in the order given.
//! - [`VcardConfig`] holds its options: the [`VcardVersion`], by default 3.0, and whether cards have notes,
//!   by default yes.
//! - [`definition`] registers it by name, for `--format vcard`.
//!
//! Each card has `FN` and `N` with the contact's display name, `TEL` for a phone number (never for
//! a LID), `CATEGORIES` and `NOTE` with the standing and whatever has no property of its own,
//! `PRODID`, and a `UID` that stays the same from run to run, so that importing twice updates
//! instead of doubling where the importer looks at it. `docs/mapping/vcard.md` has the whole table.
//!
//! Names are untrusted text. Runs of white space in them, line ends included, become one space, and
//! there is none at the ends; control characters are left out and counted in the report. A name that Android would decode as quoted-printable, such as `=41=42`, gets
//! a space behind it in `FN`.
//!
//! # Examples
//!
//! ```
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo};
//! use whapi_export_vcard::{VcardConfig, VcardEncoder, VcardExporter};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("contacts.vcf");
//! let output = Output::new(OutputTarget::Path(path.clone()));
//! let mut exporter = Box::new(VcardExporter::new(VcardEncoder::new(VcardConfig::default()), output));
//!
//! let contact = Contact::new(ContactId::parse("4915112345678")?)
//!     .with_name("Beispiel, Ada")
//!     .with_pushname("ada")
//!     .with_saved(true);
//!
//! pollster::block_on(async {
//!     exporter.begin(&RunInfo::new()).await?;
//!     let report = exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
//!     assert_eq!(report.written, 1);
//!     exporter.finish(&RunEnd::complete()).await
//! })?;
//!
//! assert_eq!(
//!     std::fs::read_to_string(&path)?,
//!     "BEGIN:VCARD\r\n\
//!      VERSION:3.0\r\n\
//!      FN:Beispiel\\, Ada\r\n\
//!      N:;Beispiel\\, Ada;;;\r\n\
//!      TEL;TYPE=CELL:+4915112345678\r\n\
//!      CATEGORIES:WhatsApp saved\r\n\
//!      NOTE:WhatsApp: saved in the address book.\\nName on WhatsApp: ada\r\n\
//!      PRODID:-//whapi-export//EN\r\n\
//!      UID:urn:uuid:02b06639-23ec-5b22-8dc8-e89094ca8509\r\n\
//!      END:VCARD\r\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does not split names into given and family names, check or reformat phone numbers, fetch
//! photos, write the "About" text, or split a long list into several files. It reads no vCards.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod card;
mod encoder;
mod enrichment_lines;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod text;
mod v3;
mod v4;

pub use encoder::{VcardConfig, VcardEncoder, VcardExporter, VcardVersion, definition};
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
