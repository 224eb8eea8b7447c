//! Writes contacts as CSV that spreadsheets, importers and scripts read without harm.
//!
//! - [`definition`] is what a [`Registry`](whapi_export::Registry) takes.
//! - [`CsvExporter`] is the exporter, for programs that open it themselves, and [`CsvConfig`] its
//!   options.
//! - [`Profile`], [`Separator`], [`Encoding`] and [`Columns`] say what the file looks like.
//! - [`read_snapshot`] reads an earlier export, to compare the present contacts with.
//!
//! The file is UTF-8 with commas unless the options choose others, quoted by RFC 4180, with a header and
//! with CRLF at the end of every line. Contacts stand in the order in which they come.
//!
//! # Untrusted text
//!
//! A person who shares a group with the account chooses the `pushname` that it sees, and a
//! spreadsheet runs a cell that begins with `=`, quoted or not. So a cell with untrusted text
//! gets a leading `'` when its first visible character is one of `= + - @ | %` or their
//! full-width forms `＝ ＋ － ＠`, looking through white space, control characters, zero-width and
//! bidirectional marks and the like, or when it begins with TAB, CR or LF. Such a character behind
//! `;`, TAB or a line end within the text gets a `'`, too: a program may split the text there; so does
//! one behind a comma where another separator is the file's. In the profiles of importers, which keep an
//! apostrophe in the name, only text that could call something gets one, at its beginning; see
//! [`FormulaGuard`]. The `phone` column and a `display_name` that falls back to it are `+` and
//! digits, made here, and are never touched. [`read_snapshot`] takes the apostrophes out again.
//!
//! NUL characters are always left out, since some readers end the cell or fail at one. All other
//! text is exact, but for characters that windows-1252 lacks.
//!
//! # Examples
//!
//! ```
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("contacts.csv");
//! let ctx = OpenContext::new().with_target(OutputTarget::Path(path.clone()));
//! let mut exporter = whapi_export_csv::definition().open(&ctx)?;
//!
//! let saved = Contact::new(ContactId::parse("619528001122")?)
//!     .with_name("Roe, Jane")
//!     .with_saved(true);
//! let discovered = Contact::new(ContactId::parse("601111311480")?)
//!     .with_pushname("@MC")
//!     .with_saved(false);
//! let contacts = [saved, discovered].map(ClassifiedContact::new);
//!
//! let summary = pollster::block_on(async {
//!     exporter.begin(&RunInfo::new()).await?;
//!     exporter.write_batch(&contacts).await?;
//!     exporter.finish(&RunEnd::complete()).await
//! })?;
//!
//! assert_eq!(
//!     std::fs::read_to_string(&path)?,
//!     "id,kind,phone,display_name,name,pushname,\
//!      saved,standing,can_edit,can_delete,can_create,is_business\r\n\
//!      619528001122,phone,+619528001122,\"Roe, Jane\",\"Roe, Jane\",,\
//!      true,saved,true,true,false,\r\n\
//!      601111311480,phone,+601111311480,'@MC,,'@MC,\
//!      false,discovered,false,false,true,\r\n"
//! );
//! assert_eq!(summary.warnings.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It reads no CSV but its own, and that only to compare. It does not merge, filter or sort contacts.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod columns;
mod encoder;
mod encoding;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod lines;
mod note;
mod options;
mod profiles;
mod read_back;

pub use columns::Columns;
pub use encoder::{CsvConfig, CsvEncoder, CsvExporter, definition};
pub use encoding::Encoding;
pub use options::{FormulaGuard, Separator};
pub use profiles::Profile;
pub use read_back::read_snapshot;
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
