//! What was found, and whether that is all.

use whapi_text::with_causes;

use crate::error::Error;

/// What a side call found, and whether that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found<T> {
    /// What was found, complete or not.
    pub items: Vec<T>,
    /// Why there may be more, a sentence each. Empty when this is all.
    pub doubts: Vec<String>,
}

/// All, and that is nothing.
impl<T> Default for Found<T> {
    fn default() -> Self {
        Self::all(Vec::new())
    }
}

impl<T> Found<T> {
    /// All that there is.
    pub fn all(items: Vec<T>) -> Self {
        Self {
            items,
            doubts: Vec::new(),
        }
    }

    /// Whether this is all.
    pub fn is_complete(&self) -> bool {
        self.doubts.is_empty()
    }

    pub(super) fn nothing(error: &Error) -> Self {
        Self {
            items: Vec::new(),
            doubts: vec![with_causes(error)],
        }
    }
}
