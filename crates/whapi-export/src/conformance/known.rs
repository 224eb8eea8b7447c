//! Made-up contacts of which a run found out everything, and of a run over several channels.

use whapi_classify::{Change, NameSource, ReasonIndex, Reasons};
use whapi_model::{Chat, ChatKind, Contact, Group, Label, Participant, Rank};

use super::people::{contact, id};
use crate::{Available, ClassifiedContact};

/// What a run over one channel finds out that finds out everything.
pub fn all_available() -> Available {
    Available {
        reasons: true,
        lid_links: true,
        changes: true,
        channels: false,
        merged_channels: false,
    }
}

/// Contacts with all enrichment: reasons, other ids, changes, and untrusted names of labels and
/// groups. Goes with [`all_available`].
///
/// No id comes twice. The last contact has incomplete reasons and nothing else.
pub fn known_contacts() -> Vec<ClassifiedContact> {
    let ada = contact("447700900801")
        .with_name("Ada")
        .with_username("ada.test")
        .with_saved(true)
        .with_phonebook(true);
    let bo = contact("84958372615299@lid")
        .with_pushname("bo\u{202e}")
        .with_saved(false);
    let twin = contact("447700900803")
        .with_pushname("Ada")
        .with_saved(false);
    let own = contact("447700900800").with_saved(false);
    let unexplained = contact("447700900805").with_saved(false);
    let mut copycat = classified(twin, None).with_change(Change::Renamed);
    copycat.set_equals_saved_name();
    vec![
        classified(ada, Some("11112222@lid"))
            .with_merged_id(id("11112222@lid"))
            .with_display_name("WA Ada", NameSource::Name)
            .with_change(Change::Saved),
        classified(bo, Some("447700900802"))
            .with_other_id(id("447700900802"))
            .with_change(Change::RemovedFromAddressBook),
        copycat,
        classified(own, None).with_change(Change::Unchanged),
        classified(unexplained.clone(), None).with_change(Change::Added),
        ClassifiedContact::new(contact("447700900806"))
            .with_reasons(ReasonIndex::new().reasons_of(&unexplained, None)),
    ]
}

/// Contacts of a run over several channels, which has [`channels`](Available::channels).
///
/// One id comes twice, from two channels that differ in its name and standing. The last channel has a name that
/// no format may trust.
pub fn channel_contacts() -> Vec<ClassifiedContact> {
    let shared = || contact("447700900811");
    let listed = |channel: &str, contact| ClassifiedContact::new(contact).with_channel(channel);
    vec![
        listed("shop", shared().with_name("Ada").with_saved(true)),
        listed("shop", contact("84958372615288@lid").with_saved(false)),
        listed("office", shared().with_pushname("ada").with_saved(false)),
        listed("=1+\"1\"\n</b>,;../x", contact("447700900812")),
    ]
}

fn classified(contact: Contact, also: Option<&str>) -> ClassifiedContact {
    let also = also.map(id);
    let reasons: Reasons = reason_index().reasons_of(&contact, also.as_ref());
    ClassifiedContact::new(contact).with_reasons(reasons)
}

fn reason_index() -> ReasonIndex {
    let mut chat = Chat::new(id("447700900801"), ChatKind::Contact);
    chat.last_activity = Some(1_763_830_980);
    chat.labels = vec![
        Label::new("1", "New customer"),
        Label::new("2", "=\"quoted\"\n"),
    ];
    let mut never = Chat::new(id("447700900803"), ChatKind::Contact);
    never.last_activity = Some(i64::MAX);
    let group = |text: &str, name: Option<&str>, people: &[(&str, Rank)]| {
        let mut group = Group::new(id(text));
        group.name = name.map(str::to_owned);
        group.participants = people
            .iter()
            .map(|(person, rank)| Participant::new(id(person), *rank))
            .collect();
        group
    };
    let members = [
        ("11112222@lid", Rank::Creator),
        ("447700900802", Rank::Admin),
        ("447700900800", Rank::Member),
    ];
    ReasonIndex::new()
        .with_chats([chat, never])
        .with_groups([
            group("120363000000000001@g.us", Some("Plan\u{2028}B"), &members),
            group("120363000000000002@g.us", None, &members[1..2]),
        ])
        .with_blocked([id("447700900803")])
        .with_account(id("447700900800"))
}
