//! Classification of contacts with everything that a run knows.

use whapi_model::{Contact, ContactId};

use crate::lid_link::{Merged, merge};
use crate::{
    Change, ClassifiedContact, DisplayName, LidLinks, NameSource, Naming, ReasonIndex, Snapshot,
};

/// Classifies contacts one by one, with reasons, LID links and an earlier export.
///
/// Without anything it gives what [`ClassifiedContact::new`] does.
///
/// # Examples
///
/// ```
/// use whapi_classify::{Change, Classifier, ReasonIndex, ReasonKind, Snapshot};
/// use whapi_model::{Contact, ContactId};
///
/// let mut classifier = Classifier::new()
///     .with_reason_index(ReasonIndex::new().with_account(ContactId::parse("447700900100")?))
///     .with_earlier(Snapshot::new());
/// let own = Contact::new(ContactId::parse("447700900100")?).with_saved(false);
/// let classified = classifier.classify(own).unwrap();
/// assert_eq!(classified.reasons().unwrap().primary(), Some(ReasonKind::Account));
/// assert_eq!(classified.change(), Some(Change::Added));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Default)]
pub struct Classifier {
    reason_index: Option<ReasonIndex>,
    lid_links: Option<LidLinks>,
    merging: bool,
    earlier: Option<Snapshot>,
    naming: Option<Naming>,
    nameless: u64,
}

impl Classifier {
    /// Knows nothing but the contacts themselves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets where [`Reasons`](crate::Reasons) are looked up. Default: contacts have none.
    pub fn with_reason_index(mut self, reason_index: ReasonIndex) -> Self {
        self.reason_index = Some(reason_index);
        self
    }

    /// Gives every contact its other id, if one is known. A LID whose number is known, and that is
    /// the person's only entry, gets the number as its own.
    pub fn with_lid_links(mut self, lid_links: LidLinks) -> Self {
        self.lid_links = Some(lid_links);
        self
    }

    /// Merges the two entries of one person: one stays and the other is left out. Default: no.
    pub fn merging(mut self, merging: bool) -> Self {
        self.merging = merging;
        self
    }

    /// Compares every contact with an earlier export. Default: none.
    pub fn with_earlier(mut self, earlier: Snapshot) -> Self {
        self.earlier = Some(earlier);
        self
    }

    /// Makes shown names in this way.
    pub fn with_naming(mut self, naming: Naming) -> Self {
        self.naming = (naming != Naming::default()).then_some(naming);
        self
    }

    /// The links. `None` when there are none.
    pub fn lid_links(&self) -> Option<&LidLinks> {
        self.lid_links.as_ref()
    }

    /// The earlier export, with the contacts marked that are still listed. `None` when there is none.
    pub fn earlier(&self) -> Option<&Snapshot> {
        self.earlier.as_ref()
    }

    /// Classifies a contact. `None` when it is merged into the other entry of the same person.
    pub fn classify(&mut self, contact: Contact) -> Option<ClassifiedContact> {
        let change = self.compare(&contact);
        let links = self.lid_links.as_ref();
        let other_id = links.and_then(|links| links.other(contact.id())).cloned();
        let other_entry = links
            .filter(|_| self.merging)
            .and_then(|links| links.other_entry(contact.id()));
        let merged = other_entry.is_some();
        let contact = match other_entry {
            None => contact,
            Some(other) => match merge(contact, other) {
                Merged::Stays(contact) => contact,
                Merged::GoesInto => return None,
            },
        };
        let contact = self.with_found_number(contact, other_id.as_ref());
        let reasons = self
            .reason_index
            .as_ref()
            .map(|reason_index| reason_index.reasons_of(&contact, other_id.as_ref()));
        let name = self.name(&contact);

        let mut classified = ClassifiedContact::new(contact);
        if let Some(reasons) = reasons {
            classified = classified.with_reasons(reasons);
        }
        if let Some(id) = other_id {
            classified = if merged {
                classified.with_merged_id(id)
            } else {
                classified.with_other_id(id)
            };
        }
        if let Some(change) = change {
            classified = classified.with_change(change);
        }
        if let Some((text, source)) = name {
            classified = classified.with_display_name(text, source);
        }
        Some(classified)
    }

    /// Gives a LID the number behind it, unless the list has an entry with that number.
    fn with_found_number(&self, contact: Contact, other_id: Option<&ContactId>) -> Contact {
        let is_listed = |links: &LidLinks| links.other_entry(contact.id()).is_some();
        let number = other_id.and_then(ContactId::phone);
        match number {
            Some(number)
                if contact.phone().is_none() && !self.lid_links.as_ref().is_some_and(is_listed) =>
            {
                contact.with_phone(number.digits())
            }
            _ => contact,
        }
    }

    fn compare(&mut self, contact: &Contact) -> Option<Change> {
        Some(self.earlier.as_mut()?.compare(contact))
    }

