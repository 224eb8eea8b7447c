//! Writes contacts into a tab of a Google spreadsheet, completely or not at all.
//!
//! - [`definition`] returns what a [`Registry`](whapi_export::Registry) takes, and
//!   [`definition_with_sign_in`] the same with a file for a saved sign-in.
//! - [`SheetsExporter`] is the exporter, for programs that create it themselves, and
//!   [`SheetsConfig`] its options.
//! - [`Mode`] sets whether contacts that are only in the tab are removed, and [`Columns`] which columns
//!   are written.
//!
//! # What a run does
//!
//! 1. `begin` signs in and checks that the tab can be written.
//! 2. `write_batch` collects contacts in memory.
//! 3. `finish` reads the tab and writes it if it differs. Changes of up to 1.8 MB are one atomic
//!    request. Larger ones are written into a hidden staging tab first, read back, and copied to the
//!    tab in one atomic request that also deletes the staging tab.
//!
//! At any moment the tab has its old or its new content. After a lost answer, the exporter finds out
//! by metadata of the tab whether a request was applied. Without differences it writes nothing.
//!
//! Text stays as it is: `=1+1`, `+49…` and `0049` become neither formulas nor numbers.
//!
//! # Examples
//!
//! ```
//! use whapi_export::{ErrorKind, OpenContext};
//!
//! let sheets = whapi_export_sheets::definition();
//! let error = sheets.open(&OpenContext::new()).err().unwrap();
//! assert_eq!(error.kind(), ErrorKind::Config);
//! assert_eq!(
//!     error.to_string(),
//!     "option `spreadsheet` is missing: give the spreadsheet's address, as the browser shows it, \
//!      with `--set sheets.spreadsheet=ADDRESS`, or have one made with `--set sheets.create=on` \
//!      (format `sheets`)"
//! );
//! ```
//!
//! # What this crate does not do
//!
//! It creates and shares no spreadsheets, and reads no contacts from them. It requires a tokio
//! runtime.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod auto_traits;
mod columns;
mod config;
mod deliver;
mod exporter;
mod plan;
mod rows;
mod spreadsheet;
#[cfg(test)]
mod tests;

pub use columns::Columns;
pub use config::{Mode, SheetsConfig};
pub use exporter::{SheetsExporter, definition, definition_with_sign_in};
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
