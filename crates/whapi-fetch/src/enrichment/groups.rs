//! The groups of a channel, with their participants.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::stream;
use whapi_model::{ContactId, Footprint, Group, IdKind, Page, Partial, Participant};
use whapi_text::counted;

use crate::budget::{self, GROUPS_AT_A_TIME, LONGEST_NAME, MAP_ENTRY, MAX_VALUES_OF_GROUPS};
use crate::client::Client;
use crate::error::Error;
use crate::lists::{
    Budgeted, ListRow, RowSource, TextsLeftOut, is_short, page_of_rows, read_all, recoverable,
    trimmed,
};
use crate::observer::FetchList;
use crate::page::Row;
use crate::scan::ScanOptions;
use crate::wire::{self, Answer, Unreadable};

/// Groups per page: their participants are embedded.
pub(crate) const GROUPS_PAGE: u32 = 50;

impl Client {
    /// Returns one page of groups with their participants: `GET /groups`.
    ///
    /// A row without a usable id is
    /// `None` in its place; so is one whose id has more than 128 bytes. The API may cut the
    /// participants: see [`Group::lists_everyone`]. A name longer than 1 KiB is left out, and a
    /// participant whose id has more than 128 bytes.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn groups(&self, offset: u64, count: u32) -> Result<Page<Row<Group>>, Error> {
        page_of_rows(self, None, &AtomicBool::default(), offset, count).await
    }

    /// Returns one group with its participants: `GET /groups/{id}`. The API may cut them here, too.
    /// `None` when the answer holds no group. What is too long is left out as in
    /// [`groups`](Self::groups).
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn group(&self, id: &ContactId) -> Result<Option<Group>, Error> {
        whole_group(self, id, &AtomicBool::default()).await
    }
}

async fn whole_group(
    client: &Client,
    id: &ContactId,
    left_out: &AtomicBool,
) -> Result<Option<Group>, Error> {
    let path = ["groups", id.as_str()];
    let call = client.call("group", &path, "");
    client
        .get(call, |body| {
            let group =
                wire::read_group(body).map_err(|error| client.unreadable(error, "participants"))?;
            Ok(group.and_then(|group| trimmed(group, left_out)))
        })
        .await
}

impl ListRow for Group {
    const NAME: &'static str = "groups";
    const PATH: &'static [&'static str] = &["groups"];
    const MAX_VALUES: usize = MAX_VALUES_OF_GROUPS;

    fn read(body: &[u8]) -> Result<Answer<Self>, Unreadable> {
        wire::read_groups(body)
    }

    /// A participant whose id is too long is left out. The group then does not list everyone.
    fn trim(&mut self, left_out: &AtomicBool) -> bool {
        if self
            .name
            .as_ref()
            .is_some_and(|name| name.len() > LONGEST_NAME)
        {
            self.name = None;
            left_out.store(true, Ordering::Relaxed);
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

impl Budgeted for Group {
    const MOST: usize = budget::GROUPS;
    const TEXTS: &'static str = "names";

    fn cost(&self) -> usize {
        self.footprint() + (2 + self.participants.len()) * MAP_ENTRY
    }

    fn texts(&self) -> usize {
        self.id.as_str().len() + self.name.as_ref().map_or(0, String::len)
    }
}

/// Unites the row of a list with the answer about the one group, which the API may cut, too.
///
/// Returns the group, and whether it is certain to list everyone.
fn united(listed: &Group, mut group: Group) -> (Group, bool) {
    group.name = group.name.or_else(|| listed.name.clone());
    group.participants_count = group.participants_count.or(listed.participants_count);
    if group.lists_everyone() {
        return (group, true);
    }
    let only_listed = without(&listed.participants, &group.participants);
    let only_here = without(&group.participants, &listed.participants);
    let has = |kind| {
        let mut both = only_listed.iter().chain(&only_here);
        both.any(|one| one.id.kind() == kind)
    };
    // The number in one answer and the LID in the other may be the same person.
    let certain = !(has(IdKind::Phone) && has(IdKind::Lid));
    group.participants.extend(only_listed);
    group.participants.shrink_to_fit();
    let everyone = certain && group.lists_everyone();
    (group, everyone)
}

/// The participants that are not among `others`.
fn without(participants: &[Participant], others: &[Participant]) -> Vec<Participant> {
    let others: HashSet<&ContactId> = others.iter().map(|one| &one.id).collect();
    let rest = participants.iter().filter(|one| !others.contains(&one.id));
    rest.cloned().collect()
}

/// Reads all groups, and those whose participants the API cut one by one.
pub(super) async fn groups(client: &Client, options: ScanOptions) -> Result<Partial<Group>, Error> {
    let at_a_time = options.concurrency().min(GROUPS_AT_A_TIME);
    let left_out = TextsLeftOut::default();
    let source = RowSource::new(client, &left_out);
    let (mut kept, mut missing) = read_all::<_, Group>(source, options, client.observer()).await?;
    let cut: Vec<(usize, ContactId)> = kept
        .items
        .iter()
        .enumerate()
        .filter(|(_, group)| !group.lists_everyone())
        .map(|(place, group)| (place, group.id.clone()))
        .collect();
    let noted = left_out.flag();
    let groups_cut = cut.len() as u64;
    let mut groups_asked = 0;
    let client = &client.observed_by(client.observer().with_list(FetchList::Participants));
    if groups_cut > 0 {
        client.observer().started();
    }
    let mut whole = stream::iter(cut)
        .map(|(place, id)| async move { (place, whole_group(client, &id, noted).await) })
        .buffered(at_a_time);
    let mut unknown: u64 = 0;
    let mut full = None;
    while let Some((place, group)) = whole.next().await {
        groups_asked += 1;
        client.observer().page(groups_asked, Some(groups_cut));
        match group {
            Ok(Some(group)) if group.id == kept.items[place].id => {
                let (united, everyone) = united(&kept.items[place], group);
                if let Err(error) = kept.replace(place, united) {
                    // Which of the rest fit would depend on the order of the groups.
                    full = Some(error);
                    break;
                }
                unknown += u64::from(!everyone);
            }
            Ok(_) => unknown += 1,
            Err(error) => {
                recoverable(error)?;
                unknown += 1;
            }
        }
    }
    if groups_cut > 0 {
        client.observer().finished(unknown == 0 && full.is_none());
    }
    if unknown > 0 {
        let groups = counted(unknown, "group");
        missing.push(format!(
            "the Whapi API does not list all participants of {groups}"
        ));
    }
    missing.extend(full);
    missing.extend(left_out.message(Group::TEXTS));
    Ok(Partial::new(kept.items, missing))
}
