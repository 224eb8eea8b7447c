//! Made-up channels, small and large.

use whapi_classify::{ClassifiedContact, ReasonIndex};
use whapi_model::{Chat, ChatKind, Contact, ContactId, Group, Participant, Rank};
use whapi_stats::Stats;

/// 25 November 2026, 17:38 UTC.
pub(crate) const NOW: i64 = 1_795_628_280;
pub(crate) const DAY: i64 = 86_400;

/// Hostile names of groups.
pub(crate) const HOSTILE: [&str; 10] = [
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "\u{202e}gnirts desrever",
    "</bdi></table><img src=https://evil.example/x.png>",
    "משפחה של בית הספר",
    "مجموعة العائلة 2026",
    "\u{1b}[31mred\nsecond line",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "Eltern der Klasse 4b, Grundschule am Weinberg, mit allen Lehrkräften und der Schulleitung",
    "家族のグループ 👨\u{200d}👩\u{200d}👧",
];

pub(crate) fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

/// Six contacts with everything that can be known.
pub(crate) fn six() -> Stats {
    let groups = [
        group(
            "120363000000000001@g.us",
            "Family",
            &["447700900101", "447700900102"],
        ),
        group(
            "120363000000000002@g.us",
            HOSTILE[0],
            &["447700900101", "447700900102", "84958372615243@lid"],
        ),
    ];
    let reason_index = ReasonIndex::new()
        .with_chats([
            chat("447700900101", Some(NOW - DAY)),
            chat("447700900102", Some(NOW - 40 * DAY)),
            chat("4915112345678", None),
        ])
        .with_groups(groups)
        .with_blocked([id("99999999999")])
        .with_account(id("447700900100"));
    let contacts = [
        contact("447700900101")
            .with_saved(true)
            .with_is_business(true),
        contact("447700900102")
            .with_saved(false)
            .with_is_business(false),
        contact("4915112345678").with_saved(true),
        contact("84958372615243@lid").with_saved(false),
        contact("99999999999"),
        contact("status@broadcast").with_saved(false),
    ];
    count(contacts, Some(&reason_index))
}

pub(crate) fn count(
    contacts: impl IntoIterator<Item = Contact>,
    reason_index: Option<&ReasonIndex>,
) -> Stats {
    let mut stats = Stats::new(NOW);
    for contact in contacts {
        let reasons = reason_index.map(|reason_index| reason_index.reasons_of(&contact, None));
        let mut classified = ClassifiedContact::new(contact);
        if let Some(reasons) = reasons {
            classified = classified.with_reasons(reasons);
        }
        stats.add(&classified);
    }
    stats
}

pub(crate) fn contact(text: &str) -> Contact {
    Contact::new(id(text))
}

pub(crate) fn chat(text: &str, last_activity: Option<i64>) -> Chat {
    let mut chat = Chat::new(id(text), ChatKind::Contact);
    chat.last_activity = last_activity;
    chat
}

pub(crate) fn group(text: &str, name: &str, people: &[&str]) -> Group {
    let mut group = Group::new(id(text));
    group.name = Some(name.to_owned());
    group.participants = people
        .iter()
        .map(|person| Participant::new(id(person), Rank::Member))
        .collect();
    group
}
