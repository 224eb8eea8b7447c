//! Enrichment: the lists that explain contacts, and the LIDs behind phone numbers.

mod blocked;
mod chats;
mod groups;
mod lids;
mod listed;
mod outcome;
mod reasons;
mod request;

pub(crate) use lids::{LidLimits, fetch_lids};
pub use outcome::Enrichment;
pub(crate) use reasons::fetch_reasons;
pub use request::EnrichmentRequest;
