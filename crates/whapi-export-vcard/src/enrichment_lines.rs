//! What a run was asked to find out about a contact, in words for its card.

use std::borrow::Cow;

use whapi_export::ClassifiedContact;
use whapi_export::fields::wording;
use whapi_export::whapi_classify::{Change, ReasonKind, Reasons, is_blank};
use whapi_export::whapi_model::{ContactId, IdKind, Rank};

use crate::text::clean;

/// What few runs ask for: kept apart, so that the others do not pay for it.
pub(crate) struct EnrichmentLines<'a> {
    /// Lines of the `NOTE`, behind the others.
    pub(crate) note: Vec<MoreLine<'a>>,
    /// The names of the channel and of groups, for `CATEGORIES`, each once, cleaned and without space around it.
    pub(crate) categories: Vec<Cow<'a, str>>,
    /// In how many of [`groups`](Self::categories) control characters were left out.
    pub(crate) altered_categories: u64,
}

/// One line of the `NOTE`: our own words, which need no escaping, then words of others. Line ends in
/// those become spaces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MoreLine<'a> {
    pub(crate) ours: &'static str,
    pub(crate) theirs: Cow<'a, str>,
}

impl<'a> EnrichmentLines<'a> {
    /// `None` when nothing was found out.
    pub(crate) fn of(contact: &'a ClassifiedContact) -> Option<Box<Self>> {
        let (reasons, other, change) = (contact.reasons(), contact.other_id(), contact.change());
        let nothing = reasons.is_none() && other.is_none() && change.is_none();
        if nothing && contact.entries().next().is_none() {
            return None;
        }
        let mut more = Self {
            note: Vec::new(),
            categories: Vec::new(),
            altered_categories: 0,
        };
        for entry in contact.entries() {
            more.say(wording::CHANNEL, entry.channel);
            more.add_category(entry.channel);
        }
        if let Some(reasons) = reasons {
            more.add_reasons(reasons);
        }
        if let Some(other) = other {
            more.add_other_id(contact.id(), other, contact.is_merged());
        }
        if let Some(ours) = change.and_then(change_line) {
            more.say(ours, "");
        }
        Some(Box::new(more))
    }

    fn say(&mut self, ours: &'static str, theirs: impl Into<Cow<'a, str>>) {
        let theirs = theirs.into();
        self.note.push(MoreLine { ours, theirs });
    }

    fn add_reasons(&mut self, reasons: &'a Reasons) {
        let words: Vec<_> = reasons.kinds().map(reason).collect();
        if words.is_empty() {
            self.say("Why it is visible could not be found out.", "");
        } else if reasons.is_complete() {
            self.say("Why it is visible: ", words.join(", "));
        } else {
            self.say("Why it is visible as far as is known: ", words.join(", "));
        }
        if let Some(chat) = reasons.private_chat() {
            if let Some(time) = chat.last_activity_text() {
                self.say(wording::LAST_ACTIVITY, time);
            }
            let labels: Vec<_> = chat
                .labels
                .iter()
                .map(|label| {
                    if is_blank(&label.name) {
                        label.id.as_str()
                    } else {
                        label.name.as_str()
                    }
                })
                .collect();
            if !labels.is_empty() {
                self.say("Labels of the private chat: ", labels.join(", "));
            }
        }
        for part in reasons.groups() {
            let title = part.group.title();
            // The rank comes first: behind the name, the name could say it, too.
            self.say(rank_line(part.rank), title);
            self.add_category(title);
        }
    }

    /// Adds the name of a channel or a group. A name of white space is none.
    fn add_category(&mut self, name: &'a str) {
        let cleaned = clean(name);
        // Readers trim what stands between commas.
        let name = match cleaned.text {
            Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
            Cow::Owned(name) => Cow::Owned(name.trim().to_owned()),
        };
        if !name.is_empty() && !self.categories.contains(&name) {
            self.categories.push(name);
            self.altered_categories += u64::from(cleaned.altered);
        }
    }

