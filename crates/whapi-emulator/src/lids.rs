//! The LIDs behind phone numbers, and the numbers behind LIDs.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::chats::ACCOUNT;
use crate::people::person::{Person, phone_digits};
use crate::people::unlisted_numbers;
use crate::wire;

/// The digits of an id that `GET /contacts/lids` accepts.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What the API knows about LIDs, fixed at the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lids {
    /// LIDs of people who are listed twice, by their phone number.
    paired: HashMap<String, String>,
    /// Phone numbers that only `GET /contacts/ids/{LID}` returns, by the LID.
    phones: HashMap<String, String>,
    /// Numbers for which `GET /contacts/lids` answers 400.
    refused: HashSet<String>,
}

impl Lids {
    pub(crate) fn add_phone(&mut self, lid: String, phone: String) {
        self.phones.insert(lid, phone);
    }

    pub(crate) fn refuse(&mut self, digits: String) {
        self.refused.insert(digits);
    }

    /// Links every second LID of the list to a listed number, and every second other one to a
    /// number that is not listed.
    ///
    /// The two entries of the former are the same person, listed twice.
    pub(crate) fn make_up(&mut self, people: &[Person], seed: u64) {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x006c_6964_7321);
        let mut numbers: Vec<&str> = people
            .iter()
            .filter_map(|person| phone_digits(&person.id))
            .collect();
        rng.shuffle(&mut numbers);
        let lids = || people.iter().filter(|person| person.id.ends_with("@lid"));
        let pairs = numbers.into_iter().zip(lids().step_by(2));
        self.paired = pairs
            .map(|(digits, lid)| (digits.to_owned(), lid.id.clone()))
            .collect();
        let others = lids().skip(1).step_by(4);
        let others = others.zip(unlisted_numbers(people, seed));
        self.phones
            .extend(others.map(|(lid, digits)| (lid.id.clone(), digits)));
    }

    /// The answer to `GET /contacts/lids` for people of the list and the account. An error for an
    /// id that the API refuses.
    pub(crate) fn of_numbers(&self, ids: &str, people: &[Person]) -> Result<String, &'static str> {
        let known: HashSet<Cow<'_, str>> = people
            .iter()
            .map(|person| person.accounts().1)
            .chain([ACCOUNT.into()])
            .collect();
        let mut found = BTreeMap::new();
        for id in ids.split(',') {
            let digits = id
                .strip_suffix("@lid")
                .or_else(|| phone_digits(id))
                .filter(|digits| DIGITS.contains(&digits.len()) && !self.refused.contains(*digits))
                .ok_or("ContactIDList must hold ids of 7 to 15 digits")?;
            if let Some(lid) = self.lid_of(digits).filter(|_| known.contains(digits)) {
                found.insert(digits, wire::Lid { lid });
            }
        }
        Ok(wire::json(&found))
    }

    /// The answer to `GET /contacts/ids/{LID}`. `None` for an unknown LID.
    pub(crate) fn number_of(&self, lid: &str) -> Option<String> {
        let listed = self.paired.iter().find(|(_, paired)| *paired == lid);
        let digits = self.phones.get(lid).or(listed.map(|(digits, _)| digits))?;
        Some(wire::json(&wire::Id {
            id: format!("{digits}@s.whatsapp.net"),
        }))
    }

    /// Replaces phone numbers by their LIDs, where they have one.
    pub(crate) fn replace_numbers(&self, ids: &mut [String]) {
        for id in ids {
            let lid = phone_digits(id).and_then(|digits| self.lid_of(digits));
            if let Some(lid) = lid {
                *id = lid;
            }
        }
    }

    fn lid_of(&self, digits: &str) -> Option<String> {
        self.paired.get(digits).cloned().or_else(|| lid_of(digits))
    }
}

/// Computes a LID from the digits of a phone number.
///
/// `None` for about 10% of numbers.
pub(crate) fn lid_of(digits: &str) -> Option<String> {
    let number: u64 = digits.parse().ok()?;
    let mixed = fastrand::Rng::with_seed(number).u64(..700_000_000_000_000);
    (!mixed.is_multiple_of(10)).then(|| format!("{}@lid", 200_000_000_000_000 + mixed))
}
