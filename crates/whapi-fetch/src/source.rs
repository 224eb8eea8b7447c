//! The trait of all sources of contacts.

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream};
use whapi_model::Contact;

use crate::enrichment::{Enrichment, EnrichmentRequest};
use crate::error::Error;
use crate::scan::ScanReport;

/// A source of contacts in batches, with each id once.
///
/// Its report says whether the contacts are complete.
///
/// # Examples
///
/// ```
/// use whapi_fetch::{ContactSource, InMemory};
/// use whapi_model::{Contact, ContactId};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let contact = Contact::new(ContactId::parse("447700900123")?);
/// let mut source = InMemory::new(vec![contact.clone(), contact]);
/// assert_eq!(source.next_batch().await?.unwrap().len(), 1);
/// assert!(source.next_batch().await?.is_none());
/// assert_eq!(source.report().duplicates, 1);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait ContactSource: Send {
    /// Returns the next contacts, in order; never an empty batch. `None` at the end.
    ///
    /// # Errors
    ///
    /// Any error ends the run: call only [`report`](Self::report) afterwards.
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error>;

    /// Returns what [`enrichment`](Self::enrichment) requests. Default: nothing.
    fn enrichment_request(&self) -> EnrichmentRequest {
        EnrichmentRequest::default()
    }

    /// Returns chats, groups, blocked ids and LIDs. Call it at most once, before the first batch.
    ///
    /// `None` when nothing is requested. A list that fails is an entry in
    /// [`Partial::missing`](whapi_model::Partial::missing) and no error.
    ///
    /// # Errors
    ///
    /// Errors that end the run: the source may read contacts meanwhile, and the limits on requests
    /// and memory hold for all lists.
    async fn enrichment(&mut self) -> Result<Option<Enrichment>, Error> {
        Ok(None)
    }

    /// Returns the batches of [`next_batch`](Self::next_batch) as a stream, which ends after an
    /// error.
    ///
    /// The stream borrows the source: drop it to read the report.
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// use whapi_fetch::whapi_model::{Contact, ContactId};
    /// use whapi_fetch::{ContactSource, InMemory};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut source = InMemory::new(vec![Contact::new(ContactId::parse("447700900123")?)]);
    /// let batches: Vec<Vec<Contact>> = source.batches().try_collect().await?;
    /// assert_eq!(batches.concat().len(), 1);
    /// assert!(source.report().complete);
    /// # Ok(())
    /// # }
    /// ```
    fn batches(&mut self) -> BoxStream<'_, Result<Vec<Contact>, Error>> {
        let batches = stream::try_unfold(self, |source| async {
            let batch = source.next_batch().await?;
            Ok(batch.map(|batch| (batch, source)))
        });
        Box::pin(batches)
    }

    /// Returns the report so far; final once [`next_batch`](Self::next_batch) returned `None`.
    fn report(&self) -> ScanReport;
}
