//! An index from contacts to the chats, groups and lists that explain them.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use whapi_model::{
    Chat, ChatKind, Contact, ContactId, Group, IdKind, Partial, Phone, Rank, ReasonLists,
};

use crate::reason::{Membership, PrivateChat, ReasonKind, Reasons, SharedGroup, Unknown};

/// Looks up why contacts are visible: chats, groups, blocked ids and the account's own id.
///
/// Each of the four starts as not known. What is given counts whether or not it is the whole; what
/// is missing from an incomplete list makes the reason unknown instead of absent.
///
/// # Examples
///
/// ```
/// use whapi_classify::{ReasonIndex, ReasonKind};
/// use whapi_model::{Chat, ChatKind, Contact, ContactId};
///
/// let id = |text| ContactId::parse(text);
/// let reason_index = ReasonIndex::new()
///     .with_chats([Chat::new(id("447700900101@s.whatsapp.net")?, ChatKind::Contact)])
///     .with_groups([])
///     .with_blocked([id("447700900101")?])
///     .with_account(id("447700900100")?);
///
/// let seen = Contact::new(id("447700900101")?).with_saved(false);
/// let reasons = reason_index.reasons_of(&seen, None);
/// assert_eq!(reasons.primary(), Some(ReasonKind::PrivateChat));
/// assert!(reasons.kinds().eq([ReasonKind::PrivateChat, ReasonKind::Blocked]));
///
/// let other = Contact::new(id("447700900102")?).with_saved(false);
/// assert_eq!(reason_index.reasons_of(&other, None).primary(), Some(ReasonKind::Unexplained));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Default)]
pub struct ReasonIndex {
    chats: HashMap<ContactId, PrivateChat>,
    memberships: HashMap<ContactId, Parts>,
    groups: usize,
    blocked: HashSet<ContactId>,
    account: Option<ContactId>,
    known: Known,
}

/// A contact's parts in groups. Most are in one, which takes no allocation.
enum Parts {
    One(Membership),
    Several(Vec<Membership>),
}

impl Parts {
    fn as_slice(&self) -> &[Membership] {
        match self {
            Self::One(part) => std::slice::from_ref(part),
            Self::Several(parts) => parts,
        }
    }

    /// Each group once, with the higher of two ranks.
    fn add(&mut self, group: &Arc<SharedGroup>, rank: Rank) {
        match self {
            Self::One(part) if part.group.id == group.id => part.rank = part.rank.max(rank),
            Self::One(part) => {
                let second = Membership::new(Arc::clone(group), rank);
                *self = Self::Several(vec![part.clone(), second]);
            }
            Self::Several(parts) => add_membership(parts, group, rank),
        }
    }
}

/// Which lists are known to be whole.
#[derive(Debug, Default)]
struct Known {
    chats: bool,
    groups: bool,
    blocked: bool,
}

impl ReasonIndex {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds chats, which are all that the channel has if the list is complete.
    ///
    /// A chat is private when the API says so, or when it gives no kind and the id is
    /// a person's. Of two chats with one person the later activity and all labels count.
    pub fn with_chats(mut self, chats: impl Into<Partial<Chat>>) -> Self {
        let chats = chats.into();
        self.known.chats = chats.is_complete();
        for chat in chats.items {
            let person = matches!(chat.id.kind(), IdKind::Phone | IdKind::Lid);
            let private = match chat.kind {
                ChatKind::Contact => true,
                ChatKind::Unknown => person,
                _ => false,
            };
            if private {
                let known = self.chats.entry(chat.id);
                let known = known.or_insert_with(|| PrivateChat::new(None, Vec::new()));
                join_chats(known, PrivateChat::new(chat.last_activity, chat.labels));
            }
        }
        self
    }

