//! People of all channels, one for each.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use whapi_classify::ClassifiedContact;
use whapi_model::ContactId;

/// Everyone who is in any channel, once, in the order in which they were first seen.
///
/// A person is a phone number, or an id where no number is known. The number and the LID of a linking
/// answer are one person in every channel. Names and similar numbers never make two one.
#[derive(Default)]
pub(crate) struct People {
    /// `None` for one that was found to be an earlier one.
    list: Vec<Option<ClassifiedContact>>,
    /// The indices in `list`, by number and by id.
    places: HashMap<Box<str>, usize, RandomState>,
    /// Where those went that were found to be earlier ones.
    moved: HashMap<usize, usize>,
    /// Contacts that were added.
    contacts: u64,
}

/// The number of a contact, or its id.
fn key(contact: &ClassifiedContact) -> &str {
    match contact.phone() {
        Some(phone) => phone.digits(),
        None => contact.id().identity(),
    }
}

/// What else the person is known by, according to a linking answer.
fn other_key(contact: &ClassifiedContact) -> Option<&str> {
    let own = contact.id().identity();
    let other = contact.other_id().map(ContactId::identity);
    [Some(own), other]
        .into_iter()
        .flatten()
        .find(|other| *other != key(contact))
}

impl People {
    /// Adds a contact, or merges it into that of the same person.
    pub(crate) fn add(&mut self, contact: ClassifiedContact) {
        self.contacts += 1;
        let other = other_key(&contact).map(Box::from);
        let keys: Vec<Box<str>> = std::iter::once(key(&contact).into()).chain(other).collect();
        let place = self.place(&keys).unwrap_or(self.list.len());
        match self.list.get_mut(place) {
            Some(person) => person
                .as_mut()
                .expect("a place leads to a person")
                .merge_channel(contact),
            None => self.list.push(Some(contact)),
        }
        for key in keys {
            self.places.insert(key, place);
        }
    }

    /// The place of the person with any of these keys. Two people with them become one.
    fn place(&mut self, keys: &[Box<str>]) -> Option<usize> {
        let mut places: Vec<_> = keys.iter().filter_map(|key| self.find(key)).collect();
        places.sort_unstable();
        places.dedup();
        let (first, later) = places.split_first()?;
        for place in later {
            let later = self.list[*place].take().expect("a place leads to a person");
            self.moved.insert(*place, *first);
            let first = self.list[*first].as_mut();
            first
                .expect("a place leads to a person")
                .merge_channel(later);
        }
        Some(*first)
    }

    fn find(&self, key: &str) -> Option<usize> {
        let mut place = *self.places.get(key)?;
        while let Some(earlier) = self.moved.get(&place) {
            place = *earlier;
        }
        Some(place)
    }

    /// How many contacts are other entries of people who are there.
    pub(super) fn merged(&self) -> u64 {
        let people = self.list.len() - self.moved.len();
        self.contacts - people as u64
    }

    /// The people, in batches of at most `most`.
    pub(super) fn into_batches(self, most: usize) -> impl Iterator<Item = Vec<ClassifiedContact>> {
        let people = self.list.into_iter().flatten();
        let mut people = people.map(ClassifiedContact::into_person);
        std::iter::from_fn(move || {
            let batch: Vec<_> = people.by_ref().take(most).collect();
            (!batch.is_empty()).then_some(batch)
        })
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::{Contact, ContactId};

    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    /// The ids of the people, each with the channels.
    fn merged(contacts: &[(Contact, &str)]) -> Vec<(String, String)> {
        let mut people = People::default();
        for (contact, channel) in contacts {
            let contact = ClassifiedContact::new(contact.clone());
            people.add(contact.with_channel(*channel));
        }
        let batches = people.into_batches(2).flatten();
        let shown = batches.map(|person| {
            let channels: Vec<_> = person.entries().map(|entry| entry.channel).collect();
            (person.id().as_str().to_owned(), channels.join(" "))
        });
        shown.collect()
    }

    fn of(id: &str, channels: &str) -> (String, String) {
        (id.to_owned(), channels.to_owned())
    }

    #[test]
    fn a_person_is_a_number_or_a_lid_whose_number_is_known() {
        let known = contact("84958372615243@lid").with_phone("447700900101");
        let all = [
            (contact("447700900101"), "a"),
            (contact("447700900101@s.whatsapp.net"), "b"),
            (known, "c"),
            (contact("447700900102"), "c"),
        ];
        assert_eq!(
            merged(&all),
            [of("447700900101", "a b c"), of("447700900102", "c")]
        );
    }

    #[test]
    fn equal_names_and_similar_numbers_are_not_one_person() {
        let all = [
            (contact("5511987654321").with_name("Ada"), "a"),
            (contact("551187654321").with_name("Ada"), "b"),
            (contact("84958372615243@lid").with_name("Ada"), "b"),
            (contact("84958372615243@lid").with_name("Bo"), "c"),
            (contact("84958372615244@lid"), "c"),
        ];
        assert_eq!(
            merged(&all),
            [
                of("5511987654321", "a"),
                of("551187654321", "b"),
                of("84958372615243@lid", "b c"),
                of("84958372615244@lid", "c"),
            ]
        );
    }

    fn linked(id: &str, other: &str) -> ClassifiedContact {
        let other = ContactId::parse(other).unwrap();
        ClassifiedContact::new(contact(id)).with_other_id(other)
    }

    /// What one channel proves holds for the entries of all.
    #[test]
    fn a_link_makes_the_number_and_the_lid_one_person_in_every_channel() {
        let bare = |id| ClassifiedContact::new(contact(id));
        let (number, lid) = ("447700900101", "84958372615243@lid");
        let link = || linked(number, lid);
        let orders = [
            [link(), bare(lid), bare(number)],
            [bare(lid), link(), bare(number)],
            [bare(lid), bare(number), link()],
            [bare(number), bare(lid), linked(lid, number)],
        ];
        for order in orders {
            let mut people = People::default();
            for (contact, channel) in order.into_iter().zip(["a", "b", "c"]) {
                people.add(contact.with_channel(channel));
            }
            people.add(bare(lid).with_channel("d"));
            assert_eq!(people.merged(), 3);
            let all: Vec<_> = people.into_batches(9).flatten().collect();
            assert_eq!(all.len(), 1);
            let mut channels: Vec<_> = all[0].entries().map(|entry| entry.channel).collect();
            channels.sort_unstable();
            assert_eq!(channels, ["a", "b", "c", "d"]);
        }
    }

    #[test]
    fn merged_contacts_are_counted() {
        let mut people = People::default();
        for (id, channel) in [
            ("447700900101", "a"),
            ("447700900101", "b"),
            ("447700900102", "b"),
        ] {
            people.add(ClassifiedContact::new(contact(id)).with_channel(channel));
        }
        assert_eq!(people.merged(), 1);
    }
}
