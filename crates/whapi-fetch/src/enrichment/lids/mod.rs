//! The LIDs behind phone numbers, and the phone numbers behind LIDs.

mod batch;
mod calls;
mod listed;

use std::collections::{HashSet, VecDeque};

use futures_util::StreamExt;
use futures_util::stream;
use whapi_model::{Contact, ContactId, Footprint, LidLookup, Partial};
use whapi_text::{counted, with_causes};

use crate::budget::{self, MAP_ENTRY};
use crate::client::Client;
use crate::error::Error;
use crate::lists::recoverable;
use batch::{Refused, ask_batch};
use calls::{PhoneAnswer, askable_number, is_askable_lid};
use listed::{linked_contacts, numbers_of_lids};

/// Phone numbers per request for LIDs: a URL of about 3 KB.
pub(crate) const LIDS_BATCH: usize = 200;

/// Limits of the requests about LIDs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LidLimits {
    /// Requests in parallel.
    pub(crate) concurrency: usize,
    /// Requests for the number behind a single LID.
    pub(crate) max_lookups: u64,
}

/// Requests the LIDs behind the phone numbers of the list and of the account, and then the numbers
/// behind LIDs that are still without one.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`](crate::ErrorKind::RequestLimit) only.
pub(crate) async fn fetch_lids(
    client: &Client,
    contacts: &VecDeque<Vec<Contact>>,
    account: Option<&ContactId>,
    limits: LidLimits,
) -> Result<LidLookup, Error> {
    client.observer().started();
    let mut links = Links::default();
    links
        .ask_for_lids(client, contacts, account, limits.concurrency)
        .await?;
    for (phone, lid) in numbers_of_lids(contacts) {
        links.add(phone, lid);
    }
    links.ask_for_phones(client, contacts, limits).await?;
    links.note_passed_over();
    client.observer().finished(links.missing.is_empty());
    let linked_contacts = linked_contacts(&links.pairs, contacts);
    let mut lookup = LidLookup::default();
    lookup.pairs = Partial::new(links.pairs, links.missing);
    lookup.linked_contacts = linked_contacts;
    Ok(lookup)
}

/// What is known so far.
#[derive(Default)]
struct Links {
    pairs: Vec<(ContactId, ContactId)>,
    /// The memory that the pairs take here and in the indexes built from them.
    bytes: usize,
    /// Why links may be missing, a sentence each.
    missing: Vec<String>,
    /// Requested numbers, for the observer.
    asked: u64,
    /// Ids that the API refused.
    refused: u64,
    /// Answers of another shape than documented.
    odd: u64,
}

impl Links {
    /// Adds a pair. False when there is no more room for it.
    fn add(&mut self, phone: ContactId, lid: ContactId) -> bool {
        self.bytes += 2 * (phone.footprint() + lid.footprint()) + 2 * MAP_ENTRY;
        let fits = self.bytes <= budget::PAIRS;
        if fits {
            self.pairs.push((phone, lid));
        }
        fits
    }

    async fn ask_for_lids(
        &mut self,
        client: &Client,
        contacts: &VecDeque<Vec<Contact>>,
        account: Option<&ContactId>,
        concurrency: usize,
    ) -> Result<(), Error> {
        let listed = || contacts.iter().flatten().map(Contact::id);
        let account = account.filter(|account| listed().all(|id| id != *account));
        let phones = || {
            let ids = listed().chain(account);
            ids.filter(|id| askable_number(id).is_some())
        };
        let total = phones().count() as u64;
        let mut phones = phones();
        let refused = &Refused::default();
        let batches = std::iter::from_fn(|| {
            let batch: Vec<_> = phones.by_ref().take(LIDS_BATCH).cloned().collect();
            (!batch.is_empty()).then_some(batch)
        });
        let mut answers = stream::iter(batches)
            .map(|batch| {
                let client = client.clone();
                async move { ask_batch(&client, &batch, refused).await }
            })
            .buffered(concurrency);
        let (mut answered, mut failed) = (0_u64, 0_u64);
        let mut failure = None;
        let mut full = false;
        while let Some(answer) = answers.next().await {
            let answer = answer?;
            answered += 1;
            self.odd += answer.odd;
            self.asked = (answered * LIDS_BATCH as u64).min(total);
            client.observer().page(self.asked, Some(total));
            full = !answer
                .pairs
                .into_iter()
                .all(|(phone, lid)| self.add(phone, lid));
            if full {
                break;
            }
            if let Some(error) = answer.failure {
                failed += 1;
                failure.get_or_insert_with(|| with_causes(&error));
            }
        }
        drop(answers);
        if let Some(failure) = failure {
            self.missing.push(format!(
                "{failed} of {answered} requests for LIDs failed, the first because {failure}"
            ));
        }
        if full {
            let most = budget::PAIRS >> 20;
            self.missing.push(format!(
                "the LIDs fill more than {most} MiB, and the rest was not asked for"
            ));
        }
        self.refused = refused.count();
        Ok(())
    }

    /// Requests the number behind each LID of the list that is still without one.
    async fn ask_for_phones(
        &mut self,
        client: &Client,
        contacts: &VecDeque<Vec<Contact>>,
        limits: LidLimits,
    ) -> Result<(), Error> {
        if limits.max_lookups == 0 {
            return Ok(());
        }
        let known: HashSet<ContactId> = self.pairs.iter().map(|(_, lid)| lid.clone()).collect();
        let lids = contacts.iter().flatten().map(Contact::id);
        let mut lids: Vec<_> = lids
            .filter(|id| is_askable_lid(id) && !known.contains(*id))
            .cloned()
            .collect();
        let without = lids.len() as u64;
        let asked = without.min(limits.max_lookups);
        let total = self.asked + asked;
        lids.truncate(usize::try_from(asked).unwrap_or(usize::MAX));
        let mut answers = stream::iter(lids)
            .map(|lid| {
                let client = client.clone();
                async move {
                    let answer = client.answer_on_lid(&lid).await;
                    (lid, answer)
                }
            })
            .buffered(limits.concurrency);
        while let Some((lid, answer)) = answers.next().await {
            self.asked += 1;
            client.observer().page(self.asked, Some(total));
            match answer {
                Ok(PhoneAnswer::Phone(phone)) => {
                    self.add(phone, lid);
                }
                Ok(PhoneAnswer::Unknown) => {}
                Ok(PhoneAnswer::Odd) => self.odd += 1,
                Err(error) if error.status() == Some(400) => self.refused += 1,
                Err(error) => {
                    let error = with_causes(&recoverable(error)?);
                    self.missing.push(format!(
                        "the requests for the numbers of single LIDs ended early, because {error}"
                    ));
                    break;
                }
            }
        }
        drop(answers);
        if without > asked {
            self.missing.push(format!(
                "{} without a known number left out, since --max-lid-lookups allows {}",
                counted(without - asked, "LID"),
                counted(limits.max_lookups, "single request"),
            ));
        }
        Ok(())
    }

    fn note_passed_over(&mut self) {
        if self.refused > 0 {
            let ids = counted(self.refused, "id");
            self.missing.push(format!(
                "the Whapi API refused {ids} in requests about LIDs (400)"
            ));
        }
        if self.odd > 0 {
            let answers = counted(self.odd, "answer");
            self.missing.push(format!(
                "{answers} about LIDs had another shape than documented and were passed over"
            ));
        }
    }
}
