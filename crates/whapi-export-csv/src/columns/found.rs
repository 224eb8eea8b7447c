//! Columns of what a run finds out about contacts only when it is asked to.

use whapi_export::whapi_classify::{Change, Membership, PrivateChat, ReasonKind, Reasons};
use whapi_export::whapi_model::ContactId;
use whapi_export::{ClassifiedContact, Facts};

use super::{CellOf, Column, Ours, Strangers, flag, strangers};

/// Reasons, links and changes. All but `group_ids` come unasked with the facts that they tell.
pub(crate) static FOUND: [Column; 9] = [
    of_reasons("reason", |contact, _| Ours(reason(contact))),
    of_reasons("reasons", |contact, built| {
        let kinds = contact.reasons().into_iter().flat_map(Reasons::kinds);
        join(built, " ", kinds, |kind, built| {
            built.push_str(kind.as_str());
        });
        Ours(built)
    }),
    of_reasons("last_activity", |contact, built| {
        let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
        if let Some(time) = chat.and_then(PrivateChat::last_activity_text) {
            built.push_str(&time);
        }
        Ours(built)
    }),
    of_reasons("labels", |contact, built| {
        push_labels(contact, built);
        Strangers(built)
    }),
    of_reasons("groups", |contact, built| {
        push_groups(contact, built);
        Strangers(built)
    }),
    // For programs, so only where it is asked for.
    super::column("group_ids", |contact, built| {
        join(built, " ", groups(contact), |part, built| {
            built.push_str(part.group.id.as_str());
        });
        Strangers(built)
    }),
    Column {
        comes_with: |facts| facts.links,
        ..super::column("other_id", |contact, _| {
            strangers(contact.other_id().map(ContactId::as_str))
        })
    },
    Column {
        comes_with: |facts| facts.links,
        ..super::column("merged", |contact, _| {
            flag(contact.other_id().map(|_| contact.is_merged()))
        })
    },
    Column {
        comes_with: |facts| facts.changes,
        ..super::column("change", |contact, _| {
            Ours(contact.change().map_or("", Change::as_str))
        })
    },
];

const fn of_reasons(header: &'static str, cell: CellOf) -> Column {
    Column {
        header,
        cell,
        comes_with: |facts: Facts| facts.reasons,
    }
}

fn reason(contact: &ClassifiedContact) -> &'static str {
    contact.reasons().map_or("", |reasons| {
        reasons.primary().map_or("unknown", ReasonKind::as_str)
    })
}

fn groups(contact: &ClassifiedContact) -> &[Membership] {
    contact.reasons().map_or(&[], |reasons| reasons.groups())
}

/// The labels of the private chat, `; ` between them.
pub(crate) fn push_labels(contact: &ClassifiedContact, built: &mut String) {
    let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
    let labels = chat.into_iter().flat_map(|chat| &chat.labels);
    join(built, "; ", labels, |label, built| {
        built.push_str(&label.name);
    });
}

/// The groups, each with the contact's rank, `; ` between them.
pub(crate) fn push_groups(contact: &ClassifiedContact, built: &mut String) {
    join(built, "; ", groups(contact), |part, built| {
        built.push_str(part.group.title());
        built.push_str(" (");
        built.push_str(part.rank.as_str());
        built.push(')');
    });
}

/// Builds a list. An item without text has its place all the same.
fn join<T>(
    built: &mut String,
    between: &str,
    items: impl IntoIterator<Item = T>,
    push: impl Fn(T, &mut String),
) {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            built.push_str(between);
        }
        push(item, built);
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_classify::Evidence;
    use whapi_export::whapi_model::{Chat, ChatKind, Contact, Group, Label, Participant, Rank};

    use super::*;
    use crate::columns::Cell;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn group(text: &str, name: Option<&str>, rank: Rank) -> Group {
        let mut group = Group::new(id(text));
        group.name = name.map(str::to_owned);
        group.participants = vec![Participant::new(id("447700900101"), rank)];
        group.participants_count = Some(1);
        group
    }

    /// A contact with a chat and in two groups.
    fn judged(evidence: &Evidence) -> ClassifiedContact {
        let contact = Contact::new(id("447700900101")).with_saved(false);
        let reasons = evidence.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    }

    fn evidence() -> Evidence {
        let mut chat = Chat::new(id("447700900101@s.whatsapp.net"), ChatKind::Contact);
        chat.last_activity = Some(1_767_225_600);
        chat.labels = vec![Label::new("1", "=new"), Label::new("2", "paid")];
        let groups = [
            group("120363000000000001@g.us", Some("Rowing"), Rank::Admin),
            group("120363000000000002@g.us", None, Rank::Member),
        ];
        Evidence::new()
            .with_account(id("447700900100"))
            .with_chats([chat], true)
            .with_groups(groups, true)
            .with_blocked([], true)
    }

    #[track_caller]
    fn check(contact: &ClassifiedContact, expected: [Cell<'_>; 9]) {
        for (column, expected) in FOUND.iter().zip(expected) {
            let mut built = String::new();
            let found = (column.cell)(contact, &mut built);
            assert_eq!(found, expected, "{}", column.header);
        }
    }

    #[test]
    fn all_that_can_be_found_out() {
        let contact = judged(&evidence())
            .with_other_id(id("84958372615243@lid"), true)
            .with_change(Change::RemovedFromAddressBook);
        check(
            &contact,
            [
                Ours("private_chat"),
                Ours("private_chat group"),
                Ours("2026-01-01T00:00:00Z"),
                Strangers("=new; paid"),
                Strangers("Rowing (admin); 120363000000000002@g.us (member)"),
                Strangers("120363000000000001@g.us 120363000000000002@g.us"),
                Strangers("84958372615243@lid"),
                Ours("true"),
                Ours("removed-from-address-book"),
            ],
        );
    }

    #[test]
    fn nothing_was_asked_for() {
        let contact = ClassifiedContact::new(Contact::new(id("447700900101")));
        let (ours, strangers) = (Ours(""), Strangers(""));
        let of_reasons = [ours, ours, ours, strangers, strangers, strangers];
        check(
            &contact,
            [&of_reasons[..], &[strangers, ours, ours]]
                .concat()
                .try_into()
                .unwrap(),
        );
    }

    #[test]
    fn what_could_not_be_found_out_is_unknown() {
        let contact = judged(&Evidence::new()).with_other_id(id("84958372615243@lid"), false);
        let (ours, strangers) = (Ours(""), Strangers(""));
        check(
            &contact,
            [
                Ours("unknown"),
                ours,
                ours,
                strangers,
                strangers,
                strangers,
                Strangers("84958372615243@lid"),
                Ours("false"),
                ours,
            ],
        );
    }
}
