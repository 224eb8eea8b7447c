//! Enrichment: the lists that explain contacts, and the LIDs behind phone numbers.

mod blocked;
mod chats;
mod groups;
mod kept;
mod lids;
mod outcome;
mod partial;
mod reasons;
mod recoverable;
mod request;
mod rows;

pub use lids::LidLookup;
pub(crate) use lids::fetch_lids;
pub use outcome::Enrichment;
pub use partial::Partial;
pub use reasons::ReasonLists;
pub(crate) use reasons::fetch_reasons;
pub use request::EnrichmentRequest;
