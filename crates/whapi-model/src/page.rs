//! Pages of a list.

use std::fmt;
use std::sync::Arc;

/// A part of a list, with its offset.
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
    /// The length of the whole list by this answer. `None` when the answer did not say.
    pub total: Option<u64>,
    held: Held,
}

/// A value that lives as long as the page and is no part of it.
#[derive(Clone, Default)]
struct Held(Option<Arc<dyn Send + Sync>>);

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

impl PartialEq for Held {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Held {}

impl<T> Page<T> {
    /// Creates a page without a [`total`](Self::total).
    pub fn new(offset: u64, items: Vec<T>) -> Self {
        Self {
            offset,
            items,
            total: None,
            held: Held::default(),
        }
    }

    /// Keeps a value until the page is dropped, such as a share of a budget for pages that wait.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use whapi_model::Page;
    ///
    /// let share = Arc::new(());
    /// let page = Page::new(0, vec!["a"]).holding(Arc::clone(&share));
    /// assert_eq!(page, Page::new(0, vec!["a"]));
    /// assert_eq!(Arc::strong_count(&share), 2);
    /// drop(page);
    /// assert_eq!(Arc::strong_count(&share), 1);
    /// ```
    pub fn holding(mut self, what: impl Send + Sync + 'static) -> Self {
        self.held = Held(Some(Arc::new(what)));
        self
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
