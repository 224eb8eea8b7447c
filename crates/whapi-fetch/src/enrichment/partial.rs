//! Lists that may be incomplete.

use whapi_text::with_causes;

use crate::error::Error;

/// A list that may be incomplete, with the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partial<T> {
    /// The items, complete or not.
    pub items: Vec<T>,
    /// Why items may be missing, a sentence each. Empty when the list is complete.
    pub missing: Vec<String>,
}

/// A complete and empty list.
impl<T> Default for Partial<T> {
    fn default() -> Self {
        Self::complete(Vec::new())
    }
}

impl<T> Partial<T> {
    /// Creates a complete list.
    pub fn complete(items: Vec<T>) -> Self {
        Self {
            items,
            missing: Vec::new(),
        }
    }

    /// Whether no item is missing.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub(super) fn nothing(error: &Error) -> Self {
        Self {
            items: Vec::new(),
            missing: vec![with_causes(error)],
        }
    }
}
