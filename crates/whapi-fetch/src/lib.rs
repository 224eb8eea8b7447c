//! Fetches every contact of a Whapi channel, or reports why the list may be incomplete.
//!
//! - [`Client`] sends requests to the API, with retries and limits; its [`Token`] is never shown.
//! - [`Scan`] reads a whole list from any [`PageSource`], proves that no contact is missing, and
//!   describes the result in a [`ScanReport`].
//! - [`ContactSource`] is the trait of all sources: [`ApiSource`] (client, channel check and scan
//!   in one), [`SavedAnswers`] (files and standard input), [`InMemory`].
//! - [`Enrichment`] is what an [`EnrichmentRequest`] brings beside contacts: the chats, groups and
//!   blocked ids that explain why contacts are visible, and the LIDs behind phone numbers.
//! - [`PartnerClient`] lists the channels of an account, with their tokens.
//! - [`FetchEvent`] reports lists, pages and waits to the observer of an [`ApiSource`].
//!
//! [`whapi_model`] has the types of contacts, chats and groups.
//!
//! # Examples
//!
//! With the emulated API; for the real one, leave out the address.
//!
//! ```
//! use whapi_emulator::Emulator;
//! use whapi_fetch::{ApiSource, Client, ContactSource, ScanOptions, Token};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let api = Emulator::builder().people(1317).start().await?;
//! let token = Token::new(api.token(), "the example")?;
//! let client = Client::builder(token).base_url(api.base_url()).build()?;
//!
//! let mut source = ApiSource::new(client, ScanOptions::default());
//! let mut contacts = 0;
//! while let Some(batch) = source.next_batch().await? {
//!     contacts += batch.len();
//! }
//! let report = source.report();
//! assert_eq!(contacts, 1317);
//! assert!(report.complete);
//! assert_eq!((report.pages, report.requests), (3, 4));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/groups.rs` reads a channel with progress, enrichment and a stream of batches.
//!
//! # Limits of this crate
//!
//! It classifies no contacts (see `whapi-classify`), writes no files, prints nothing and installs
//! no signal handlers. It logs counts and offsets through `tracing`, never names, numbers or the
//! token.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api_source;
mod auto_traits;
mod budget;
mod client;
mod enrichment;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod in_memory;
mod limits;
mod lists;
mod observer;
mod page;
mod partner;
mod partner_channel;
mod retry;
mod saved;
mod scan;
mod source;
mod task;
mod token;
mod waiting;
mod wire;

pub use api_source::ApiSource;
pub use client::{Client, ClientBuilder, DEFAULT_BASE_URL, RequestLimit};
pub use enrichment::{Enrichment, EnrichmentRequest};
pub use error::{Error, ErrorKind};
pub use health::{ChannelInfo, ChannelState};
pub use in_memory::InMemory;
pub use limits::ChannelLimits;
pub use observer::{FetchEvent, FetchList, WaitCause};
pub use page::{DEFAULT_CONCURRENCY, Listed, MAX_PAGE_SIZE, PageSource, RequestStats, Row};
pub use partner::{DEFAULT_PARTNER_URL, PartnerClient};
pub use partner_channel::{PartnerChannel, PartnerChannelState};
pub use retry::RetryPolicy;
pub use saved::SavedAnswers;
pub use scan::{Scan, ScanOptions, ScanReport};
pub use source::ContactSource;
pub use token::Token;

/// The macro that makes `async fn` work in [`ContactSource`] and [`PageSource`]; re-exported so that
/// implementers need no version match.
pub use async_trait::async_trait;
/// What [`ContactSource::batches`] returns: a stream of the crate `futures-core`, which every 0.3
/// of `futures` and `futures-util` reads.
pub use futures_util::stream::BoxStream;
#[cfg(feature = "test-util")]
pub use whapi_http::VirtualClock;
pub use whapi_http::{Clock, SystemClock};
pub use whapi_model;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