    fn name(&mut self, contact: &Contact) -> Option<(String, NameSource)> {
        let name: DisplayName<'_> = self.naming.as_ref()?.name_of(contact, self.nameless + 1);
        self.nameless += u64::from(name.source() == NameSource::Counter);
        Some((name.text().to_owned(), name.source()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Nameless, Standing};

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn nothing_given_nothing_added() {
        let contact_seen = Classifier::new().classify(contact("447700900101")).unwrap();
        assert_eq!(
            contact_seen,
            ClassifiedContact::new(contact("447700900101"))
        );
        let naming = Classifier::new().with_naming(Naming::default());
        assert_eq!(naming.naming, None, "the default costs nothing");
    }

    #[test]
    fn evidence_and_an_earlier_look_are_used() {
        let mut earlier = Snapshot::new();
        let gone = contact("447700900109").id().clone();
        earlier.insert(gone.clone(), Standing::Saved, None);
        let reason_index = ReasonIndex::new().with_blocked([contact("447700900101").id().clone()]);
        let mut classifier = Classifier::new()
            .with_reason_index(reason_index)
            .with_earlier(earlier);
        let seen = classifier.classify(contact("447700900101")).unwrap();
        assert!(seen.reasons().unwrap().has(crate::ReasonKind::Blocked));
        assert_eq!(seen.change(), Some(Change::Added));
        let not_listed: Vec<_> = classifier.earlier().unwrap().not_listed().collect();
        assert_eq!(not_listed, [&gone]);
    }

    #[test]
    fn the_nameless_are_counted_in_order() {
        let naming = Naming {
            nameless: Nameless::Counter,
            ..Naming::default()
        };
        let mut classifier = Classifier::new().with_naming(naming);
        let contacts = [
            contact("1001"),
            contact("1002"),
            contact("1003").with_name("Ada"),
            contact("1004"),
        ];
        let names = contacts.map(|contact| {
            let seen = classifier.classify(contact).unwrap();
            seen.display_name().text().to_owned()
        });
        assert_eq!(names, ["Contact 1", "Contact 2", "Ada", "Contact 3"]);
    }

    #[test]
    fn of_two_entries_one_stays_with_both_ids_when_merging() {
        let phone = contact("447700900101").with_saved(false);
        let lid = contact("11112222@lid").with_pushname("ada");
        let classifier = |merging| {
            let mut links = LidLinks::new();
            links.link_entries(phone.clone(), lid.clone());
            Classifier::new().with_lid_links(links).merging(merging)
        };

        let mut both = classifier(false);
        let seen = both.classify(phone.clone()).unwrap();
        assert_eq!(seen.other_id(), Some(lid.id()));
        assert!(!seen.is_merged());
        assert_eq!(
            both.classify(lid.clone()).unwrap().other_id(),
            Some(phone.id())
        );

        let mut one = classifier(true);
        assert_eq!(one.classify(lid.clone()), None);
        let seen = one.classify(phone.clone()).unwrap();
        assert_eq!(seen.contact().pushname(), Some("ada"));
        assert_eq!(seen.standing(), Standing::Discovered);
        assert_eq!((seen.other_id(), seen.is_merged()), (Some(lid.id()), true));
    }

    #[test]
    fn a_number_that_was_found_belongs_to_the_lid_unless_it_has_an_entry() {
        let (phone, lid) = (contact("447700900101"), contact("11112222@lid"));
        let mut links = LidLinks::new();
        links.link(phone.id().clone(), lid.id().clone());
        let mut found = Classifier::new().with_lid_links(links);
        let seen = found.classify(lid.clone()).unwrap();
        assert_eq!(seen.phone().unwrap().digits(), "447700900101");
        assert_eq!(seen.id().as_str(), "11112222@lid");
        let seen = found.classify(phone.clone()).unwrap();
        assert_eq!(seen.contact(), &phone);

        let mut links = LidLinks::new();
        links.link_entries(phone, lid.clone());
        let mut listed = Classifier::new().with_lid_links(links);
        assert_eq!(listed.classify(lid).unwrap().phone(), None);
    }

    #[test]
    fn an_entry_that_is_merged_away_was_met_all_the_same() {
        let phone = contact("447700900101").with_saved(false);
        let lid = contact("11112222@lid");
        let mut earlier = Snapshot::new();
        earlier.insert(lid.id().clone(), Standing::Unknown, None);
        let mut links = LidLinks::new();
        links.link_entries(phone, lid.clone());
        let mut classifier = Classifier::new()
            .with_lid_links(links)
            .merging(true)
            .with_earlier(earlier);
        assert_eq!(classifier.classify(lid), None);
        assert_eq!(classifier.earlier().unwrap().not_listed().count(), 0);
        assert_eq!(classifier.lid_links().unwrap().people_listed_twice(), 1);
    }
}
