//! Contacts in memory.

use async_trait::async_trait;
use whapi_model::Contact;

use crate::error::Error;
use crate::scan::{Deduplicated, ScanReport};
use crate::source::ContactSource;

/// A source of contacts in memory. Of two with the same id the first is used.
///
/// [`ContactSource`] has an example.
#[derive(Debug)]
pub struct InMemory {
    contacts: std::vec::IntoIter<Contact>,
    unique: Deduplicated,
}

/// Contacts per batch, as the API has them.
const BATCH: usize = 500;

impl InMemory {
    /// Creates a source of these contacts, in this order.
    pub fn new(contacts: Vec<Contact>) -> Self {
        Self {
            contacts: contacts.into_iter(),
            unique: Deduplicated::default(),
        }
    }
}

#[async_trait]
impl ContactSource for InMemory {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        // Memory is always ready: without this the run could not be cancelled.
        tokio::task::yield_now().await;
        while !self.contacts.as_slice().is_empty() {
            let rows = self.contacts.by_ref().take(BATCH).map(Some).collect();
            let batch = self.unique.take(rows);
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
        }
        self.unique.end();
        Ok(None)
    }

    fn report(&self) -> ScanReport {
        self.unique.report()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_comes_in_batches_each_id_once() {
        let contact = |number: usize| Contact::new(format!("44770090{number:04}").parse().unwrap());
        let mut source = InMemory::new((0..1200).map(|number| contact(number % 1100)).collect());
        let mut sizes = Vec::new();
        while let Some(batch) = source.next_batch().await.unwrap() {
            sizes.push(batch.len());
        }
        assert_eq!(sizes, [500, 500, 100]);
        let report = source.report();
        assert!(report.complete);
        assert_eq!((report.contacts, report.duplicates), (1100, 100));
    }
}
