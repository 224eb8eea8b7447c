//! Reads contacts from a source, classifies and filters them, and writes them by exporters.
//!
//! - [`Pipeline`] takes exporters and [`Filter`]s and [runs](Pipeline::run) a source through them.
//!   It can also [forecast](Pipeline::forecast) a run, or [call a function](Pipeline::for_each) with
//!   every contact.
//! - [`RunReport`] holds the result. Programs decide by its [`Outcome`].
//! - [`Event`]s report the progress of a run.
//!
//! # Examples
//!
//! ```
//! use whapi_export::{
//!     BatchReport, ClassifiedContact, Exporter, Result, RunEnd, Summary, async_trait,
//! };
//! use whapi_fetch::InMemory;
//! use whapi_model::{Contact, ContactId};
//! use whapi_pipeline::{Outcome, Pipeline, never_cancelled};
//!
//! /// Counts contacts.
//! struct Count(u64);
//!
//! #[async_trait]
//! impl Exporter for Count {
//!     async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
//!         self.0 += batch.len() as u64;
//!         Ok(BatchReport::written(batch.len()))
//!     }
//!     async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
//!         Ok(Summary::new(format!("{} counted", self.0)))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! let contacts = vec![Contact::new(ContactId::parse("447700900123")?).with_saved(true)];
//! let report = Pipeline::new()
//!     .export("count", "nowhere", Box::new(Count(0)))
//!     .run(&mut InMemory::new(contacts), never_cancelled())
//!     .await;
//!
//! assert_eq!(report.outcome, Outcome::Complete);
//! assert_eq!((report.contacts.total, report.contacts.saved), (1, 1));
//! assert_eq!(report.exports[0].destination, "1 counted");
//! # Ok(())
//! # }
//! ```
//!
//! # What this crate does not do
//!
//! It contains no format and no command line. It prints nothing and installs no signal handlers: the
//! caller passes a future that cancels the run.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod budget;
mod cancel;
mod channels;
mod event;
mod filter;
mod forecast;
mod name_buffer;
mod pipeline;
mod processor;
mod report;
mod run;

pub use cancel::never_cancelled;
pub use channels::{Channel, ChannelReport};
pub use event::Event;
pub use filter::Filter;
pub use pipeline::Pipeline;
pub use report::{
    Cancelled, ChangeCounts, ContactCounts, ExportReport, Failure, LeftOut, LidLinkCounts, Outcome,
    ReasonCounts, ReasonTally, RunReport, Stage,
};
pub use {whapi_export, whapi_fetch, whapi_phone};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
