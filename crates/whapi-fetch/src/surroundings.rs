//! What else the gate knows: why contacts are visible, and which two ids are one person.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use futures_util::StreamExt;
use futures_util::stream;
use whapi_model::{Chat, Contact, ContactId, Footprint, Group, IdKind};
use whapi_text::{counted, with_causes};

use crate::budget::{self, GROUPS_AT_A_TIME, MAP_ENTRY};
use crate::client::{CHATS_PAGE, Chats, Client, GROUPS_PAGE, Groups, LIDS_BATCH};
use crate::error::{Error, ErrorKind};
use crate::page::{Listed, PageSource};
use crate::scan::{Scan, ScanOptions};

/// What to ask for beside contacts. The default is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SideCalls {
    /// Chats, groups and blocked ids, which tell why contacts are visible. At most 32 MiB of chats
    /// and 48 MiB of groups are kept, and 4 MiB of names of each; past that they are not all known.
    pub reasons: bool,
    /// The LIDs behind the phone numbers, which tell who is listed twice. The whole list of
    /// contacts is held in memory for it: one that fills more than 64 MiB, some 600,000 contacts,
    /// ends in an error. Past 48 MiB of pairs, some 160,000, the LIDs are not all known.
    pub lids: bool,
}

impl SideCalls {
    /// Sets [`reasons`](Self::reasons).
    pub fn with_reasons(mut self, wanted: bool) -> Self {
        self.reasons = wanted;
        self
    }

    /// Sets [`lids`](Self::lids).
    pub fn with_lids(mut self, wanted: bool) -> Self {
        self.lids = wanted;
        self
    }

    /// Whether anything is asked for.
    pub fn any(self) -> bool {
        self.reasons || self.lids
    }

    /// The requests that a list takes whose length is known, if nothing fails or moves: pages that
    /// share a row with their neighbours, and one behind a last page that is full, as proof of the
    /// end.
    ///
    /// ```
    /// use whapi_fetch::SideCalls;
    ///
    /// assert_eq!(SideCalls::requests_for_chats(100), 2);
    /// assert_eq!(SideCalls::requests_for_groups(49), 1);
    /// assert_eq!(SideCalls::requests_for_lids(201), 2);
    /// ```
    pub fn requests_for_chats(chats: u64) -> u64 {
        ScanOptions::requests(chats, CHATS_PAGE)
    }

    /// As [`requests_for_chats`](Self::requests_for_chats), without those for groups whose
    /// participants the gate cuts, which take one more each.
    pub fn requests_for_groups(groups: u64) -> u64 {
        ScanOptions::requests(groups, GROUPS_PAGE)
    }

    /// The requests for the LIDs behind so many phone numbers.
    pub fn requests_for_lids(phones: u64) -> u64 {
        phones.div_ceil(LIDS_BATCH as u64)
    }
}

/// What a side call found, and whether that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found<T> {
    /// What was found, complete or not.
    pub items: Vec<T>,
    /// Why there may be more, a sentence each. Empty when this is all.
    pub doubts: Vec<String>,
}

/// All, and that is nothing.
impl<T> Default for Found<T> {
    fn default() -> Self {
        Self::all(Vec::new())
    }
}

impl<T> Found<T> {
    /// All that there is.
    pub fn all(items: Vec<T>) -> Self {
        Self {
            items,
            doubts: Vec::new(),
        }
    }

    /// Whether this is all.
    pub fn is_complete(&self) -> bool {
        self.doubts.is_empty()
    }

    fn nothing(error: &Error) -> Self {
        Self {
            items: Vec::new(),
            doubts: vec![with_causes(error)],
        }
    }
}

/// What the gate says about why contacts are visible.
#[derive(Default)]
#[non_exhaustive]
pub struct Explanations {
    /// The chats, private ones and others.
    pub chats: Found<Chat>,
    /// The groups, each with all of its participants where the gate gave them.
    pub groups: Found<Group>,
    /// The blocked ids.
    pub blocked: Found<ContactId>,
    /// The account itself. `None` when the gate did not say.
    pub account: Option<ContactId>,
}

