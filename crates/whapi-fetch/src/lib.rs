//! Fetches every contact of a Whapi channel, or says that it could not.
//!
//! - [`Client`] asks a gate over HTTP: with retries, limits, and a [`Token`] that never prints.
//! - [`Scan`] reads the whole list through anything that answers with pages, proves that nobody
//!   slipped out between two of them, and reports how it went in a [`ScanReport`].
//! - [`ContactSource`] is where contacts come from: [`ApiSource`] (client, channel state and scan
//!   in one), [`SavedAnswers`] (files and standard input), [`InMemory`].
//! - [`Enrichment`] is what else a gate knows, if [`EnrichmentRequest`] ask for it: chats, groups and
//!   blocked ids, which tell why contacts are visible, and who has two ids.
//!
//! # Examples
//!
//! Against the emulated gate; a real one differs in the address and the token only.
//!
//! ```
//! use whapi_emulator::Emulator;
//! use whapi_fetch::{Client, ContactSource, ApiSource, ScanOptions, Token};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gate = Emulator::builder().people(1317).start().await?;
//! let token = Token::new(gate.token(), "the example")?;
//! let client = Client::builder(token).base_url(gate.base_url()).build()?;
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
//! # What this crate does not do
//!
//! It judges nobody (`whapi-classify` does), writes no files, prints nothing, and installs no
//! signal handlers. It logs through `tracing`: counts and offsets, never names, numbers or the
//! token.

mod api_source;
mod budget;
mod client;
mod enrichment;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod in_memory;
mod observer;
mod page;
mod retry;
mod saved;
mod scan;
mod source;
mod task;
mod token;
mod waiting;
mod wire;

pub use api_source::ApiSource;
pub use client::{Client, ClientBuilder, DEFAULT_BASE_URL};
pub use enrichment::{Enrichment, EnrichmentRequest, LidLookup, Partial, ReasonLists};
pub use error::{Error, ErrorKind};
pub use health::{ChannelInfo, ChannelState};
pub use in_memory::InMemory;
pub use observer::{FetchEvent, FetchList};
pub use page::{DEFAULT_CONCURRENCY, Listed, MAX_PAGE_SIZE, PageSource, RequestStats, Row};
pub use retry::RetryPolicy;
pub use saved::SavedAnswers;
pub use scan::{Scan, ScanOptions, ScanReport};
pub use source::ContactSource;
pub use token::Token;
#[cfg(feature = "test-util")]
pub use whapi_http::VirtualClock;
pub use whapi_http::{Clock, SystemClock};
/// The types that this crate's sources give: contacts, chats, groups and their ids.
pub use whapi_model as model;
