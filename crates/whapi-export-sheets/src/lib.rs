//! Writes contacts into a Google spreadsheet: atomically, repeatably, within the quotas.
//!
//! - [`definition`] is what a [`Registry`](whapi_export::Registry) takes.
//! - [`SheetsExporter`] is the exporter, for programs that open it themselves, and
//!   [`SheetsConfig`] its options.
//! - [`Mode`] says what becomes of contacts that the tab has and the scan does not.
//!
//! # What a run does
//!
//! Contacts are gathered while the scan goes on; the spreadsheet is only read. When all are there,
//! the tab is brought to what it shall be. What fits one request of 1.8 MB goes in one atomic
//! batch. More goes into a hidden staging tab first, in parts that can be sent twice without harm,
//! is read back, and is then copied over in one atomic batch that removes the staging tab as well.
//! At any moment the tab is as before or as it shall be.
//!
//! When an answer is lost, metadata on the tab tells whether what was asked for happened. When
//! nothing changed, nothing is written.
//!
//! Text stays as it is: `=1+1`, `+49…` and `0049` are neither formulas nor numbers.
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
//!     "option `spreadsheet` is missing: give the spreadsheet's id, the long part of its address \
//!      after `/d/`, with `--set sheets.spreadsheet=ID` (format `sheets`)"
//! );
//! ```
//!
//! # What this crate does not do
//!
//! It makes no spreadsheets, shares none, and reads contacts from none. It needs tokio.

mod api;
mod config;
mod deliver;
mod exporter;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

pub use config::{Mode, SheetsConfig};
pub use exporter::{SheetsExporter, definition};
