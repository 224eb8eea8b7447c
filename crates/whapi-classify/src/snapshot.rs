//! The contacts of an earlier export, to compare the present list with.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use indexmap::IndexMap;
use whapi_model::{Contact, ContactId, Footprint};
use whapi_text::is_blank;

use crate::{Change, DisplayName, NameSource, Standing};

/// The contacts of an earlier export.
///
/// Of a name only a hash of 8 bytes is kept, so that names take the same whatever their length: some
/// 80 bytes a contact in all, as [`footprint`](Footprint::footprint) counts. Two different names pass
/// for the same once in 10^19 comparisons.
///
/// # Examples
///
/// ```
/// use whapi_classify::{Change, Snapshot, Standing};
/// use whapi_model::{Contact, ContactId};
///
/// let id = |text| ContactId::parse(text);
/// let mut earlier = Snapshot::new();
/// earlier.insert(id("447700900101")?, Standing::Saved, Some("Ada"));
/// earlier.insert(id("447700900102")?, Standing::Discovered, None);
///
/// let ada = Contact::new(id("447700900101")?).with_name("Ada").with_saved(false);
/// assert_eq!(earlier.compare(&ada), Change::RemovedFromAddressBook);
/// let new = Contact::new(id("447700900103")?);
/// assert_eq!(earlier.compare(&new), Change::Added);
/// assert_eq!(earlier.not_listed().collect::<Vec<_>>(), [&id("447700900102")?]);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Default)]
pub struct Snapshot {
    /// In the order of the earlier export.
    people: IndexMap<ContactId, Entry, RandomState>,
    /// What the ids take beyond their entries, in bytes.
    long_ids: usize,
    hash: RandomState,
    warnings: Vec<String>,
}

struct Entry {
    standing: Standing,
    /// The name shown then; `None` when the earlier export does not tell.
    name: Option<EarlierName>,
    listed: bool,
}

/// The name that an earlier export showed.
#[derive(Clone, Copy)]
struct EarlierName {
    hash: u64,
    kind: NameKind,
}

/// Where an earlier name came from, as far as it tells when a name is missing.
#[derive(Clone, Copy)]
enum NameKind {
    AddressBook,
    /// The pushname, or one of the two.
    Any,
    /// A number or an id, for want of a name.
    None,
}

impl NameKind {
    fn of(source: NameSource) -> Self {
        match source {
            NameSource::Name => Self::AddressBook,
            NameSource::Pushname => Self::Any,
            NameSource::Phone | NameSource::Id | NameSource::LastFour | NameSource::Counter => {
                Self::None
            }
        }
    }

    /// Whether the contact has no such name any more.
    fn is_missing(self, contact: &Contact) -> bool {
        let has = |text: Option<&str>| text.is_some_and(|text| !is_blank(text));
        match self {
            Self::AddressBook => !has(contact.name()),
            Self::Any => !has(contact.name()) && !has(contact.pushname()),
            Self::None => false,
        }
    }
}

/// Bytes of an entry beside its id and value: the hash, and its place in a half-empty table.
const OVERHEAD: usize = 8 + 24;

impl Footprint for Snapshot {
    fn footprint(&self) -> usize {
        let entry = size_of::<ContactId>() + size_of::<Entry>() + OVERHEAD;
        self.people.len() * entry + self.long_ids
    }
}

/// The most that a snapshot may take, in bytes: some 1,100,000 contacts with ordinary ids.
const MOST: usize = 96 << 20;

impl Snapshot {
    /// Creates an empty snapshot.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a contact. `name` is the name that was shown, without prefix and suffix; `None` when it
    /// is not known, and then no new name is noticed. The first of two entries for one id stays.
    ///
    /// Use [`insert_named`](Self::insert_named) where the source of the name is known.
    pub fn insert(&mut self, id: ContactId, standing: Standing, name: Option<&str>) {
        let name = name.map(|text| {
            let is_number = text.strip_prefix('+').is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
            let kind = if is_number || text == id.as_str() {
                NameKind::None
            } else {
                NameKind::Any
            };
            let hash = self.hash.hash_one(text);
            EarlierName { hash, kind }
        });
        self.insert_entry(id, standing, name);
    }

