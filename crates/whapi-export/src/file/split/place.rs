//! What decides which file a contact goes into.

use std::sync::Arc;

use whapi_classify::Standing;
use whapi_model::ContactId;

use super::split::Split;

/// What the contacts of one file have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// From 1.
    Number(u64),
    Standing(Standing),
    Country(Option<&'static str>),
    Group(Option<ContactId>),
    Channel(Option<Arc<str>>),
}

impl Place {
    /// The file that is written when there are no contacts.
    pub(super) fn without_contacts(split: Split) -> Self {
        match split {
            Split::Count(_) => Self::Number(1),
            Split::Standing => Self::Standing(Standing::Saved),
            Split::Country => Self::Country(None),
            Split::Group => Self::Group(None),
            Split::Channel => Self::Channel(None),
        }
    }
}
