//! What was found beside contacts.

use super::lids::Identities;
use super::reasons::Explanations;

/// What was found beside contacts. `None` where it was not asked for.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// Why contacts are visible.
    pub explanations: Option<Explanations>,
    /// Who has two ids.
    pub identities: Option<Identities>,
}