    /// Adds groups, which are all that the channel has if the list is complete. A group that does not
    /// [list everyone](Group::lists_everyone) leaves unknown who else is in a group.
    pub fn with_groups(mut self, groups: impl Into<Partial<Group>>) -> Self {
        let groups = groups.into();
        self.known.groups = groups.is_complete();
        for group in groups.items {
            self.known.groups &= group.lists_everyone();
            let shared = Arc::new(SharedGroup::new(group.id, group.name));
            self.groups += 1;
            for participant in group.participants {
                let rank = participant.rank;
                self.memberships
                    .entry(participant.id)
                    .and_modify(|parts| parts.add(&shared, rank))
                    .or_insert_with(|| Parts::One(Membership::new(Arc::clone(&shared), rank)));
            }
        }
        self
    }

    /// Adds blocked ids, which are all that the channel has if the list is complete.
    pub fn with_blocked(mut self, blocked: impl Into<Partial<ContactId>>) -> Self {
        let blocked = blocked.into();
        self.known.blocked = blocked.is_complete();
        self.blocked.extend(blocked.items);
        self
    }

    /// Sets which id is the account itself.
    pub fn with_account(mut self, account: ContactId) -> Self {
        self.account = Some(account);
        self
    }

    /// Whether all four are known to the end.
    pub fn is_complete(&self) -> bool {
        self.known.chats && self.known.groups && self.known.blocked && self.account.is_some()
    }

    /// Why `contact` is visible. `also` is another id of the same person, whose chats, groups and
    /// so on count, too; so do those of the [phone number](Contact::phone) of a LID.
    pub fn reasons_of(&self, contact: &Contact, also: Option<&ContactId>) -> Reasons {
        let mut reasons = Reasons {
            address_book: contact.in_address_book() == Some(true),
            unknown: self.unknown(contact),
            ..Reasons::default()
        };
        let ids = [
            Some(contact.id().identity()),
            also.map(ContactId::identity),
            number_of_lid(contact),
        ];
        for id in ids.into_iter().flatten() {
            reasons.account |= self.account.as_ref().map(ContactId::identity) == Some(id);
            reasons.blocked |= self.blocked.contains(id);
            if let Some(chat) = self.chats.get(id) {
                match &mut reasons.private_chat {
                    Some(known) => join_chats(known, chat.clone()),
                    none => *none = Some(chat.clone()),
                }
            }
            let parts = self.memberships.get(id).map_or(&[][..], Parts::as_slice);
            for part in parts {
                add_membership(&mut reasons.groups, &part.group, part.rank);
            }
        }
        reasons
    }

    /// Ignores the account's own id: without it, every contact would be unexplained because of one.
    fn unknown(&self, contact: &Contact) -> Unknown {
        let mut unknown = Unknown::default();
        let known = [
            (contact.in_address_book().is_some(), ReasonKind::AddressBook),
            (self.known.chats, ReasonKind::PrivateChat),
            (self.known.groups, ReasonKind::Group),
            (self.known.blocked, ReasonKind::Blocked),
        ];
        for (known, kind) in known {
            if !known {
                unknown.add(kind);
            }
        }
        unknown
    }
}

/// Indexes what a source found out, complete or not.
impl From<ReasonLists> for ReasonIndex {
    fn from(lists: ReasonLists) -> Self {
        let ReasonLists {
            chats,
            groups,
            blocked,
            account,
            ..
        } = lists;
        let mut index = Self::new()
            .with_chats(chats)
            .with_groups(groups)
            .with_blocked(blocked);
        index.account = account;
        index
    }
}

/// The digits of the number that the API gave for a contact whose id has none.
fn number_of_lid(contact: &Contact) -> Option<&str> {
    match contact.id().kind() {
        IdKind::Phone => None,
        _ => contact.phone().map(Phone::digits),
    }
}

fn join_chats(known: &mut PrivateChat, other: PrivateChat) {
    known.last_activity = known.last_activity.max(other.last_activity);
    for label in other.labels {
        if !known.labels.contains(&label) {
            known.labels.push(label);
        }
    }
}