/// Counts, and names nobody.
impl fmt::Debug for Explanations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanations")
            .field("chats", &self.chats.items.len())
            .field("groups", &self.groups.items.len())
            .field("blocked", &self.blocked.items.len())
            .finish_non_exhaustive()
    }
}

/// Which phone numbers and LIDs are one person.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Identities {
    /// Pairs of a phone number and its LID, whether or not both are listed.
    pub pairs: Found<(ContactId, ContactId)>,
    /// The entries of people who are listed with both: the one with the phone number, the one
    /// with the LID.
    pub listed_twice: Vec<(Contact, Contact)>,
}

/// What was found beside contacts. `None` where it was not asked for.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// Why contacts are visible.
    pub explanations: Option<Explanations>,
    /// Who has two ids.
    pub identities: Option<Identities>,
}

/// What tells why contacts are visible, within a budget.
trait Explaining: Listed + Footprint {
    /// The most bytes of all of these together.
    const MOST: usize;
    /// What the texts are called that stand beside contacts.
    const TEXTS: &'static str;

    /// What it takes here and in what is made of it later.
    fn cost(&self) -> usize;

    /// Bytes of text that stand beside each contact that it explains.
    fn texts(&self) -> usize;
}

impl Explaining for Chat {
    const MOST: usize = budget::CHATS;
    const TEXTS: &'static str = "labels";

    fn cost(&self) -> usize {
        self.footprint() + 2 * MAP_ENTRY
    }

    fn texts(&self) -> usize {
        let labels = self.labels.iter();
        labels.map(|label| label.id.len() + label.name.len()).sum()
    }
}

impl Explaining for Group {
    const MOST: usize = budget::GROUPS;
    const TEXTS: &'static str = "names";

    fn cost(&self) -> usize {
        self.footprint() + (2 + self.participants.len()) * MAP_ENTRY
    }

    fn texts(&self) -> usize {
        self.id.as_str().len() + self.name.as_ref().map_or(0, String::len)
    }
}

/// What was kept of a list, and what it takes.
struct Kept<T> {
    items: Vec<T>,
    bytes: usize,
    texts: usize,
}

impl<T: Explaining> Kept<T> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            bytes: 0,
            texts: 0,
        }
    }

    /// Adds an item. An error says which budget has no room for it.
    fn add(&mut self, item: T) -> Result<(), String> {
        self.make_room(0, 0, &item)?;
        self.items.push(item);
        Ok(())
    }

    /// Puts an item in the place of another.
    fn replace(&mut self, place: usize, item: T) -> Result<(), String> {
        let old = &self.items[place];
        self.make_room(old.cost(), old.texts(), &item)?;
        self.items[place] = item;
        Ok(())
    }

    fn make_room(&mut self, bytes: usize, texts: usize, item: &T) -> Result<(), String> {
        let bytes = self.bytes - bytes + item.cost();
        let texts = self.texts - texts + item.texts();
        if bytes > T::MOST {
            return Err(format!("they fill more than {} MiB", T::MOST >> 20));
        }
        if texts > budget::TEXTS {
            let most = budget::TEXTS >> 20;
            return Err(format!("their {} fill more than {most} MiB", T::TEXTS));
        }
        (self.bytes, self.texts) = (bytes, texts);
        Ok(())
    }
}

/// Asks for chats, groups and blocked ids. A call that fails leaves its doubt and nothing else.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`] only: the caller wants no further request of any kind.
pub(crate) async fn explain(client: Client, options: ScanOptions) -> Result<Explanations, Error> {
    let chats = chats(&client, options.clone().with_page_size(CHATS_PAGE)?);
    let groups = groups(&client, options.with_page_size(GROUPS_PAGE)?);
    let (chats, groups, blocked) = tokio::join!(chats, groups, blocked(&client));
    Ok(Explanations {
        chats: chats?,
        groups: groups?,
        blocked: blocked?,
        account: None,
    })
}

