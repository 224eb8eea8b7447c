//! What else a gate lists: chats, groups, blocked ids, LIDs.

use async_trait::async_trait;
use tracing::debug;
use whapi_model::{Chat, ContactId, Group, Page, Phone};

use super::{Call, Client};
use crate::error::Error;
use crate::excess;
use crate::scan::{Listed, PageSource, RequestStats, Row};
use crate::wire::{self, Answer};

/// Chats to ask for at a time.
pub(crate) const CHATS_PAGE: u32 = 100;
/// Groups to ask for at a time: their participants are embedded.
pub(crate) const GROUPS_PAGE: u32 = 50;
/// Phone numbers to ask for their LIDs at a time: an address of some 3 KB.
pub(crate) const LIDS_BATCH: usize = 200;

impl Client {
    /// One page of chats: `GET /chats`. A row without a usable id is `None` in its place. Their
    /// messages are passed over and never kept.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn chats(&self, offset: u64, count: u32) -> Result<Page<Row<Chat>>, Error> {
        let query = page_query(offset, count);
        let call = self.call("chats", &["chats"], &query);
        self.list(call, offset, wire::read_chats).await
    }

    /// One page of groups with their participants: `GET /groups`. A row without a usable id is
    /// `None` in its place. The gate may cut the participants: see [`Group::lists_everyone`].
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn groups(&self, offset: u64, count: u32) -> Result<Page<Row<Group>>, Error> {
        let query = page_query(offset, count);
        let call = Call {
            max_values: excess::MAX_VALUES_OF_GROUPS,
            ..self.call("groups", &["groups"], &query)
        };
        self.list(call, offset, wire::read_groups).await
    }

    /// One group with all of its participants: `GET /groups/{id}`. `None` when the answer holds no
    /// group.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn group(&self, id: &ContactId) -> Result<Option<Group>, Error> {
        let path = ["groups", id.as_str()];
        let call = self.call("group", &path, "");
        self.get(call, |body| {
            wire::read_group(body).map_err(|error| self.unreadable(error, "participants"))
        })
        .await
    }

    /// The blocked ids: `GET /blacklist`. An entry that is no id is `None` in its place.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn blacklist(&self) -> Result<Vec<Option<ContactId>>, Error> {
        let call = self.call("blacklist", &["blacklist"], "");
        self.get(call, |body| {
            wire::read_blacklist(body).map_err(|error| self.unreadable(error, "blocked ids"))
        })
        .await
    }

    /// The LIDs behind phone numbers: `GET /contacts/lids`, one request for all of them; 200 are a
    /// sensible number. Gives pairs of phone number and LID, for those that have one. Ids that are
    /// no phone number are not asked for.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn lids(&self, phones: &[ContactId]) -> Result<Vec<(ContactId, ContactId)>, Error> {
        let digits = phones.iter().filter_map(ContactId::phone);
        let digits: Vec<_> = digits.map(Phone::digits).collect();
        let query = format!("ContactIDList={}", digits.join(","));
        let call = self.call("lids", &["contacts", "lids"], &query);
        self.get(call, |body| {
            wire::read_lids(body).map_err(|error| self.unreadable(error, "LIDs"))
        })
        .await
    }

    async fn list<T: Listed>(
        &self,
        call: Call<'_>,
        offset: u64,
        read: impl Fn(&[u8]) -> Result<Answer<T>, wire::Unreadable> + Sync,
    ) -> Result<Page<Row<T>>, Error> {
        let answer = self
            .get(call, |body| {
                read(body).map_err(|error| self.unreadable(error, call.name))
            })
            .await?;
        debug!(
            list = call.name,
            offset,
            rows = answer.rows.len(),
            total = answer.total,
            "page"
        );
        Ok(Page::new(offset, answer.rows).with_total(answer.total))
    }
}

fn page_query(offset: u64, count: u32) -> String {
    format!("count={count}&offset={offset}")
}

/// The chats of a client's channel, as a list to scan.
pub(crate) struct Chats(pub(crate) Client);

#[async_trait]
impl PageSource<Chat> for Chats {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<Chat>>, Error> {
        self.0.chats(offset, count).await
    }

    fn stats(&self) -> RequestStats {
        self.0.stats()
    }
}

/// The groups of a client's channel, as a list to scan.
pub(crate) struct Groups(pub(crate) Client);

#[async_trait]
impl PageSource<Group> for Groups {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<Group>>, Error> {
        self.0.groups(offset, count).await
    }

    fn stats(&self) -> RequestStats {
        self.0.stats()
    }
}