    /// Adds a contact with the name that was shown, without prefix and suffix. The first of two
    /// entries for one id stays.
    ///
    /// ```
    /// use whapi_classify::{Change, DisplayName, Snapshot, Standing};
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let id = ContactId::parse("447700900101")?;
    /// let then = Contact::new(id.clone()).with_name("Ada").with_pushname("countess");
    /// let mut earlier = Snapshot::new();
    /// earlier.insert_named(id.clone(), Standing::Saved, &DisplayName::of(&then));
    ///
    /// let now = Contact::new(id).with_pushname("countess").with_saved(true);
    /// assert_eq!(earlier.compare(&now), Change::NameMissing);
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn insert_named(&mut self, id: ContactId, standing: Standing, name: &DisplayName<'_>) {
        let hash = self.hash.hash_one(name.text());
        let kind = NameKind::of(name.source());
        self.insert_entry(id, standing, Some(EarlierName { hash, kind }));
    }

    fn insert_entry(&mut self, id: ContactId, standing: Standing, name: Option<EarlierName>) {
        let long = id.footprint() - size_of::<ContactId>();
        self.people.entry(id).or_insert_with(|| {
            self.long_ids += long;
            Entry {
                standing,
                name,
                listed: false,
            }
        });
    }

    /// Adds a sentence for the user about how the earlier export was read.
    ///
    /// ```
    /// let mut earlier = whapi_classify::Snapshot::new();
    /// earlier.add_warning("the file was read as windows-1252");
    /// assert_eq!(earlier.warnings(), ["the file was read as windows-1252"]);
    /// ```
    pub fn add_warning(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    /// What the user should know of how the earlier export was read.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether it takes more than 96 MiB, which are some 1,100,000 contacts with ordinary ids. Readers
    /// of earlier exports stop there.
    pub fn is_full(&self) -> bool {
        self.footprint() > MOST
    }

    /// How many contacts were listed.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether no contact was listed.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Compares a contact, and marks it as still listed. A change of the standing goes before a new
    /// name.
    pub fn compare(&mut self, contact: &Contact) -> Change {
        let present = Standing::of(contact);
        let Some(entry) = self.people.get_mut(contact.id()) else {
            return Change::Added;
        };
        entry.listed = true;
        let change = Change::between(Some(entry.standing), Some(present));
        let Some(name) = entry.name.filter(|_| change == Change::Unchanged) else {
            return change;
        };
        if self.hash.hash_one(DisplayName::of(contact).text()) == name.hash {
            Change::Unchanged
        } else if name.kind.is_missing(contact) {
            Change::NameMissing
        } else {
            Change::Renamed
        }
    }

    /// The contacts that were not [compared](Self::compare), in their order then. They are gone if
    /// the present list is complete.
    pub fn not_listed(&self) -> impl Iterator<Item = &ContactId> {
        let people = self.people.iter();
        people.filter(|(_, entry)| !entry.listed).map(|(id, _)| id)
    }
}

/// Shows a count only: no names and no numbers.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn a_new_name_is_told_where_the_old_one_is_known() {
        let mut earlier = Snapshot::new();
        for (id, name) in [
            ("1001", Some("Ada")),
            ("1002", None),
            ("1003", Some("+1003")),
        ] {
            let id = contact(id).id().clone();
            earlier.insert(id, Standing::Discovered, name);
        }
        let check = |earlier: &mut Snapshot, contact: &Contact, expected: &str| {
            assert_eq!(earlier.compare(contact).as_str(), expected);
        };
        let now = |id: &str| contact(id).with_saved(false);
        check(&mut earlier, &now("1001").with_pushname("Ada"), "unchanged");
        check(&mut earlier, &now("1001").with_pushname("Eve"), "renamed");
        check(&mut earlier, &now("1002").with_pushname("Eve"), "unchanged");
        check(&mut earlier, &now("1003"), "unchanged");
        let saved = contact("1001").with_name("Eve").with_saved(true);
        check(&mut earlier, &saved, "saved");
        assert_eq!(earlier.not_listed().count(), 0);
    }

    #[test]
    fn a_name_that_is_not_sent_any_more_is_missing_and_not_new() {
        let check = |then: &Contact, now: &Contact, expected: &str| {
            let mut earlier = Snapshot::new();
            let shown = DisplayName::of(then);
            earlier.insert_named(then.id().clone(), Standing::of(then), &shown);
            assert_eq!(earlier.compare(now).as_str(), expected);
        };
        let person = || contact("1001").with_saved(true);
        let both = person().with_name("Ada").with_pushname("countess");
        check(&both, &person(), "name-missing");
        check(&both, &person().with_name(" "), "name-missing");
        check(&both, &person().with_pushname("countess"), "name-missing");
        check(&both, &person().with_name("Ada"), "unchanged");
        check(&both, &person().with_name("countess"), "renamed");
        let pushname = person().with_pushname("countess");
        check(&pushname, &person(), "name-missing");
        check(&pushname, &person().with_name("Ada"), "renamed");
        check(&person(), &both, "renamed");
        check(
            &both,
            &contact("1001").with_saved(false),
            "removed-from-address-book",
        );
    }

    #[test]
    fn a_number_or_an_id_that_was_shown_is_no_name() {
        let lid = contact("84958372615243@lid");
        for (shown, expected) in [
            ("Ada", "name-missing"),
            ("+447700900101", "renamed"),
            ("84958372615243@lid", "unchanged"),
        ] {
            let mut earlier = Snapshot::new();
            earlier.insert(lid.id().clone(), Standing::Unknown, Some(shown));
            assert_eq!(earlier.compare(&lid).as_str(), expected, "{shown}");
        }
    }

    #[test]
    fn the_gone_come_in_their_order_and_the_first_of_two_entries_stays() {
        let mut earlier = Snapshot::new();
        assert!(earlier.is_empty());
        for id in [
            "1003",
            "1001",
            "1002",
            "1001@c.us",
            "1009",
            "1004",
            "1008",
            "1005",
        ] {
            let id = contact(id).id().clone();
            earlier.insert(id, Standing::Saved, None);
        }
        assert_eq!((earlier.len(), earlier.is_empty()), (7, false));
        assert_eq!(earlier.compare(&contact("1002@c.us")), Change::Unchanged);
        let gone: Vec<_> = earlier.not_listed().map(ContactId::as_str).collect();
        assert_eq!(gone, ["1003", "1001", "1009", "1004", "1008", "1005"]);
        assert_eq!(format!("{earlier:?}"), "Snapshot { people: 7, .. }");
    }

    #[test]
    fn a_long_name_takes_no_more_than_a_short_one_and_a_long_id_does() {
        let footprint = |id: &str, name: &str| {
            let mut earlier = Snapshot::new();
            for _ in 0..2 {
                let id = contact(id).id().clone();
                earlier.insert(id, Standing::Saved, Some(name));
            }
            earlier.footprint()
        };
        let short = footprint("1001", "Ada");
        assert!(short < 100, "{short}");
        assert_eq!(footprint("1001", &"n".repeat(60_000)), short);
        let mut earlier = Snapshot::new();
        for place in 0..96 {
            assert!(!earlier.is_full());
            let id = contact(&format!("{place}{}", "x".repeat(1 << 20)))
                .id()
                .clone();
            earlier.insert(id, Standing::Saved, None);
        }
        assert!(earlier.is_full());
        assert_eq!(footprint(&"x".repeat(100), "Ada"), short + 116);
    }
}