/// A list, with the care that contacts get, as far as there is room for it; and why that is not all.
async fn read_all<S, T>(source: S, options: ScanOptions) -> Result<(Kept<T>, Vec<String>), Error>
where
    S: PageSource<T> + 'static,
    T: Explaining,
{
    let mut scan = Scan::new(source, options);
    let mut kept = Kept::new();
    loop {
        match scan.next_batch().await {
            Ok(Some(batch)) => {
                for item in batch {
                    if let Err(full) = kept.add(item) {
                        return Ok((kept, vec![full]));
                    }
                }
            }
            Ok(None) => return Ok((kept, scan.report().reasons)),
            Err(error) => {
                let doubt = with_causes(&unless_final(error)?);
                return Ok((kept, vec![doubt]));
            }
        }
    }
}

async fn chats(client: &Client, options: ScanOptions) -> Result<Found<Chat>, Error> {
    let (kept, mut doubts) = read_all(Chats(client.clone()), options).await?;
    if client.left_out_labels() {
        doubts.push(left_out("labels"));
    }
    Ok(Found {
        items: kept.items,
        doubts,
    })
}

/// All groups; those whose participants the gate cut are asked for one by one.
async fn groups(client: &Client, options: ScanOptions) -> Result<Found<Group>, Error> {
    let at_a_time = options.concurrency().min(GROUPS_AT_A_TIME);
    let (mut kept, mut doubts) = read_all(Groups(client.clone()), options).await?;
    let cut: Vec<(usize, ContactId)> = kept
        .items
        .iter()
        .enumerate()
        .filter(|(_, group)| !group.lists_everyone())
        .map(|(place, group)| (place, group.id.clone()))
        .collect();
    let mut whole = stream::iter(cut)
        .map(|(place, id)| async move { (place, client.group(&id).await) })
        .buffered(at_a_time);
    let mut unknown = 0;
    let mut full = None;
    while let Some((place, group)) = whole.next().await {
        match group {
            Ok(Some(group)) if group.id == kept.items[place].id && group.lists_everyone() => {
                if let Err(error) = kept.replace(place, group) {
                    // What there is room for now would depend on the order of the groups.
                    full = Some(error);
                    break;
                }
            }
            Ok(_) => unknown += 1,
            Err(error) => {
                unless_final(error)?;
                unknown += 1;
            }
        }
    }
    if unknown > 0 {
        let groups = counted(unknown, "group");
        doubts.push(format!("the gate does not list everybody in {groups}"));
    }
    doubts.extend(full);
    if client.left_out_group_names() {
        doubts.push(left_out("names"));
    }
    Ok(Found {
        items: kept.items,
        doubts,
    })
}

fn left_out(what: &str) -> String {
    format!(
        "{what} longer than {} KiB were left out",
        budget::LONGEST_NAME >> 10
    )
}

async fn blocked(client: &Client) -> Result<Found<ContactId>, Error> {
    let ids = match client.blacklist().await {
        Ok(ids) => ids,
        Err(error) => return Ok(Found::nothing(&unless_final(error)?)),
    };
    let entries = ids.len();
    let items: Vec<_> = ids.into_iter().flatten().collect();
    let unusable = entries - items.len();
    let doubts = (unusable > 0).then(|| format!("{unusable} of the blocked entries are no ids"));
    Ok(Found {
        items,
        doubts: doubts.into_iter().collect(),
    })
}

