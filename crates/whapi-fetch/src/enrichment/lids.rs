//! The LIDs behind phone numbers.

use std::collections::{HashMap, HashSet, VecDeque};

use futures_util::StreamExt;
use futures_util::stream;
use whapi_model::{Contact, ContactId, Footprint, IdKind, LidLookup, Partial, Phone};
use whapi_text::with_causes;

use super::recoverable::recoverable;
use super::rows::is_short;
use crate::budget::{self, MAP_ENTRY};
use crate::client::Client;
use crate::error::Error;
use crate::wire;

/// Phone numbers per request for LIDs: a URL of about 3 KB.
pub(crate) const LIDS_BATCH: usize = 200;

impl Client {
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
}

/// Requests the LIDs behind all phone numbers of the list.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`](crate::ErrorKind::RequestLimit) only.
pub(crate) async fn fetch_lids(
    client: &Client,
    contacts: &VecDeque<Vec<Contact>>,
    concurrency: usize,
) -> Result<LidLookup, Error> {
    let phones = || {
        let ids = contacts.iter().flatten().map(Contact::id);
        ids.filter(|id| id.phone().is_some())
    };
    let total = phones().count() as u64;
    let mut phones = phones();
    client.observer().started();
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
        let asked = (requests * LIDS_BATCH as u64).min(total);
        client.observer().page(asked, Some(total));
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
                let error = recoverable(error)?;
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
    let missing = failed.into_iter().chain(full);
    let missing: Vec<_> = missing.collect();
    client.observer().finished(missing.is_empty());
    let linked_contacts = linked_contacts(&pairs, contacts);
    let mut lids = LidLookup::default();
    lids.pairs = Partial::new(pairs, missing);
    lids.linked_contacts = linked_contacts;
    Ok(lids)
}

/// The bytes of a pair here and in the indexes built from it.
fn cost_of_pair((phone, lid): &(ContactId, ContactId)) -> usize {
    2 * (phone.footprint() + lid.footprint()) + 2 * MAP_ENTRY
}

/// Returns the entries of the pairs whose ids are both listed.
fn linked_contacts(
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
