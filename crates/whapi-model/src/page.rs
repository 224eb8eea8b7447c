//! One answer's worth of a list.

/// One page of a list: some items, and where they stood.
///
/// # Examples
///
/// ```
/// use whapi_model::Page;
///
/// let page = Page::new(500, vec!["a", "b"]).with_total(Some(1317));
/// assert_eq!(page.end(), 502);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// Place of the first item in the whole list, counted from 0.
    pub offset: u64,
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// How long the whole list is, by this answer. `None` when the answer did not say.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A page that starts at `offset` and does not say how long the list is.
    pub fn new(offset: u64, items: Vec<T>) -> Self {
        Self {
            offset,
            items,
            total: None,
        }
    }

    /// Sets [`total`](Self::total).
    pub fn with_total(mut self, total: Option<u64>) -> Self {
        self.total = total;
        self
    }

    /// Place of the first item *behind* this page.
    pub fn end(&self) -> u64 {
        self.offset + self.items.len() as u64
    }
}