    fn add_other_id(&mut self, id: &'a ContactId, other: &'a ContactId, is_merged: bool) {
        match (id.kind(), other.phone()) {
            // Its number is in `TEL` then, so that its own id has to be said here.
            (IdKind::Lid, Some(_)) if is_merged => self.say(HIDDEN_ID, id.as_str()),
            (_, Some(phone)) => self.say("Phone number of the same person: ", phone.to_string()),
            (_, None) => self.say(HIDDEN_ID, other.as_str()),
        }
    }
}

const HIDDEN_ID: &str = "Hidden WhatsApp id of the same person: ";

fn reason(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "it is the account itself",
        ReasonKind::AddressBook => "in the address book",
        ReasonKind::PrivateChat => "private chat",
        ReasonKind::Group => "in a group",
        ReasonKind::Blocked => "blocked",
        ReasonKind::Unexplained => "unexplained",
        _ => "for another reason",
    }
}

fn rank_line(rank: Rank) -> &'static str {
    match rank {
        Rank::Creator => "Creator of the group: ",
        Rank::Admin => "Admin of the group: ",
        _ => "Member of the group: ",
    }
}

/// What to say of a change; `None` when nothing changed.
fn change_line(change: Change) -> Option<&'static str> {
    Some(match change {
        Change::Added => "Since the earlier export: added.",
        Change::Saved => "Since the earlier export: saved in the address book.",
        Change::RemovedFromAddressBook => {
            "Since the earlier export: removed from the address book."
        }
        Change::Renamed => "Since the earlier export: renamed.",
        Change::NameMissing => "Since the earlier export: the name is missing.",
        Change::Gone => "Since the earlier export: gone.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_classify::ReasonIndex;
    use whapi_export::whapi_model::{Chat, ChatKind, Contact, Group, Label, Partial, Participant};

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn ada() -> Contact {
        Contact::new(id("447700900101")).with_saved(true)
    }

    fn group(number: u8, name: &str, rank: Rank) -> Group {
        let mut group = Group::new(id(&format!("12036300000000000{number}@g.us")));
        group.name = Some(name.to_owned());
        group.participants = vec![Participant::new(ada().id().clone(), rank)];
        group
    }

    fn chat(last_activity: Option<i64>, labels: &[(&str, &str)]) -> Chat {
        let mut chat = Chat::new(ada().id().clone(), ChatKind::Contact);
        chat.last_activity = last_activity;
        let labels = labels.iter().map(|(id, name)| Label::new(*id, *name));
        chat.labels = labels.collect();
        chat
    }

    /// All that can be known is known.
    fn reason_index() -> ReasonIndex {
        ReasonIndex::new()
            .with_chats([])
            .with_groups([])
            .with_blocked([])
    }

    fn classified(contact: Contact, reason_index: &ReasonIndex) -> ClassifiedContact {
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    }

    #[track_caller]
    fn check(contact: &ClassifiedContact, note: &[&str], groups: &[&str]) {
        let more = EnrichmentLines::of(contact).unwrap();
        let lines = more.note.iter();
        let lines: Vec<_> = lines
            .map(|line| line.ours.to_owned() + &line.theirs)
            .collect();
        assert_eq!(lines, note);
        assert_eq!(more.categories, groups);
    }

    #[test]
    fn without_enrichment_there_are_no_lines() {
        assert!(EnrichmentLines::of(&ClassifiedContact::new(ada())).is_none());
        let mut contact = ClassifiedContact::new(ada());
        contact.set_equals_saved_name();
        assert!(EnrichmentLines::of(&contact).is_none());
    }

    #[test]
    fn all_reasons_with_the_primary_first() {
        let reason_index = reason_index()
            .with_blocked([ada().id().clone()])
            .with_chats([chat(
                Some(1_763_830_980),
                &[("1", "customer, old"), ("2", " ")],
            )])
            .with_groups([
                group(1, " Football\t\0", Rank::Admin),
                group(2, "\u{200b}", Rank::Creator),
                group(3, "Football", Rank::Member),
            ]);
        let contact = classified(ada(), &reason_index);
        check(
            &contact,
            &[
                "Why it is visible: in the address book, private chat, in a group, blocked",
                "Last activity in the private chat: 2025-11-22T17:03:00Z",
                "Labels of the private chat: customer, old, 2",
                "Admin of the group:  Football\t\0",
                "Creator of the group: 120363000000000002@g.us",
                "Member of the group: Football",
            ],
            &["Football", "120363000000000002@g.us"],
        );
        let more = EnrichmentLines::of(&contact).unwrap();
        assert_eq!(more.altered_categories, 1);
    }

    #[test]
    fn what_could_not_be_found_out_is_not_made_up() {
        let unsaved = || Contact::new(id("447700900101")).with_saved(false);
        check(
            &classified(unsaved(), &reason_index()),
            &["Why it is visible: unexplained"],
            &[],
        );
        check(
            &classified(unsaved(), &ReasonIndex::new()),
            &["Why it is visible could not be found out."],
            &[],
        );
        check(
            &classified(
                unsaved(),
                &ReasonIndex::new()
                    .with_chats(Partial::new(vec![chat(None, &[])], vec!["some".to_owned()])),
            ),
            &["Why it is visible as far as is known: private chat"],
            &[],
        );
        check(
            &classified(unsaved(), &reason_index().with_account(id("447700900101"))),
            &["Why it is visible: it is the account itself"],
            &[],
        );
    }

    #[test]
    fn the_other_id_is_said_and_a_merged_ones_own() {
        let lid = || ClassifiedContact::new(Contact::new(id("84958372615243@lid")));
        let phone = || ClassifiedContact::new(ada());
        let hidden = "Hidden WhatsApp id of the same person: 84958372615243@lid";
        let other = id("84958372615243@lid");
        check(&phone().with_other_id(other.clone()), &[hidden], &[]);
        check(&phone().with_merged_id(other), &[hidden], &[]);
        check(
            &lid().with_other_id(id("447700900101@c.us")),
            &["Phone number of the same person: +447700900101"],
            &[],
        );
        check(&lid().with_merged_id(id("447700900101")), &[hidden], &[]);
    }

    #[test]
    fn the_channel_comes_before_everything_else() {
        let groups = [
            group(1, "shop", Rank::Member),
            group(2, "Rowing", Rank::Member),
        ];
        let contact = classified(ada(), &reason_index().with_groups(groups));
        check(
            &contact.clone().with_channel("shop"),
            &[
                "Channel: shop",
                "Why it is visible: in the address book, in a group",
                "Member of the group: shop",
                "Member of the group: Rowing",
            ],
            &["shop", "Rowing"],
        );
        check(
            &ClassifiedContact::new(ada()).with_channel(" \n"),
            &["Channel:  \n"],
            &[],
        );
    }

    #[test]
    fn a_change_is_said_and_its_absence_is_not() {
        let changed = |change| ClassifiedContact::new(ada()).with_change(change);
        let removed = ["Since the earlier export: removed from the address book."];
        check(&changed(Change::RemovedFromAddressBook), &removed, &[]);
        check(&changed(Change::Unchanged), &[], &[]);
    }

    /// The writers put our words into a card as they are.
    #[test]
    fn our_own_words_need_no_escaping() {
        let words = Change::ALL
            .iter()
            .copied()
            .filter_map(change_line)
            .chain([Rank::Member, Rank::Admin, Rank::Creator].map(rank_line))
            .chain(ReasonKind::ALL.iter().copied().map(reason))
            .chain([HIDDEN_ID]);
        for text in words {
            assert!(text.is_ascii() && !text.contains(['\\', ',', ';']));
        }
    }
}
