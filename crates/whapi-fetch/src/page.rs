//! Lists in pages: their sources, their items and their limits.

use async_trait::async_trait;
use whapi_model::{Chat, Contact, ContactId, Group, Page};

use crate::error::Error;
use crate::partner_channel::PartnerChannel;

/// The most contacts in one answer, by the API's documentation.
pub const MAX_PAGE_SIZE: u32 = 500;
/// Default number of requests in parallel.
pub const DEFAULT_CONCURRENCY: usize = 8;

/// An item of a list that can be scanned: a contact, a chat, a group, or a channel of the partner API.
///
/// No other type can implement it.
///
/// ```
/// use whapi_fetch::Listed;
/// use whapi_fetch::whapi_model::{Chat, ChatKind, ContactId};
///
/// let chat = Chat::new(ContactId::parse("447700900123")?, ChatKind::Contact);
/// assert_eq!(Listed::id(&chat).as_str(), "447700900123");
/// assert_eq!(Chat::NOUN, "chat");
/// # Ok::<(), whapi_fetch::whapi_model::InvalidId>(())
/// ```
pub trait Listed: Send + sealed::Sealed + 'static {
    /// The item's name in messages, in the singular; its plural ends in `s`.
    const NOUN: &'static str;

    /// The id that identifies the item in its list.
    fn id(&self) -> &ContactId;
}

mod sealed {
    use whapi_model::{Chat, Contact, Group};

    use crate::partner_channel::PartnerChannel;

    /// What only this crate implements.
    pub trait Sealed {}

    impl Sealed for Chat {}
    impl Sealed for Contact {}
    impl Sealed for Group {}
    impl Sealed for PartnerChannel {}
}

impl Listed for Contact {
    const NOUN: &'static str = "contact";

    fn id(&self) -> &ContactId {
        self.id()
    }
}

impl Listed for Chat {
    const NOUN: &'static str = "chat";

    fn id(&self) -> &ContactId {
        &self.id
    }
}

impl Listed for Group {
    const NOUN: &'static str = "group";

    fn id(&self) -> &ContactId {
        &self.id
    }
}

impl Listed for PartnerChannel {
    const NOUN: &'static str = "channel";

    /// The channel's id behind a mark, so that it is not taken for a phone number.
    fn id(&self) -> &ContactId {
        self.key()
    }
}

/// A row of the list; `None` when it has no usable id.
pub type Row<T = Contact> = Option<T>;

/// A list that is read in pages: a [`Client`](crate::Client), or a model of an API in a test.
///
/// # Examples
///
/// ```
/// use whapi_fetch::whapi_model::{Contact, ContactId, Page};
/// use whapi_fetch::{Error, PageSource, Row, Scan, ScanOptions, async_trait};
///
/// /// A list of ids.
/// struct Ids(Vec<&'static str>);
///
/// #[async_trait]
/// impl PageSource for Ids {
///     async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
///         let ids = self.0.iter().skip(offset as usize).take(count as usize);
///         let rows = ids.map(|id| ContactId::parse(id).ok().map(Contact::new));
///         Ok(Page::new(offset, rows.collect()).with_total(Some(self.0.len() as u64)))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Error> {
/// let list = Ids(vec!["447700900101", "447700900102", "447700900103"]);
/// let mut scan = Scan::new(list, ScanOptions::default());
/// let mut contacts = Vec::new();
/// while let Some(batch) = scan.next_batch().await? {
///     contacts.extend(batch);
/// }
/// assert_eq!(contacts.len(), 3);
/// assert!(scan.report().complete);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait PageSource<T = Contact>: Send + Sync {
    /// Returns at most `count` rows of the list from `offset` on; fewer, or none, at its end.
    ///
    /// # Errors
    ///
    /// Any error, which ends the scan: the source has retried what can be retried.
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<T>>, Error>;

    /// Returns the requests sent so far, for the report. Default: none.
    fn stats(&self) -> RequestStats {
        RequestStats::default()
    }
}

/// Counts of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestStats {
    /// Requests sent, retries included.
    pub requests: u64,
    /// Requests that were tries after the first.
    pub retries: u64,
}
