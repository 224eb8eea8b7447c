//! Lists that come page by page: what answers with them, what they list, and their limits.

use async_trait::async_trait;
use whapi_model::{Chat, Contact, ContactId, Group, Page};

use crate::error::Error;

/// The most contacts that one answer can hold, by the gate's documentation.
pub const MAX_PAGE_SIZE: u32 = 500;
/// Requests under way at a time, unless set otherwise.
pub const DEFAULT_CONCURRENCY: usize = 8;

/// What a gate lists: contacts, and in the same way chats and groups.
///
/// The scan needs to know no more of an item than who or what it is.
pub trait Listed: Send + 'static {
    /// What one item is called in messages to people; an `s` makes it several.
    const NOUN: &'static str;

    /// What tells this item from the others.
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

/// Whatever answers with pages of a list: a [`Client`](crate::Client), or a test's own model of a
/// gate. The items are contacts unless it says otherwise.
#[async_trait]
pub trait PageSource<T = Contact>: Send + Sync {
    /// At most `count` rows of the list from `offset` on; fewer, or none, at its end.
    ///
    /// # Errors
    ///
    /// Whatever ends the scan; retries are the source's own business.
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<T>>, Error>;

    /// Requests sent so far, for the report. Nothing unless overridden.
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
