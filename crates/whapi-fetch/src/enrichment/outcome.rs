//! The result of an enrichment.

use whapi_model::{LidLookup, ReasonLists};

/// The lists that were requested beside contacts. `None` for those that were not.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Enrichment {
    /// Chats, groups and blocked ids.
    pub reasons: Option<ReasonLists>,
    /// The LIDs behind phone numbers.
    pub lids: Option<LidLookup>,
}
