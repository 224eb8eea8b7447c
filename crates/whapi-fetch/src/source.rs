//! Where contacts come from.

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream};
use whapi_model::Contact;

use crate::enrichment::{Enrichment, EnrichmentRequest};
use crate::error::Error;
use crate::scan::ScanReport;

/// Contacts, batch by batch, each id once, and a report on whether that was everybody.
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
    /// The next contacts, in order; never an empty batch. `None` at the end.
    ///
    /// # Errors
    ///
    /// What ends the run: nothing may be asked of the source afterwards but its report.
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error>;

    /// What [`enrichment`](Self::enrichment) will find out. Nothing unless overridden.
    fn enrichment_request(&self) -> EnrichmentRequest {
        EnrichmentRequest::default()
    }

    /// What else is known that tells about the contacts. Asked at most once, before the first
    /// batch. `None` unless the source was told to find it out.
    ///
    /// What fails here costs no contact: it leaves its doubt in the answer.
    ///
    /// # Errors
    ///
    /// What ends the run: the source may read contacts meanwhile, and limits on requests and on memory
    /// hold for all of them.
    async fn enrichment(&mut self) -> Result<Option<Enrichment>, Error> {
        Ok(None)
    }

    /// The batches of [`next_batch`](Self::next_batch) as a stream. After an error it ends; the
    /// report is the source's, once the stream is dropped.
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// use whapi_fetch::model::{Contact, ContactId};
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

    /// How it goes; final once [`next_batch`](Self::next_batch) gave `None`.
    fn report(&self) -> ScanReport;
}