/// Asks for the LIDs behind all phone numbers of the list.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`] only.
pub(crate) async fn identify(
    client: &Client,
    contacts: &VecDeque<Vec<Contact>>,
    concurrency: usize,
) -> Result<Identities, Error> {
    let mut phones = contacts
        .iter()
        .flatten()
        .map(Contact::id)
        .filter(|id| id.phone().is_some());
    let batches = std::iter::from_fn(|| {
        let batch: Vec<_> = phones.by_ref().take(LIDS_BATCH).cloned().collect();
        (!batch.is_empty()).then_some(batch)
    });
    let mut answers = stream::iter(batches)
        .map(|batch| {
            let client = client.clone();
            async move { client.lids(&batch).await }
        })
        .buffered(concurrency);
    let mut pairs = Vec::new();
    let (mut bytes, mut full) = (0, false);
    let (mut requests, mut failed) = (0, 0);
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        requests += 1;
        match answer {
            Ok(found) => {
                bytes += found.iter().map(cost_of_pair).sum::<usize>();
                full = bytes > budget::PAIRS;
                if full {
                    break;
                }
                pairs.extend(found);
            }
            Err(error) => {
                let error = unless_final(error)?;
                failed += 1;
                failure.get_or_insert_with(|| with_causes(&error));
            }
        }
    }
    drop(answers);
    let failed = failure.map(|failure| {
        format!("{failed} of {requests} requests for LIDs failed, the first because {failure}")
    });
    let full = full.then(|| {
        let most = budget::PAIRS >> 20;
        format!("the LIDs fill more than {most} MiB, and the rest was not asked for")
    });
    let doubts = failed.into_iter().chain(full);
    let listed_twice = listed_twice(&pairs, contacts);
    Ok(Identities {
        pairs: Found {
            items: pairs,
            doubts: doubts.collect(),
        },
        listed_twice,
    })
}

/// What a pair takes here and in what is made of it later.
fn cost_of_pair((phone, lid): &(ContactId, ContactId)) -> usize {
    2 * (phone.footprint() + lid.footprint()) + 2 * MAP_ENTRY
}

/// The entries of those pairs of which both are listed.
fn listed_twice(
    pairs: &[(ContactId, ContactId)],
    contacts: &VecDeque<Vec<Contact>>,
) -> Vec<(Contact, Contact)> {
    let contacts = || contacts.iter().flatten();
    let lids: HashMap<&ContactId, &Contact> = contacts()
        .filter(|contact| contact.id().kind() == IdKind::Lid)
        .map(|contact| (contact.id(), contact))
        .collect();
    let lid_of: HashMap<&ContactId, &ContactId> =
        pairs.iter().map(|(phone, lid)| (phone, lid)).collect();
    contacts()
        .filter_map(|contact| {
            let lid = lids.get(lid_of.get(contact.id())?)?;
            Some((contact.clone(), (*lid).clone()))
        })
        .collect()
}

/// Passes on the one failure of a side call that ends the run.
fn unless_final(error: Error) -> Result<Error, Error> {
    if error.kind() == ErrorKind::RequestLimit {
        Err(error)
    } else {
        Ok(error)
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::{ChatKind, Label, Participant, Rank};

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn group(members: usize) -> Group {
        let mut group = Group::new(id("1@g.us"));
        let member = Participant::new(id("447700900101"), Rank::Member);
        group.participants = vec![member; members];
        group
    }

    #[test]
    fn past_the_bytes_of_groups_there_is_no_room() {
        let mut kept = Kept::new();
        while kept.add(group(10_000)).is_ok() {}
        let most = budget::GROUPS / group(10_000).cost();
        assert_eq!(kept.items.len(), most);
        assert_eq!(
            kept.add(group(10_000)),
            Err("they fill more than 48 MiB".to_owned())
        );
        assert_eq!(kept.replace(0, group(1)), Ok(()));
        assert_eq!(kept.add(group(10_000)), Ok(()));
        let full = Err("they fill more than 48 MiB".to_owned());
        assert_eq!(kept.replace(0, group(10_000)), full);
    }

    #[test]
    fn past_the_bytes_of_texts_there_is_no_room() {
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        chat.labels = vec![Label::new("1", "l".repeat((1 << 20) - 1))];
        let mut kept = Kept::new();
        for _ in 0..4 {
            assert_eq!(kept.add(chat.clone()), Ok(()));
        }
        let full = Err("their labels fill more than 4 MiB".to_owned());
        assert_eq!(kept.add(chat.clone()), full);
        chat.labels.clear();
        assert_eq!(kept.add(chat), Ok(()));

        let mut named = group(0);
        named.name = Some("n".repeat((4 << 20) - 6));
        let mut kept = Kept::new();
        assert_eq!(kept.add(named.clone()), Ok(()));
        let full = Err("their names fill more than 4 MiB".to_owned());
        assert_eq!(kept.add(named), full);
    }
}
