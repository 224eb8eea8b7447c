//! Lists in pages: their sources, their items and their limits.

use async_trait::async_trait;
use whapi_model::{Chat, Contact, ContactId, Group, Page};

use crate::error::Error;

/// The most contacts in one answer, by the API's documentation.
pub const MAX_PAGE_SIZE: u32 = 500;
/// Default number of requests in parallel.
pub const DEFAULT_CONCURRENCY: usize = 8;

/// An item of a list that can be scanned: a contact, a chat or a group.
pub trait Listed: Send + 'static {
    /// The item's name in messages, in the singular; its plural ends in `s`.
    const NOUN: &'static str;

    /// The id that identifies the item in its list.
    fn id(&self) -> &ContactId;
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

/// A row of the list; `None` when it has no usable id.
pub type Row<T = Contact> = Option<T>;

/// A list that is read in pages: a [`Client`](crate::Client), or a model of an API in a test.
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
