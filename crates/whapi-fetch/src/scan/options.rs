//! Settings for a scan.

use std::num::{NonZeroU8, NonZeroU32, NonZeroUsize};

use super::overlap::shared_rows;
use super::verdict::READINGS_OF_AN_EMPTY_LIST;
use crate::error::{Error, ErrorKind};
use crate::page::{DEFAULT_CONCURRENCY, MAX_PAGE_SIZE};

/// The most passes that the set of ids can distinguish.
const MOST_PASSES: u8 = 250;

/// Settings for a [`Scan`](super::Scan). Values that a scan cannot use cannot be set.
///
/// ```
/// use whapi_fetch::ScanOptions;
///
/// let options = ScanOptions::default();
/// assert_eq!((options.page_size(), options.concurrency()), (500, 8));
/// assert_eq!((options.max_passes(), options.max_contacts()), (5, 1_000_000));
///
/// let options = options.with_page_size(100)?.with_concurrency(2)?;
/// assert_eq!((options.page_size(), options.concurrency()), (100, 2));
/// # Ok::<(), whapi_fetch::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanOptions {
    page_size: NonZeroU32,
    concurrency: NonZeroUsize,
    max_passes: NonZeroU8,
    max_contacts: u64,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            page_size: const { NonZeroU32::new(MAX_PAGE_SIZE).unwrap() },
            concurrency: const { NonZeroUsize::new(DEFAULT_CONCURRENCY).unwrap() },
            max_passes: const { NonZeroU8::new(5).unwrap() },
            max_contacts: 1_000_000,
        }
    }
}

impl ScanOptions {
    /// Rows to ask for at a time, 1 to 500. Default: 500. With 1, pages cannot share a row, so four
    /// passes must agree.
    pub fn page_size(&self) -> u32 {
        self.page_size.get()
    }

    /// Pages to request in parallel, at least 1. Default: 8.
    pub fn concurrency(&self) -> usize {
        self.concurrency.get()
    }

    /// The most times that the list is read, 1 to 250. Default: 5.
    pub fn max_passes(&self) -> u8 {
        self.max_passes.get()
    }

    /// The most contacts that are taken; a list that is longer, or says it is, ends in an error.
    /// Default: 1,000,000.
    pub fn max_contacts(&self) -> u64 {
        self.max_contacts
    }

    /// Sets [`page_size`](Self::page_size).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] outside of 1 to 500.
    pub fn with_page_size(mut self, rows: u32) -> Result<Self, Error> {
        self.page_size = NonZeroU32::new(rows)
            .filter(|rows| rows.get() <= MAX_PAGE_SIZE)
            .ok_or_else(|| {
                let message = format!("a page size of {rows} is not from 1 to {MAX_PAGE_SIZE}");
                Error::new(ErrorKind::Config, message)
            })?;
        Ok(self)
    }

    /// Sets [`concurrency`](Self::concurrency).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for 0.
    pub fn with_concurrency(mut self, pages: usize) -> Result<Self, Error> {
        self.concurrency = NonZeroUsize::new(pages).ok_or_else(|| {
            let message = "0 pages cannot be requested in parallel, 1 is the least";
            Error::new(ErrorKind::Config, message)
        })?;
        Ok(self)
    }

    /// Sets [`max_passes`](Self::max_passes).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] outside of 1 to 250.
    pub fn with_max_passes(mut self, passes: u8) -> Result<Self, Error> {
        self.max_passes = NonZeroU8::new(passes)
            .filter(|passes| passes.get() <= MOST_PASSES)
            .ok_or_else(|| {
                let message = format!("{passes} passes are not from 1 to {MOST_PASSES}");
                Error::new(ErrorKind::Config, message)
            })?;
        Ok(self)
    }

    /// Sets [`max_contacts`](Self::max_contacts).
    pub fn with_max_contacts(mut self, contacts: u64) -> Self {
        self.max_contacts = contacts;
        self
    }

    /// The requests that a list of `total` items takes in pages of `page` rows, at least 2, if
    /// nothing fails or moves: pages share two rows with their neighbours, pages of two rows one; a
    /// last page that is full needs one behind it as proof of the end, and an empty list is read
    /// three times.
    ///
    /// ```
    /// use whapi_fetch::ScanOptions;
    ///
    /// assert_eq!(ScanOptions::requests(1317, 500), 3);
    /// assert_eq!(ScanOptions::requests(500, 500), 2);
    /// assert_eq!(ScanOptions::requests(0, 500), 3);
    /// ```
    pub fn requests(total: u64, page: u32) -> u64 {
        let page = u64::from(page.max(2));
        match total.checked_sub(page) {
            None if total == 0 => u64::from(READINGS_OF_AN_EMPTY_LIST),
            None => 1,
            Some(rest) => 2 + rest / (page - shared_rows(page)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of these was a panic or a wait without end in a scan.
    #[test]
    fn values_that_a_scan_cannot_use_are_refused() {
        let errors = [
            ScanOptions::default().with_page_size(0),
            ScanOptions::default().with_page_size(501),
            ScanOptions::default().with_concurrency(0),
            ScanOptions::default().with_max_passes(0),
            ScanOptions::default().with_max_passes(251),
        ]
        .map(|set| set.unwrap_err().to_string());
        assert_eq!(
            errors,
            [
                "a page size of 0 is not from 1 to 500",
                "a page size of 501 is not from 1 to 500",
                "0 pages cannot be requested in parallel, 1 is the least",
                "0 passes are not from 1 to 250",
                "251 passes are not from 1 to 250",
            ]
        );
    }

    #[test]
    fn requests_for_lists_of_every_shape() {
        let table = [
            (0, 500, 3),
            (1, 500, 1),
            (499, 500, 1),
            (500, 500, 2),
            (997, 500, 2),
            (995, 500, 2),
            (998, 500, 3),
            (1317, 500, 3),
            (1496, 500, 4),
            (3, 2, 3),
            (3, 3, 2),
            (4, 3, 3),
        ];
        for (total, page, expected) in table {
            assert_eq!(
                ScanOptions::requests(total, page),
                expected,
                "{total} by {page}"
            );
        }
    }
}
