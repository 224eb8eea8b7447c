//! What else a gate lists: chats, groups, blocked ids, LIDs.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tracing::debug;
use whapi_model::{Chat, ContactId, Footprint, Group, Page, Phone};

use super::{Call, Client};
use crate::budget::{LONGEST_ID, LONGEST_NAME, MAX_VALUES_OF_GROUPS};
use crate::error::Error;
use crate::page::{Listed, PageSource, RequestStats, Row};
use crate::waiting::Place;
use crate::wire::{self, Answer};

/// Chats to ask for at a time.
pub(crate) const CHATS_PAGE: u32 = 100;
/// Groups to ask for at a time: their participants are embedded.
pub(crate) const GROUPS_PAGE: u32 = 50;
/// Phone numbers to ask for their LIDs at a time: an address of some 3 KB.
pub(crate) const LIDS_BATCH: usize = 200;

/// Whether names were longer than is kept, in any answer to this client.
#[derive(Debug, Default)]
pub(crate) struct NamesLeftOut {
    groups: AtomicBool,
    labels: AtomicBool,
}

/// What an answer lists beside contacts, without what no honest answer has.
trait Trimmed: Listed + Footprint {
    /// Leaves out names that are too long. False when the whole row cannot be used.
    fn trim(&mut self, left_out: &NamesLeftOut) -> bool;
}

impl Trimmed for Chat {
    fn trim(&mut self, left_out: &NamesLeftOut) -> bool {
        let labels = self.labels.len();
        self.labels
            .retain(|label| label.id.len().max(label.name.len()) <= LONGEST_NAME);
        if self.labels.len() < labels {
            left_out.labels.store(true, Ordering::Relaxed);
        }
        self.labels.shrink_to_fit();
        is_short(&self.id)
    }
}

impl Trimmed for Group {
    /// A participant whose id is too long is left out. The group then does not list everyone.
    fn trim(&mut self, left_out: &NamesLeftOut) -> bool {
        if self
            .name
            .as_ref()
            .is_some_and(|name| name.len() > LONGEST_NAME)
        {
            self.name = None;
            left_out.groups.store(true, Ordering::Relaxed);
        }
        let listed = self.participants.len() as u64;
        self.participants.retain(|one| is_short(&one.id));
        if (self.participants.len() as u64) < listed {
            self.participants_count = self.participants_count.max(Some(listed));
        }
        self.participants.shrink_to_fit();
        is_short(&self.id)
    }
}

fn is_short(id: &ContactId) -> bool {
    id.as_str().len() <= LONGEST_ID
}

impl Client {
    /// Whether names of groups were left out, since they were longer than 1 KiB.
    pub(crate) fn left_out_group_names(&self) -> bool {
        self.inner.names_left_out.groups.load(Ordering::Relaxed)
    }

    /// Whether labels were left out, since they were longer than 1 KiB.
    pub(crate) fn left_out_labels(&self) -> bool {
        self.inner.names_left_out.labels.load(Ordering::Relaxed)
    }

    /// One page of chats: `GET /chats`. A row without a usable id is `None` in its place; so is one
    /// whose id has more than 128 bytes. Their messages are passed over and never kept, and labels
    /// longer than 1 KiB are left out.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn chats(&self, offset: u64, count: u32) -> Result<Page<Row<Chat>>, Error> {
        self.chats_in(None, offset, count).await
    }

    async fn chats_in(
        &self,
        place: Option<&Place>,
        offset: u64,
        count: u32,
    ) -> Result<Page<Row<Chat>>, Error> {
        let query = page_query(offset, count);
        let call = Call {
            place,
            ..self.call("chats", &["chats"], &query)
        };
        self.list(call, offset, wire::read_chats).await
    }

    /// One page of groups with their participants: `GET /groups`. A row without a usable id is
    /// `None` in its place; so is one whose id has more than 128 bytes. The gate may cut the
    /// participants: see [`Group::lists_everyone`]. A name longer than 1 KiB is left out, and a
    /// participant whose id has more than 128 bytes.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn groups(&self, offset: u64, count: u32) -> Result<Page<Row<Group>>, Error> {
        self.groups_in(None, offset, count).await
    }

    async fn groups_in(
        &self,
        place: Option<&Place>,
        offset: u64,
        count: u32,
    ) -> Result<Page<Row<Group>>, Error> {
        let query = page_query(offset, count);
        let call = Call {
            place,
            max_values: MAX_VALUES_OF_GROUPS,
            ..self.call("groups", &["groups"], &query)
        };
        self.list(call, offset, wire::read_groups).await
    }

    /// One group with all of its participants: `GET /groups/{id}`. `None` when the answer holds no
    /// group. What is too long is left out as in [`groups`](Self::groups).
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn group(&self, id: &ContactId) -> Result<Option<Group>, Error> {
        let path = ["groups", id.as_str()];
        let call = self.call("group", &path, "");
        self.get(call, |body| {
            let group =
                wire::read_group(body).map_err(|error| self.unreadable(error, "participants"))?;
            Ok(group.and_then(|group| self.trimmed(group)))
        })
        .await
    }

    /// The blocked ids: `GET /blacklist`. An entry that is no id, or one of more than 128 bytes, is
    /// `None` in its place.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn blacklist(&self) -> Result<Vec<Option<ContactId>>, Error> {
        let call = self.call("blacklist", &["blacklist"], "");
        self.get(call, |body| {
            let ids = wire::read_blacklist(body)
                .map_err(|error| self.unreadable(error, "blocked ids"))?;
            Ok(ids.into_iter().map(|id| id.filter(is_short)).collect())
        })
        .await
    }

    /// The LIDs behind phone numbers: `GET /contacts/lids`, one request for all of them; 200 are a
    /// sensible number. Gives pairs of phone number and LID, for those that have one. Ids that are
    /// no phone number are not asked for; pairs with other numbers, or with a LID of more than 128
    /// bytes, are passed over.
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
            let asked: HashSet<&ContactId> = phones.iter().collect();
            let mut pairs =
                wire::read_lids(body).map_err(|error| self.unreadable(error, "LIDs"))?;
            pairs.retain(|(phone, lid)| asked.contains(phone) && is_short(lid));
            pairs.shrink_to_fit();
            Ok(pairs)
        })
        .await
    }

    fn trimmed<T: Trimmed>(&self, mut item: T) -> Option<T> {
        item.trim(&self.inner.names_left_out).then_some(item)
    }

    async fn list<T: Trimmed>(
        &self,
        call: Call<'_>,
        offset: u64,
        read: impl Fn(&[u8]) -> Result<Answer<T>, wire::Unreadable> + Sync,
    ) -> Result<Page<Row<T>>, Error> {
        let answer = self
            .get(call, |body| {
                let mut answer = read(body).map_err(|error| self.unreadable(error, call.name))?;
                for row in &mut answer.rows {
                    *row = row.take().and_then(|item| self.trimmed(item));
                }
                Ok(answer)
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
        let client = &self.0;
        client
            .page_of("chats", offset, |place| async move {
                client.chats_in(Some(&place), offset, count).await
            })
            .await
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
        let client = &self.0;
        client
            .page_of("groups", offset, |place| async move {
                client.groups_in(Some(&place), offset, count).await
            })
            .await
    }

    fn stats(&self) -> RequestStats {
        self.0.stats()
    }
}
