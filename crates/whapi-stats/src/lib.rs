//! Counts classified contacts, and shows the counts as text with bars, as JSON or as one HTML page.
//!
//! Add every contact to [`Stats`] once and create a [`Report`]. Show it by
//! [`to_text`](Report::to_text), [`to_json`](Report::to_json) or [`to_html`](Report::to_html). A
//! [`ScanSummary`] says how the list was read. Counts that were not requested are shown as not known, not as
//! 0.
//!
//! # Examples
//!
//! ```
//! use whapi_classify::ClassifiedContact;
//! use whapi_model::{Contact, ContactId};
//! use whapi_stats::{ScanSummary, Stats, TextStyle};
//!
//! let mut stats = Stats::new(1_795_628_280);
//! for (id, saved) in [("447700900101", true), ("447700900102", false), ("447700900103", false)] {
//!     let contact = Contact::new(ContactId::parse(id)?).with_saved(saved);
//!     stats.add(&ClassifiedContact::new(contact));
//! }
//! let text = stats.report(ScanSummary::complete()).to_text(&TextStyle::new(50));
//! assert!(text.contains("\n  discovered                   2   67%  ██████▋\n"), "{text}");
//! # Ok::<(), whapi_model::InvalidId>(())
//! ```
//!
//! # What this crate does not do
//!
//! It does no I/O and reads no clock. It keeps no name or number of a contact. It keeps names of
//! groups, and shows them only [on request](Report::with_names).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod data;
mod number;
mod render;
mod report;
mod scan;
mod sections;
mod tally;
mod when;

pub use render::json::SCHEMA;
pub use render::text::TextStyle;
pub use report::Report;
pub use scan::ScanSummary;
pub use tally::Stats;
pub use whapi_classify;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
