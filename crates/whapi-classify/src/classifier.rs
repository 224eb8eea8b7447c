//! Judges contacts by all that a run knows.

use whapi_model::Contact;

use crate::link::{Merged, merge};
use crate::{
    Change, ClassifiedContact, DisplayName, Evidence, Links, NameSource, Naming, Snapshot,
};

/// Judges contacts one after the other, by themselves and by what it was given besides.
///
/// Without anything it gives what [`ClassifiedContact::new`] does.
///
/// # Examples
///
/// ```
/// use whapi_classify::{Change, Classifier, Evidence, ReasonKind, Snapshot};
/// use whapi_model::{Contact, ContactId};
///
/// let mut classifier = Classifier::new()
///     .with_evidence(Evidence::new().with_account(ContactId::parse("447700900100")?))
///     .with_earlier(Snapshot::new());
/// let own = Contact::new(ContactId::parse("447700900100")?).with_saved(false);
/// let judged = classifier.judge(own).unwrap();
/// assert_eq!(judged.reasons().unwrap().primary(), Some(ReasonKind::Account));
/// assert_eq!(judged.change(), Some(Change::Added));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Default)]
pub struct Classifier {
    evidence: Option<Evidence>,
    links: Option<Links>,
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

    /// Gives every contact its [`Reasons`](crate::Reasons) by this evidence.
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// Gives every contact its other id, if one is known.
    pub fn with_links(mut self, links: Links) -> Self {
        self.links = Some(links);
        self
    }

    /// Merges the two entries of one person, by the links: one stays and the other is left out.
    pub fn merging(mut self, merging: bool) -> Self {
        self.merging = merging;
        self
    }

    /// Compares every contact with an earlier look.
    pub fn with_earlier(mut self, earlier: Snapshot) -> Self {
        self.earlier = Some(earlier);
        self
    }

    /// Makes shown names in this way.
    pub fn with_naming(mut self, naming: Naming) -> Self {
        self.naming = (naming != Naming::default()).then_some(naming);
        self
    }

    /// The links, if there are any.
    pub fn links(&self) -> Option<&Links> {
        self.links.as_ref()
    }

    /// The earlier look, with who was met since. `None` when there is none to compare with.
    pub fn earlier(&self) -> Option<&Snapshot> {
        self.earlier.as_ref()
    }

    /// Judges a contact. `None` when it is merged into the other entry of the same person.
    pub fn judge(&mut self, contact: Contact) -> Option<ClassifiedContact> {
        let change = self.compare(&contact);
        let links = self.links.as_ref();
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
        let reasons = self
            .evidence
            .as_ref()
            .map(|evidence| evidence.reasons_of(&contact, other_id.as_ref()));
        let name = self.name(&contact);

        let mut judged = ClassifiedContact::new(contact);
        if let Some(reasons) = reasons {
            judged = judged.with_reasons(reasons);
        }
        if let Some(id) = other_id {
            judged = judged.with_other_id(id, merged);
        }
        if let Some(change) = change {
            judged = judged.with_change(change);
        }
        if let Some((text, source)) = name {
            judged = judged.with_display_name(text, source);
        }
        Some(judged)
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
    use whapi_model::ContactId;

    use super::*;
    use crate::{Nameless, Standing};

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn nothing_given_nothing_added() {
        let judged = Classifier::new().judge(contact("447700900101")).unwrap();
        assert_eq!(judged, ClassifiedContact::new(contact("447700900101")));
        let naming = Classifier::new().with_naming(Naming::default());
        assert_eq!(naming.naming, None, "the default costs nothing");
    }

    #[test]
    fn evidence_and_an_earlier_look_are_used() {
        let mut earlier = Snapshot::new();
        let gone = contact("447700900109").id().clone();
        earlier.insert(gone.clone(), Standing::Saved, None);
        let evidence = Evidence::new().with_blocked([contact("447700900101").id().clone()], true);
        let mut classifier = Classifier::new()
            .with_evidence(evidence)
            .with_earlier(earlier);
        let judged = classifier.judge(contact("447700900101")).unwrap();
        assert!(judged.reasons().unwrap().has(crate::ReasonKind::Blocked));
        assert_eq!(judged.change(), Some(Change::Added));
        let not_met: Vec<_> = classifier.earlier().unwrap().not_met().collect();
        assert_eq!(not_met, [&gone]);
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
            let judged = classifier.judge(contact).unwrap();
            judged.display_name().text().to_owned()
        });
        assert_eq!(names, ["Contact 1", "Contact 2", "Ada", "Contact 3"]);
    }

    #[test]
    fn of_two_entries_one_stays_with_both_ids_when_merging() {
        let phone = contact("447700900101").with_saved(false);
        let lid = contact("11112222@lid").with_pushname("ada");
        let classifier = |merging| {
            let mut links = Links::new();
            links.link_entries(phone.clone(), lid.clone());
            Classifier::new().with_links(links).merging(merging)
        };

        let mut both = classifier(false);
        let judged = both.judge(phone.clone()).unwrap();
        assert_eq!(judged.other_id(), Some(lid.id()));
        assert!(!judged.is_merged());
        assert_eq!(
            both.judge(lid.clone()).unwrap().other_id(),
            Some(phone.id())
        );

        let mut one = classifier(true);
        assert_eq!(one.judge(lid.clone()), None);
        let judged = one.judge(phone.clone()).unwrap();
        assert_eq!(judged.contact().pushname(), Some("ada"));
        assert_eq!(judged.standing(), Standing::Discovered);
        assert_eq!(
            (judged.other_id(), judged.is_merged()),
            (Some(lid.id()), true)
        );
    }

    #[test]
    fn an_entry_that_is_merged_away_was_met_all_the_same() {
        let phone = contact("447700900101").with_saved(false);
        let lid = contact("11112222@lid");
        let mut earlier = Snapshot::new();
        earlier.insert(lid.id().clone(), Standing::Unknown, None);
        let mut links = Links::new();
        links.link_entries(phone, lid.clone());
        let mut classifier = Classifier::new()
            .with_links(links)
            .merging(true)
            .with_earlier(earlier);
        assert_eq!(classifier.judge(lid), None);
        assert_eq!(classifier.earlier().unwrap().not_met().count(), 0);
        assert_eq!(classifier.links().unwrap().people_listed_twice(), 1);
    }
}
