//! Writes contacts as one HTML page to look at, search, filter and print.
//!
//! - [`definition`] is what a [`Registry`](whapi_export::Registry) takes.
//! - [`HtmlExporter`] is the exporter, for programs that open it themselves, and [`HtmlConfig`] its
//!   options.
//!
//! The page is one file that needs no other and loads nothing: a content security policy allows its own
//! script and style by their SHA-256 and forbids everything else. `docs/mapping/html.md` says which
//! field is where.
//!
//! Untrusted text is data. It stands as JSON in a `script` element that no browser runs, without any
//! character that could end that element, and the page's script shows it as text only.
//!
//! # Examples
//!
//! ```
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("contacts.html");
//! let ctx = OpenContext::new().with_target(OutputTarget::Path(path.clone()));
//! let mut exporter = whapi_export_html::definition().open(&ctx)?;
//!
//! let contact = Contact::new(ContactId::parse("447700900101")?).with_name("Ada").with_saved(true);
//! pollster::block_on(async {
//!     exporter.begin(&RunInfo::new()).await?;
//!     exporter.write_batch(&[ClassifiedContact::new(contact)]).await?;
//!     exporter.finish(&RunEnd::complete()).await
//! })?;
//!
//! let page = std::fs::read_to_string(&path)?;
//! let record = page.lines().find(|line| line.starts_with(r#"{"shown""#));
//! assert_eq!(
//!     record,
//!     Some(concat!(
//!         r#"{"shown":"Ada","source":"name","id":"447700900101","kind":"phone","#,
//!         r#""phone":"+447700900101","name":"Ada","standing":"saved","#,
//!         r#""no":{"create":"already-saved"}}"#,
//!     ))
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does not read pages back. It does not merge, filter or sort contacts; the page does, in the
//! browser.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod encoder;
mod json;
mod page;
mod record;
mod words;

pub use encoder::{HtmlConfig, HtmlEncoder, HtmlExporter, definition};
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
