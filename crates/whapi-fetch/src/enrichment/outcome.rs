//! What was found beside contacts.

use super::lids::LidLookup;
use super::reasons::ReasonLists;

/// What was found beside contacts. `None` where it was not asked for.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Enrichment {
    /// Why contacts are visible.
    pub reasons: Option<ReasonLists>,
    /// Who has two ids.
    pub lids: Option<LidLookup>,
}
