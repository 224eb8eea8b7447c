//! Lists that may be incomplete.

/// A list that may be incomplete, with the reasons.
///
/// # Examples
///
/// ```
/// use whapi_model::Partial;
///
/// let mut groups = Partial::from(["Football"]);
/// assert!(groups.is_complete());
/// groups.missing.push("2 rows have no id".to_owned());
/// assert!(!groups.is_complete());
/// ```
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

/// A complete list.
impl<T> From<Vec<T>> for Partial<T> {
    fn from(items: Vec<T>) -> Self {
        Self::complete(items)
    }
}

/// A complete list.
impl<T, const N: usize> From<[T; N]> for Partial<T> {
    fn from(items: [T; N]) -> Self {
        Self::complete(items.into())
    }
}

impl<T> Partial<T> {
    /// Creates a list from its items and the reasons why others may be missing.
    pub fn new(items: Vec<T>, missing: Vec<String>) -> Self {
        Self { items, missing }
    }

    /// Creates a complete list.
    pub fn complete(items: Vec<T>) -> Self {
        Self::new(items, Vec::new())
    }

    /// Whether no item is missing.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}
