//! Links between the phone number and the LID of one person.

use std::collections::HashMap;
use std::fmt;

use whapi_model::{Contact, ContactId, LidLookup};

/// Links between phone numbers and LIDs of the same person.
///
/// # Examples
///
/// ```
/// use whapi_classify::LidLinks;
/// use whapi_model::ContactId;
///
/// let phone = ContactId::parse("447700900101")?;
/// let lid = ContactId::parse("84958372615243@lid")?;
/// let mut links = LidLinks::new();
/// links.link(phone.clone(), lid.clone());
/// assert_eq!(links.other(&phone), Some(&lid));
/// assert_eq!(links.other(&lid), Some(&phone));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Default)]
pub struct LidLinks {
    others: HashMap<ContactId, ContactId>,
    /// By the id of each of two listed entries: the other entry.
    listed: HashMap<ContactId, Contact>,
}

impl LidLinks {
    /// Creates a set without links.
    pub fn new() -> Self {
        Self::default()
    }

    /// Links a phone number with a LID. Of two that claim the same id, the first stays.
    pub fn link(&mut self, phone: ContactId, lid: ContactId) {
        if self.others.contains_key(&phone) || self.others.contains_key(&lid) {
            return;
        }
        self.others.insert(phone.clone(), lid.clone());
        self.others.insert(lid, phone);
    }

    /// Links two entries of the list that are the same person.
    pub fn link_entries(&mut self, phone: Contact, lid: Contact) {
        self.link(phone.id().clone(), lid.id().clone());
        if self.other(phone.id()) == Some(lid.id()) {
            let phone_id = phone.id().clone();
            self.listed.insert(lid.id().clone(), phone);
            self.listed.insert(phone_id, lid);
        }
    }

    /// The other id of this person. `None` when none is known.
    pub fn other(&self, id: &ContactId) -> Option<&ContactId> {
        self.others.get(id)
    }

    /// The other entry of this person in the list. `None` when there is none.
    pub fn other_entry(&self, id: &ContactId) -> Option<&Contact> {
        self.listed.get(id)
    }

    /// How many people have two entries in the list.
    pub fn people_listed_twice(&self) -> u64 {
        self.listed.len() as u64 / 2
    }
}

/// Links what a source found out. Entries that are both listed come first.
impl From<LidLookup> for LidLinks {
    fn from(lookup: LidLookup) -> Self {
        let mut links = Self::new();
        for (phone, lid) in lookup.linked_contacts {
            links.link_entries(phone, lid);
        }
        for (phone, lid) in lookup.pairs.items {
            links.link(phone, lid);
        }
        links
    }
}

impl fmt::Debug for LidLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LidLinks")
            .field("people", &(self.others.len() / 2))
            .field("people_listed_twice", &self.people_listed_twice())
            .finish_non_exhaustive()
    }
}

/// The result for one of two entries that are merged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// This entry stays, completed by the other.
    Stays(Contact),
    /// The other entry takes its place.
    GoesInto,
}

/// Merges two entries of one person, seen from `this` one.
///
/// The entry in the address book stays, since what may be done is done by its id; if both or
/// neither are, the one with the phone number. What it lacks is taken from the other.
pub(crate) fn merge(mut this: Contact, other: &Contact) -> Merged {
    let saved = |contact: &Contact| contact.in_address_book() == Some(true);
    let stays = match (saved(&this), saved(other)) {
        (true, false) => true,
        (false, true) => false,
        _ => this.id().phone().is_some(),
    };
    if stays {
        this.complete_from(other);
        Merged::Stays(this)
    } else {
        Merged::GoesInto
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    fn phone() -> Contact {
        contact("447700900101")
    }

    fn lid() -> Contact {
        contact("84958372615243@lid")
    }

    #[test]
    fn the_phone_number_stays_unless_only_the_other_is_saved() {
        let named = phone().with_pushname("a").with_saved(false);
        let both = phone().with_pushname("a").with_saved(false).with_about("b");
        assert_eq!(
            merge(named.clone(), &lid().with_pushname("x").with_about("b")),
            Merged::Stays(both)
        );
        assert_eq!(merge(lid(), &named), Merged::GoesInto);

        let saved = lid().with_name("Ada").with_saved(true);
        assert_eq!(merge(named.clone(), &saved), Merged::GoesInto);
        assert_eq!(
            merge(saved.clone(), &named),
            Merged::Stays(saved.with_pushname("a"))
        );
    }

    #[test]
    fn of_two_claims_the_first_stays() {
        assert_eq!(LidLinks::new().people_listed_twice(), 0);
        let mut links = LidLinks::new();
        links.link_entries(phone(), lid());
        links.link_entries(contact("447700900102"), lid());
        links.link(phone().id().clone(), contact("1234567@lid").id().clone());
        assert_eq!(links.people_listed_twice(), 1);
        assert_eq!(links.other(phone().id()), Some(lid().id()));
        assert_eq!(links.other(contact("447700900102").id()), None);
        assert_eq!(links.other_entry(lid().id()), Some(&phone()));
        assert_eq!(
            format!("{links:?}"),
            "LidLinks { people: 1, people_listed_twice: 1, .. }"
        );
    }
}
