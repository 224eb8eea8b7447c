//! Fields of what a run finds out about contacts only when it is asked to.

use whapi_classify::{Change, ClassifiedContact, Membership, PrivateChat, ReasonKind, Reasons};
use whapi_model::ContactId;

use super::cell::Cell;
use super::field::{CellOf, Field, flag, untrusted};

/// Reasons, links and changes: `reason`, `reasons`, `last_activity`, `labels`, `groups`, `group_ids`,
/// `other_id`, `merged`, `change`.
///
/// All but `group_ids`, which is for programs, [come with](Field::comes_with) the
/// [optional information](crate::Available) that they show. Empty for a contact without it.
///
/// # Examples
///
/// ```
/// use whapi_export::Available;
/// use whapi_export::fields::ENRICHMENT_FIELDS;
///
/// let mut available = Available::default();
/// available.changes = true;
/// let coming: Vec<_> = ENRICHMENT_FIELDS.iter().filter(|field| (field.comes_with)(available)).collect();
/// assert_eq!(coming.len(), 1);
/// assert_eq!(coming[0].name, "change");
/// ```
pub static ENRICHMENT_FIELDS: &[Field] = &[
    of_reasons("reason", |contact, _| Cell::word(reason(contact))),
    of_reasons("reasons", |contact, built| {
        let kinds = contact.reasons().into_iter().flat_map(Reasons::kinds);
        join(built, " ", kinds, |kind, built| {
            built.push_str(kind.as_str());
        });
        Cell::trusted(built)
    }),
    of_reasons("last_activity", |contact, built| {
        let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
        if let Some(time) = chat.and_then(PrivateChat::last_activity_text) {
            built.push_str(&time);
        }
        Cell::trusted(built)
    }),
    of_reasons("labels", |contact, built| {
        push_labels(contact, built);
        Cell::Untrusted(built)
    }),
    of_reasons("groups", |contact, built| {
        push_groups(contact, built);
        Cell::Untrusted(built)
    }),
    // For programs, so only where it is asked for.
    Field::new("group_ids", |contact, built| {
        join(built, " ", groups(contact), |part, built| {
            built.push_str(part.group.id.as_str());
        });
        Cell::Untrusted(built)
    }),
    Field::new("other_id", |contact, _| {
        untrusted(contact.other_id().map(ContactId::as_str))
    })
    .coming_with(|available| available.lid_links),
    Field::new("merged", |contact, _| {
        flag(contact.other_id().map(|_| contact.is_merged()))
    })
    .coming_with(|available| available.lid_links),
    Field::new("change", |contact, _| {
        Cell::word(contact.change().map_or("", Change::as_str))
    })
    .coming_with(|available| available.changes),
];

const fn of_reasons(name: &'static str, cell: CellOf) -> Field {
    Field::new(name, cell).coming_with(|available| available.reasons)
}

fn reason(contact: &ClassifiedContact) -> &'static str {
    contact.reasons().map_or("", |reasons| {
        reasons.primary().map_or("unknown", ReasonKind::as_str)
    })
}

fn groups(contact: &ClassifiedContact) -> &[Membership] {
    contact.reasons().map_or(&[], |reasons| reasons.groups())
}

/// Appends the labels of the private chat, `; ` between them. Untrusted' text.
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::push_labels;
/// use whapi_export::whapi_classify::ReasonIndex;
/// use whapi_export::whapi_model::{Chat, ChatKind, Contact, ContactId, Label};
///
/// let id = ContactId::parse("447700900101")?;
/// let mut chat = Chat::new(id.clone(), ChatKind::Contact);
/// chat.labels = vec![Label::new("1", "new"), Label::new("2", "paid")];
/// let contact = Contact::new(id);
/// let reasons = ReasonIndex::new().with_chats([chat]).reasons_of(&contact, None);
/// let mut text = String::new();
/// push_labels(&ClassifiedContact::new(contact).with_reasons(reasons), &mut text);
/// assert_eq!(text, "new; paid");
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub fn push_labels(contact: &ClassifiedContact, built: &mut String) {
    let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
    let labels = chat.into_iter().flat_map(|chat| &chat.labels);
    join(built, "; ", labels, |label, built| {
        built.push_str(&label.name);
    });
}

