//! Counts contacts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use whapi_classify::{
    Change, ClassifiedContact, ReasonKind, Reasons, Rule, SharedGroup, Standing, Verdict,
};
use whapi_model::{ContactId, IdKind};
use whapi_phone::{Country, country_of};

use crate::when::{Age, Month};

/// The number of months by which the last activity of chats is counted, the current one included.
pub(crate) const MONTHS_BACK: usize = 12;

/// Counts contacts.
///
/// Add every contact once, then create a [report](Self::report). Keeps counts and the ids and names of
/// groups; never the name or number of a contact.
///
/// # Examples
///
/// ```
/// use whapi_classify::ClassifiedContact;
/// use whapi_model::{Contact, ContactId};
/// use whapi_stats::{ScanSummary, Stats};
///
/// let mut stats = Stats::new(1_795_628_280);
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_saved(true);
/// stats.add(&ClassifiedContact::new(contact));
/// assert_eq!(stats.total(), 1);
///
/// let json = stats.report(ScanSummary::complete()).to_json();
/// assert!(json.contains(r#""standing":{"saved":1,"discovered":0,"unknown":0}"#));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone)]
pub struct Stats {
    pub(crate) now: i64,
    pub(crate) total: u64,
    pub(crate) standing: [u64; 3],
    pub(crate) permissions: [u64; 3],
    /// Contacts of unknown standing, for which no permission is known.
    pub(crate) permissions_unknown: u64,
    pub(crate) kinds: [u64; 3],
    pub(crate) business: YesNo,
    pub(crate) linked: u64,
    pub(crate) merged: u64,
    countries: BTreeMap<Country, u64>,
    /// Phone numbers without a known country.
    pub(crate) no_country: u64,
    /// Contacts without a phone number.
    pub(crate) no_number: u64,
    pub(crate) reasons: ReasonTally,
}

/// Counts of contacts with reasons.
#[derive(Clone, Default)]
pub(crate) struct ReasonTally {
    /// Contacts with reasons, incomplete ones included.
    pub(crate) contacts: u64,
    /// Contacts by primary reason, in the order of [`ReasonKind::ALL`].
    pub(crate) primary: [u64; 6],
    /// Contacts without a known primary reason, by each reason that it may be.
    pub(crate) maybe_primary: [u64; 6],
    /// Contacts without a known primary reason.
    pub(crate) no_primary: u64,
    pub(crate) each: [YesNo; 6],
    groups: HashMap<ContactId, (Arc<SharedGroup>, u64)>,
    pub(crate) ages: [u64; 5],
    /// Private chats without a time of the last activity.
    pub(crate) no_time: u64,
    months: [u64; MONTHS_BACK],
}

/// Counts of yes, no and unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct YesNo {
    pub(crate) yes: u64,
    pub(crate) no: u64,
    pub(crate) unknown: u64,
}

impl YesNo {
    fn add(&mut self, answer: Option<bool>) {
        match answer {
            Some(true) => self.yes += 1,
            Some(false) => self.no += 1,
            None => self.unknown += 1,
        }
    }
}

impl Stats {
    /// Creates empty counts. Ages are relative to `now`, in seconds since 1970-01-01 UTC.
    pub fn new(now: i64) -> Self {
        Self {
            now,
            total: 0,
            standing: [0; 3],
            permissions: [0; 3],
            permissions_unknown: 0,
            kinds: [0; 3],
            business: YesNo::default(),
            linked: 0,
            merged: 0,
            countries: BTreeMap::new(),
            no_country: 0,
            no_number: 0,
            reasons: ReasonTally::default(),
        }
    }

