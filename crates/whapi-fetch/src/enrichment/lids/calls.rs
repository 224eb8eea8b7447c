//! The two calls about LIDs.

use std::collections::HashSet;

use whapi_model::{ContactId, IdKind, Phone};

use crate::client::Client;
use crate::error::Error;
use crate::lists::is_short;
use crate::wire;

/// The digits of an id that the API accepts in these calls.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The answer to a request for the LIDs behind phone numbers.
#[derive(Debug)]
pub(super) struct LidAnswer {
    pub(super) pairs: Vec<(ContactId, ContactId)>,
    /// Entries that are passed over: of an unknown shape, or about another number.
    pub(super) odd: u64,
}

/// The answer to a request for the phone number behind a LID.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PhoneAnswer {
    Phone(ContactId),
    /// The API knows no number.
    Unknown,
    /// An answer without a usable number.
    Odd,
}

impl Client {
    /// The LIDs behind phone numbers: `GET /contacts/lids`, one request for all of them; 200 are a
    /// sensible number. Gives pairs of phone number and LID, for those that have one.
    ///
    /// Only phone numbers of 7 to 15 digits are asked for, since the API refuses a request with
    /// others. Pairs with other numbers, or with a LID of more than 128 bytes, are passed over.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts). One number that the API refuses makes it refuse the
    /// whole request, with [status](Error::status) 400.
    pub async fn lids(&self, phones: &[ContactId]) -> Result<Vec<(ContactId, ContactId)>, Error> {
        Ok(self.lids_of(phones).await?.pairs)
    }

    pub(super) async fn lids_of(&self, phones: &[ContactId]) -> Result<LidAnswer, Error> {
        let digits = phones.iter().filter_map(askable_number);
        let digits: Vec<_> = digits.map(Phone::digits).collect();
        let query = format!("ContactIDList={}", digits.join(","));
        let call = self.call("lids", &["contacts", "lids"], &query);
        self.get(call, |body| {
            let asked: HashSet<&ContactId> = phones.iter().collect();
            let wire::Lids { mut pairs, odd } =
                wire::read_lids(body).map_err(|error| self.unreadable(error, "LIDs"))?;
            let all = pairs.len();
            pairs.retain(|(phone, lid)| asked.contains(phone) && is_short(lid));
            let odd = odd + (all - pairs.len()) as u64;
            pairs.shrink_to_fit();
            Ok(LidAnswer { pairs, odd })
        })
        .await
    }

    /// The phone number behind a LID: `GET /contacts/ids/{LID}`. `None` when the API knows none,
    /// or answers with something that is no phone number. The digits of the LID itself are none.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts), except that status 404 is no error.
    pub async fn phone_of_lid(&self, lid: &ContactId) -> Result<Option<ContactId>, Error> {
        Ok(match self.answer_on_lid(lid).await? {
            PhoneAnswer::Phone(phone) => Some(phone),
            PhoneAnswer::Unknown | PhoneAnswer::Odd => None,
        })
    }

    pub(super) async fn answer_on_lid(&self, lid: &ContactId) -> Result<PhoneAnswer, Error> {
        let path = ["contacts", "ids", lid.identity()];
        let call = self.call("phone of a LID", &path, "");
        let answer = self
            .get(call, |body| {
                let id = wire::read_id(body).map_err(|error| self.unreadable(error, "ids"))?;
                let usable = |id: &ContactId| {
                    askable_number(id)
                        .is_some_and(|phone| Some(phone.digits()) != digits_of_lid(lid))
                };
                Ok(id
                    .filter(usable)
                    .map_or(PhoneAnswer::Odd, PhoneAnswer::Phone))
            })
            .await;
        match answer {
            Err(error) if error.status() == Some(404) => Ok(PhoneAnswer::Unknown),
            answer => answer,
        }
    }
}

/// The phone number, if the API accepts it in a request.
pub(super) fn askable_number(id: &ContactId) -> Option<Phone<'_>> {
    id.phone()
        .filter(|phone| DIGITS.contains(&phone.digits().len()))
}

/// Whether the id is a LID that the API accepts in a request.
pub(super) fn is_askable_lid(id: &ContactId) -> bool {
    digits_of_lid(id).is_some_and(|digits| DIGITS.contains(&digits.len()))
}

fn digits_of_lid(id: &ContactId) -> Option<&str> {
    let digits = id.identity().split('@').next();
    digits.filter(|_| id.kind() == IdKind::Lid)
}