/// Appends the groups, each with the contact's rank, `; ` between them. Untrusted' text.
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::push_groups;
/// use whapi_export::whapi_classify::ReasonIndex;
/// use whapi_export::whapi_model::{Contact, ContactId, Group, Participant, Rank};
///
/// let id = ContactId::parse("447700900101")?;
/// let mut group = Group::new(ContactId::parse("120363000000000001@g.us")?);
/// group.name = Some("Rowing".to_owned());
/// group.participants = vec![Participant::new(id.clone(), Rank::Admin)];
/// let contact = Contact::new(id);
/// let reasons = ReasonIndex::new().with_groups([group]).reasons_of(&contact, None);
/// let mut text = String::new();
/// push_groups(&ClassifiedContact::new(contact).with_reasons(reasons), &mut text);
/// assert_eq!(text, "Rowing (admin)");
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub fn push_groups(contact: &ClassifiedContact, built: &mut String) {
    join(built, "; ", groups(contact), |part, built| {
        built.push_str(part.group.title());
        built.push_str(" (");
        built.push_str(part.rank.as_str());
        built.push(')');
    });
}

/// Builds a list. An item without text has its place all the same.
pub(super) fn join<T>(
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
    use whapi_classify::ReasonIndex;
    use whapi_model::{Chat, ChatKind, Contact, Group, Label, Participant, Rank};

    use super::*;
    use crate::fields::Cell;

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
    fn classified(reason_index: &ReasonIndex) -> ClassifiedContact {
        let contact = Contact::new(id("447700900101")).with_saved(false);
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    }

    fn reason_index() -> ReasonIndex {
        let mut chat = Chat::new(id("447700900101@s.whatsapp.net"), ChatKind::Contact);
        chat.last_activity = Some(1_767_225_600);
        chat.labels = vec![Label::new("1", "=new"), Label::new("2", "paid")];
        let groups = [
            group("120363000000000001@g.us", Some("Rowing"), Rank::Admin),
            group("120363000000000002@g.us", None, Rank::Member),
        ];
        ReasonIndex::new()
            .with_account(id("447700900100"))
            .with_chats([chat])
            .with_groups(groups)
            .with_blocked([])
    }

    #[track_caller]
    fn check(contact: &ClassifiedContact, expected: [Cell<'_>; 9]) {
        for (field, expected) in ENRICHMENT_FIELDS.iter().zip(expected) {
            let mut built = String::new();
            let found = (field.cell)(contact, &mut built);
            assert_eq!(found, expected, "{}", field.name);
        }
    }

    #[test]
    fn all_that_can_be_found_out() {
        let contact = classified(&reason_index())
            .with_merged_id(id("84958372615243@lid"))
            .with_change(Change::RemovedFromAddressBook);
        check(
            &contact,
            [
                Cell::word("private_chat"),
                Cell::word("private_chat group"),
                Cell::word("2026-01-01T00:00:00Z"),
                Cell::Untrusted("=new; paid"),
                Cell::Untrusted("Rowing (admin); 120363000000000002@g.us (member)"),
                Cell::Untrusted("120363000000000001@g.us 120363000000000002@g.us"),
                Cell::Untrusted("84958372615243@lid"),
                Cell::word("true"),
                Cell::word("removed-from-address-book"),
            ],
        );
    }

    #[test]
    fn nothing_was_asked_for() {
        let contact = ClassifiedContact::new(Contact::new(id("447700900101")));
        let (trusted, untrusted) = (Cell::word(""), Cell::Untrusted(""));
        let of_reasons = [trusted, trusted, trusted, untrusted, untrusted, untrusted];
        check(
            &contact,
            [&of_reasons[..], &[untrusted, trusted, trusted]]
                .concat()
                .try_into()
                .unwrap(),
        );
    }

    #[test]
    fn what_could_not_be_found_out_is_unknown() {
        let contact = classified(&ReasonIndex::new()).with_other_id(id("84958372615243@lid"));
        let (trusted, untrusted) = (Cell::word(""), Cell::Untrusted(""));
        check(
            &contact,
            [
                Cell::word("unknown"),
                trusted,
                trusted,
                untrusted,
                untrusted,
                untrusted,
                Cell::Untrusted("84958372615243@lid"),
                Cell::word("false"),
                trusted,
            ],
        );
    }
}