    /// Counts a contact, unless it is [gone](Change::Gone) from the list.
    pub fn add(&mut self, contact: &ClassifiedContact) {
        if contact.change() == Some(Change::Gone) {
            return;
        }
        self.total += 1;
        self.standing[match contact.standing() {
            Standing::Saved => 0,
            Standing::Discovered => 1,
            Standing::Unknown => 2,
        }] += 1;
        self.kinds[match contact.id().kind() {
            IdKind::Phone => 0,
            IdKind::Lid => 1,
            _ => 2,
        }] += 1;
        self.add_permissions(contact);
        self.business.add(contact.contact().is_business());
        self.linked += u64::from(contact.other_id().is_some());
        self.merged += u64::from(contact.is_merged());
        match contact.phone().map(country_of) {
            Some(Some(country)) => *self.countries.entry(country).or_default() += 1,
            Some(None) => self.no_country += 1,
            None => self.no_number += 1,
        }
        if let Some(reasons) = contact.reasons() {
            self.reasons.add(reasons, self.now);
        }
    }

    /// The number of counted contacts.
    pub fn total(&self) -> u64 {
        self.total
    }

    fn add_permissions(&mut self, contact: &ClassifiedContact) {
        let permissions = contact.permissions();
        let mut undecided = false;
        let verdicts = [permissions.edit, permissions.delete, permissions.create];
        for (count, verdict) in self.permissions.iter_mut().zip(verdicts) {
            match verdict {
                Verdict::Allowed => *count += 1,
                Verdict::Forbidden(rule) => undecided |= rule == Rule::UnknownStanding,
            }
        }
        self.permissions_unknown += u64::from(undecided);
    }

    /// The countries, by number of contacts and then by code.
    pub(crate) fn countries(&self) -> Vec<(Country, u64)> {
        let counts = self.countries.iter();
        let mut countries: Vec<_> = counts.map(|(country, count)| (*country, *count)).collect();
        countries.sort_by_key(|(country, count)| (Reverse(*count), *country));
        countries
    }
}

impl ReasonTally {
    fn add(&mut self, reasons: &Reasons, now: i64) {
        self.contacts += 1;
        let primary = reasons.primary();
        self.no_primary += u64::from(primary.is_none());
        for (place, kind) in ReasonKind::ALL.iter().copied().enumerate() {
            let has = reasons.has(kind);
            let knows = reasons.knows(kind);
            self.each[place].add((has || knows).then_some(has));
            self.primary[place] += u64::from(primary == Some(kind));
            let maybe = primary.is_none() && (has || !knows);
            self.maybe_primary[place] += u64::from(maybe);
        }
        for part in reasons.groups() {
            let group = self.groups.entry(part.group.id.clone());
            group.or_insert_with(|| (Arc::clone(&part.group), 0)).1 += 1;
        }
        if let Some(chat) = reasons.private_chat() {
            match chat.last_activity {
                Some(then) => self.add_activity(then, now),
                None => self.no_time += 1,
            }
        }
    }

    fn add_activity(&mut self, then: i64, now: i64) {
        self.ages[Age::of(then, now) as usize] += 1;
        let back = Month::of(then).until(Month::of(now)).max(0);
        let back = usize::try_from(back).ok();
        if let Some(count) = back.and_then(|back| self.months.get_mut(back)) {
            *count += 1;
        }
    }

    /// The last months until `now` with the number of chats, the oldest first.
    pub(crate) fn months(&self, now: i64) -> Vec<(Month, u64)> {
        let present = Month::of(now);
        let months = (0..).zip(&self.months);
        let mut months: Vec<_> = months
            .map(|(back, count)| (present.before(back), *count))
            .collect();
        months.reverse();
        months
    }

    pub(crate) fn of(&self, kind: ReasonKind) -> YesNo {
        self.each[kind as usize]
    }

    /// The groups, by number of contacts and then by id.
    pub(crate) fn groups(&self) -> Vec<(&SharedGroup, u64)> {
        let mut groups: Vec<_> = self.groups.values().collect();
        groups.sort_by(|(a, a_count), (b, b_count)| {
            b_count
                .cmp(a_count)
                .then_with(|| a.id.as_str().cmp(b.id.as_str()))
        });
        groups
            .into_iter()
            .map(|(group, count)| (&**group, *count))
            .collect()
    }
}

/// Shows the total only, because names of groups are private.
impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stats")
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}
