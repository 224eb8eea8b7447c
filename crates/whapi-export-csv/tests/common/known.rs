//! Contacts of which a run has found out all that it can: reasons, links and changes.

use whapi_export::conformance::{nasty_contacts, sample_contacts};
use whapi_export::whapi_classify::{Classifier, LidLinks, ReasonIndex, Snapshot, Standing};
use whapi_export::whapi_model::{
    Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank,
};
use whapi_export::{Available, ClassifiedContact, RunInfo};

/// Some of the conformance suite's longer texts have 50,000 characters, which no golden file needs.
const LONGEST: usize = 1000;

pub(crate) fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

/// A run that finds all of it out.
pub(crate) fn run() -> RunInfo {
    let mut available = Available::default();
    available.reasons = true;
    available.lid_links = true;
    available.changes = true;
    RunInfo::new().with_available(available)
}

/// The conformance suite's contacts, classified by all that there is to know.
pub(crate) fn contacts() -> Vec<ClassifiedContact> {
    let contacts: Vec<_> = sample_contacts()
        .into_iter()
        .chain(nasty_contacts())
        .map(|contact| contact.contact().clone())
        .filter(|contact| {
            let names = [contact.name(), contact.pushname()];
            names
                .into_iter()
                .flatten()
                .all(|name| name.len() <= LONGEST)
        })
        .collect();
    let mut links = LidLinks::new();
    // One person whose two entries become one, and one who has a second id only.
    links.link_entries(
        by_id(&contacts, "447700900002"),
        by_id(&contacts, "84958372615243@lid"),
    );
    links.link(id("447700900003"), id("77001122334455@lid"));
    let mut classifier = Classifier::new()
        .with_reason_index(reason_index())
        .with_lid_links(links)
        .merging(true)
        .with_earlier(earlier());
    contacts
        .into_iter()
        .filter_map(|contact| classifier.classify(contact))
        .collect()
}

fn by_id(contacts: &[Contact], id: &str) -> Contact {
    contacts
        .iter()
        .find(|contact| contact.id().as_str() == id)
        .unwrap()
        .clone()
}

fn reason_index() -> ReasonIndex {
    let mut busy = Chat::new(id("447700900001"), ChatKind::Contact);
    busy.last_activity = Some(1_767_225_600);
    busy.labels = vec![Label::new("1", "=new"), Label::new("2", "paid; twice")];
    let quiet = Chat::new(id("447700900003"), ChatKind::Contact);
    let groups = [
        group(
            "120363000000000001@g.us",
            Some("Rowing, Sundays"),
            &["447700900002", "447700900004"],
        ),
        group("120363000000000002@g.us", None, &["447700900004"]),
        group(
            "120363000000000003@g.us",
            Some("* starred ::: =1+1;@SUM(1)\r\n\"x\""),
            &["447700900004", "447700900201", "447700900203"],
        ),
        group(
            "120363000000000004@g.us",
            Some("WhatsApp saved"),
            &["447700900205"],
        ),
    ];
    ReasonIndex::new()
        .with_account(id("447700900000"))
        .with_chats([busy, quiet])
        .with_groups(groups)
        .with_blocked([id("447700900207")])
}

/// A group in which the first is an admin.
fn group(text: &str, name: Option<&str>, people: &[&str]) -> Group {
    let mut group = Group::new(id(text));
    group.name = name.map(str::to_owned);
    let ranks = [Rank::Admin]
        .into_iter()
        .chain(std::iter::repeat(Rank::Member));
    let participants = people.iter().zip(ranks);
    group.participants = participants
        .map(|(person, rank)| Participant::new(id(person), rank))
        .collect();
    group
}

/// An earlier look with one case of each change.
fn earlier() -> Snapshot {
    let mut earlier = Snapshot::new();
    earlier.insert(id("447700900000"), Standing::Saved, Some("Ada Beispiel"));
    earlier.insert(id("447700900001"), Standing::Discovered, Some("bruno"));
    earlier.insert(id("447700900003"), Standing::Saved, Some("Chris"));
    earlier.insert(id("447700900004"), Standing::Discovered, Some("Dora"));
    earlier.insert(id("447700900999"), Standing::Saved, None);
    earlier
}
