//! Counts over classified contacts, for a person: as text with bars, as JSON, as one HTML page.
//!
//! Feed [`Stats`] every contact once, ask it for a [`Report`], and show that as you like:
//! [`to_text`](Report::to_text), [`to_json`](Report::to_json), [`to_html`](Report::to_html). A
//! [`Scan`] says how the list was read; what was not asked for or not told is shown as not known,
//! and never as none.
//!
//! # Examples
//!
//! ```
//! use whapi_classify::ClassifiedContact;
//! use whapi_model::{Contact, ContactId};
//! use whapi_stats::{Scan, Stats, TextStyle};
//!
//! let mut stats = Stats::new(1_795_628_280);
//! for (id, saved) in [("447700900101", true), ("447700900102", false), ("447700900103", false)] {
//!     let contact = Contact::new(ContactId::parse(id)?).with_saved(saved);
//!     stats.add(&ClassifiedContact::new(contact));
//! }
//! let text = stats.report(Scan::complete()).to_text(&TextStyle::new(50));
//! assert!(text.contains("\n  discovered                   2   67%  ██████▋\n"), "{text}");
//! # Ok::<(), whapi_model::InvalidId>(())
//! ```
//!
//! # What this crate does not do
//!
//! No I/O: who reads the list, writes the page or knows the time is the caller. No contact's name or
//! number is kept; subjects of groups are, and shown only where they are asked for.

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
pub use scan::Scan;
pub use tally::Stats;