/// Each group once, with the higher of two ranks.
fn add_membership(parts: &mut Vec<Membership>, group: &Arc<SharedGroup>, rank: Rank) {
    match parts.iter_mut().find(|part| part.group.id == group.id) {
        Some(part) => part.rank = part.rank.max(rank),
        None => parts.push(Membership::new(Arc::clone(group), rank)),
    }
}

/// Shows counts only: no names and no numbers.
impl fmt::Debug for ReasonIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReasonIndex")
            .field("chats", &self.chats.len())
            .field("groups", &self.groups)
            .field("blocked", &self.blocked.len())
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::{Label, Participant};

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn chat(text: &str, kind: ChatKind, at: Option<i64>, labels: &[&str]) -> Chat {
        let mut chat = Chat::new(id(text), kind);
        chat.last_activity = at;
        chat.labels = labels.iter().map(|name| Label::new(*name, *name)).collect();
        chat
    }

    fn group(text: &str, name: &str, people: &[(&str, Rank)]) -> Group {
        let mut group = Group::new(id(text));
        group.name = Some(name.to_owned());
        group.participants = people
            .iter()
            .map(|(person, rank)| Participant::new(id(person), *rank))
            .collect();
        group
    }

    fn kinds(reason_index: &ReasonIndex, contact: &Contact, also: Option<&str>) -> String {
        let also = also.map(id);
        let reasons = reason_index.reasons_of(contact, also.as_ref());
        let kinds: Vec<_> = reasons.kinds().map(ReasonKind::as_str).collect();
        let primary = reasons.primary().map_or("unknown", ReasonKind::as_str);
        format!("{primary}: {}", kinds.join(" "))
    }

    fn whole() -> ReasonIndex {
        let chats = [
            chat(
                "447700900101@s.whatsapp.net",
                ChatKind::Contact,
                Some(20),
                &["a"],
            ),
            chat("120363000000000001@g.us", ChatKind::Group, Some(30), &["b"]),
            chat("447700900102", ChatKind::Unknown, None, &[]),
            chat("status@broadcast", ChatKind::Unknown, None, &[]),
            chat("11112222@lid", ChatKind::Contact, Some(40), &["a", "c"]),
        ];
        let groups = [
            group(
                "120363000000000001@g.us",
                "One",
                &[
                    ("447700900101", Rank::Member),
                    ("11112222@lid", Rank::Admin),
                ],
            ),
            group(
                "120363000000000002@g.us",
                "Two",
                &[("447700900103@c.us", Rank::Creator)],
            ),
        ];
        ReasonIndex::new()
            .with_chats(chats)
            .with_groups(groups)
            .with_blocked([id("447700900104@c.us")])
            .with_account(id("447700900100@s.whatsapp.net"))
    }

    #[track_caller]
    fn check(contact: &str, saved: Option<bool>, expected: &str) {
        let mut contact = Contact::new(id(contact));
        if let Some(saved) = saved {
            contact = contact.with_saved(saved);
        }
        assert_eq!(kinds(&whole(), &contact, None), expected);
    }

    #[test]
    fn each_list_gives_its_reason_whatever_the_spelling() {
        check("447700900100", Some(false), "account: account");
        check(
            "447700900101",
            Some(true),
            "address_book: address_book private_chat group",
        );
        check(
            "447700900102@c.us",
            Some(false),
            "private_chat: private_chat",
        );
        check("447700900103", Some(false), "group: group");
        check("447700900104", Some(false), "blocked: blocked");
        check("447700900105", Some(false), "unexplained: unexplained");
        check("447700900105", None, "unknown: ");
        check("status@broadcast", Some(false), "unexplained: unexplained");
    }

    #[test]
    fn each_group_once_with_the_higher_rank_in_the_order_of_the_groups() {
        let groups = ["1@g.us", "2@g.us", "3@g.us"].map(|group_id| {
            let ranks = [Rank::Member, Rank::Admin, Rank::Member];
            let people = ranks.map(|rank| ("447700900101", rank));
            group(group_id, group_id, &people)
        });
        for most in 1..=3 {
            let reason_index = ReasonIndex::new().with_groups(groups[..most].to_vec());
            let reasons = reason_index.reasons_of(&Contact::new(id("447700900101")), None);
            let parts = reasons.groups().iter();
            let parts: Vec<_> = parts.map(|part| (part.group.title(), part.rank)).collect();
            let expected = ["1@g.us", "2@g.us", "3@g.us"].map(|title| (title, Rank::Admin));
            assert_eq!(parts, expected[..most]);
        }
    }

    #[test]
    fn two_ids_of_a_person_add_up() {
        let contact = Contact::new(id("447700900101")).with_saved(false);
        let lid = id("11112222@lid");
        let reasons = whole().reasons_of(&contact, Some(&lid));
        let chat = reasons.private_chat().unwrap();
        assert_eq!(chat.last_activity, Some(40));
        assert_eq!(chat.labels, [Label::new("a", "a"), Label::new("c", "c")]);
        let parts: Vec<_> = reasons
            .groups()
            .iter()
            .map(|part| (part.group.title(), part.rank))
            .collect();
        assert_eq!(parts, [("One", Rank::Admin)]);
    }

    #[test]
    fn the_number_of_a_lid_is_the_same_person() {
        let hidden = Contact::new(id("33334444@lid")).with_saved(false);
        assert_eq!(kinds(&whole(), &hidden, None), "unexplained: unexplained");
        for (number, expected) in [
            ("447700900100", "account: account"),
            ("447700900102", "private_chat: private_chat"),
            ("+447700900103", "group: group"),
            ("447700900104@s.whatsapp.net", "blocked: blocked"),
        ] {
            let known = hidden.clone().with_phone(number);
            assert_eq!(kinds(&whole(), &known, None), expected);
        }
        // What the other id says, too, is counted once.
        let known = Contact::new(id("11112222@lid")).with_phone("447700900101");
        let reasons = whole().reasons_of(&known, Some(&id("447700900101")));
        let chat = reasons.private_chat().unwrap();
        assert_eq!(chat.last_activity, Some(40));
        assert_eq!(chat.labels, [Label::new("a", "a"), Label::new("c", "c")]);
        assert_eq!(reasons.groups().len(), 1);
    }

    #[test]
    fn an_incomplete_list_makes_absence_unknown_and_keeps_what_it_gave() {
        let other = Contact::new(id("447700900105")).with_saved(false);
        let chatted = Contact::new(id("447700900101")).with_saved(false);
        assert_eq!(kinds(&ReasonIndex::new(), &other, None), "unknown: ");
        assert!(!ReasonIndex::new().is_complete());

        let groups = [group("1@g.us", "One", &[("447700900101", Rank::Member)])];
        let reason_index = ReasonIndex::new()
            .with_chats([])
            .with_groups(Partial::new(groups.to_vec(), vec!["some".to_owned()]))
            .with_blocked([])
            .with_account(id("447700900100"));
        assert_eq!(kinds(&reason_index, &other, None), "unknown: ");
        assert_eq!(kinds(&reason_index, &chatted, None), "group: group");
        assert!(!reason_index.is_complete());

        let mut cut = groups;
        cut[0].participants_count = Some(2);
        let reason_index = whole().with_groups(cut);
        assert_eq!(kinds(&reason_index, &other, None), "unknown: ");
        assert!(whole().is_complete());

        let reason_index = ReasonIndex::new()
            .with_chats([])
            .with_groups([])
            .with_blocked([]);
        assert_eq!(
            kinds(&reason_index, &other, None),
            "unexplained: unexplained"
        );
        assert!(!reason_index.is_complete());
    }

    #[test]
    fn debug_names_nobody() {
        assert_eq!(
            format!("{:?}", whole()),
            "ReasonIndex { chats: 3, groups: 2, blocked: 1, known: Known { chats: true, \
             groups: true, blocked: true }, .. }"
        );
    }
}
