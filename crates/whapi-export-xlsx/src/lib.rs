//! Writes contacts as an Excel workbook in which text stays text.
//!
//! - [`definition`] is what a [`Registry`](whapi_export::Registry) takes.
//! - [`XlsxExporter`] is the exporter, for programs that open it themselves.
//! - [`XlsxConfig`] holds its options: the [`XlsxSheets`], one unless asked otherwise.
//!
//! The sheet `Contacts` has a bold header that stays in view and has a filter, and a row per contact in
//! the order in which contacts come. With [`XlsxSheets::Standing`] there is a sheet for each standing
//! that has contacts: `Saved`, `Discovered`, `Unknown`. A sheet takes 1,048,575 contacts; those after
//! them are in `Contacts 2` and so on. The columns are the name and the phone number, then the others of
//! the plain CSV, then what the run found out beside them, then `name_warnings`.
//! `docs/mapping/xlsx.md` has the whole table.
//!
//! Every cell is a text with the text format, whatever the name is: `=1+1` is no
//! formula, `+4915…` and `0049` no number, an address no link. Nothing is put in front of it. The text
//! itself is a shared string, since Apple Numbers shows the other kind as an empty cell. What a
//! workbook cannot hold is left out, counted, and reported in a warning: control characters, and what a
//! cell has beyond 32,767 characters.
//!
//! The same contacts give the same bytes: no time is written into the file.
//!
//! # Examples
//!
//! ```
//! use calamine::{Data, Reader, Xlsx, open_workbook};
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("contacts.xlsx");
//! let ctx = OpenContext::new().with_target(OutputTarget::Path(path.clone()));
//! let mut exporter = whapi_export_xlsx::definition().open(&ctx)?;
//!
//! let contact = Contact::new(ContactId::parse("447700900101")?)
//!     .with_pushname("=1+1")
//!     .with_saved(false);
//! pollster::block_on(async {
//!     exporter.begin(&RunInfo::new()).await?;
//!     exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
//!     exporter.finish(&RunEnd::complete()).await
//! })?;
//!
//! let mut workbook: Xlsx<_> = open_workbook(&path)?;
//! assert_eq!(workbook.sheet_names(), ["Contacts"]);
//! let sheet = workbook.worksheet_range("Contacts")?;
//! assert_eq!(sheet.get((0, 0)), Some(&Data::String("display_name".into())));
//! assert_eq!(sheet.get((1, 0)), Some(&Data::String("=1+1".into())));
//! assert_eq!(sheet.get((1, 1)), Some(&Data::String("+447700900101".into())));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does not read workbooks, keep what a user changed in one, or write pictures. It does not
//! merge, filter or sort contacts.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod archive;
mod auto_traits;
mod columns;
mod exporter;
mod options;
mod spool;
mod strings;
mod template;
mod text;
mod workbook;

pub use exporter::{XlsxExporter, definition};
pub use options::{XlsxConfig, XlsxSheets};
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
