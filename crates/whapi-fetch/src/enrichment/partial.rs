//! What was found, and whether that is all.

use whapi_text::with_causes;

use crate::error::Error;

/// What a side call found, and whether that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partial<T> {
    /// What was found, complete or not.
    pub items: Vec<T>,
    /// Why there may be more, a sentence each. Empty when this is all.
    pub missing: Vec<String>,
}

/// All, and that is nothing.
impl<T> Default for Partial<T> {
    fn default() -> Self {
        Self::complete(Vec::new())
    }
}

impl<T> Partial<T> {
    /// All that there is.
    pub fn complete(items: Vec<T>) -> Self {
        Self {
            items,
            missing: Vec::new(),
        }
    }

    /// Whether this is all.
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
