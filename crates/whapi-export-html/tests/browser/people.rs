//! Made-up people with everything that the page filters and sorts by.

use whapi_export::ClassifiedContact;
use whapi_export::whapi_classify::{Change, ReasonIndex};
use whapi_export::whapi_model::{
    Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank,
};

pub(crate) fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

fn contact(text: &str) -> Contact {
    Contact::new(id(text))
}

/// Seven people, in the order of the API.
pub(crate) fn people() -> Vec<ClassifiedContact> {
    let people = [
        contact("447700900101")
            .with_name("Zoë Müller")
            .with_pushname("zozo")
            .with_saved(true),
        contact("46701740605")
            .with_pushname("Ångström, Per")
            .with_saved(false),
        contact("12125550160")
            .with_pushname("ada's bakery")
            .with_is_business(true)
            .with_saved(false),
        contact("12125550162").with_name("Ada 10").with_saved(true),
        contact("12125550161")
            .with_name("~Ada 2")
            .with_is_business(false)
            .with_saved(true),
        contact("84958372615243@lid")
            .with_pushname("Gus")
            .with_saved(false),
        contact("46701740606"),
    ];
    let index = reason_index();
    people
        .into_iter()
        .map(|person| {
            let reasons = index.reasons_of(&person, None);
            ClassifiedContact::new(person)
                .with_reasons(reasons)
                .with_change(Change::Unchanged)
        })
        .collect()
}

fn reason_index() -> ReasonIndex {
    let chat = |text: &str, time, label: &str| {
        let mut chat = Chat::new(id(text), ChatKind::Contact);
        chat.last_activity = Some(time);
        chat.labels = vec![Label::new("1", label)];
        chat
    };
    let group = |text: &str, name: &str, people: &[(&str, Rank)]| {
        let mut group = Group::new(id(text));
        group.name = Some(name.to_owned());
        let people = people.iter();
        group.participants = people
            .map(|(person, rank)| Participant::new(id(person), *rank))
            .collect();
        group
    };
    let rowers = [
        ("46701740605", Rank::Admin),
        ("12125550160", Rank::Member),
        ("84958372615243@lid", Rank::Member),
    ];
    ReasonIndex::new()
        .with_chats([
            chat("447700900101", 1_763_830_980, "New customer"),
            chat("12125550160", 1_700_000_000, "Paid"),
        ])
        .with_groups([
            group("120363000000000001@g.us", "Rowing", &rowers),
            group("120363000000000002@g.us", "Chess", &rowers[1..2]),
        ])
        .with_blocked([id("12125550162")])
        .with_account(id("447700900999"))
}
