//! Why a contact is visible.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use whapi_model::{ContactId, Label, Rank};
use whapi_text::{is_blank, rfc_3339};

/// One kind of reason for which an account sees a contact.
///
/// The order of the variants is the order in which one of several becomes the
/// [primary](Reasons::primary) one: what explains most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ReasonKind {
    /// It is the account itself: the id that `GET /health` names. Before all others, since the
    /// account is in all of its groups and may be in its own address book.
    Account,
    /// It is in the phone's address book: `saved` is `true`.
    AddressBook,
    /// There is a private chat with it.
    PrivateChat,
    /// It takes part in a group that the account is in.
    Group,
    /// The account has blocked it.
    Blocked,
    /// None of the others, although all lists are known.
    Unexplained,
}

impl ReasonKind {
    /// All kinds, in the order that makes one primary.
    pub const ALL: &'static [Self] = &[
        Self::Account,
        Self::AddressBook,
        Self::PrivateChat,
        Self::Group,
        Self::Blocked,
        Self::Unexplained,
    ];

    /// The stable name: `account`, `address_book`, `private_chat`, `group`, `blocked` or
    /// `unexplained`.
    ///
    /// ```
    /// use whapi_classify::ReasonKind;
    ///
    /// assert_eq!(ReasonKind::PrivateChat.as_str(), "private_chat");
    /// assert_eq!("private_chat".parse(), Ok(ReasonKind::PrivateChat));
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::AddressBook => "address_book",
            Self::PrivateChat => "private_chat",
            Self::Group => "group",
            Self::Blocked => "blocked",
            Self::Unexplained => "unexplained",
        }
    }
}

impl fmt::Display for ReasonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReasonKind {
    type Err = UnknownReason;

    /// Reads the stable name; `-` stands for `_` as well.
    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text.replace('-', "_"))
            .ok_or_else(|| UnknownReason(text.to_owned()))
    }
}

/// The text names no kind of reason; the message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownReason(String);

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = ReasonKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let known = known.join(", ");
        write!(f, "unknown reason `{}`; known are {known}", self.0)
    }
}

impl std::error::Error for UnknownReason {}

/// A private chat with a contact.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrivateChat {
    /// Time of the last activity, in seconds since 1970-01-01 UTC. `None` when the API gave none.
    pub last_activity: Option<i64>,
    /// Labels that the channel's owner put on the chat, in the API's order.
    pub labels: Vec<Label>,
}

impl PrivateChat {
    /// A chat with what is known of it.
    pub fn new(last_activity: Option<i64>, labels: Vec<Label>) -> Self {
        Self {
            last_activity,
            labels,
        }
    }

    /// The time of the last activity as RFC 3339 has it, in UTC. `None` when the API gave none, or
    /// one outside of the years 0 to 9999.
    ///
    /// ```
    /// use whapi_classify::PrivateChat;
    ///
    /// let chat = PrivateChat::new(Some(1_763_830_980), Vec::new());
    /// assert_eq!(chat.last_activity_text().as_deref(), Some("2025-11-22T17:03:00Z"));
    /// ```
    pub fn last_activity_text(&self) -> Option<String> {
        self.last_activity.and_then(rfc_3339)
    }
}

/// Labels are private notes: `Debug` shows their number only.
impl fmt::Debug for PrivateChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateChat")
            .field("last_activity", &self.last_activity)
            .field("labels", &self.labels.len())
            .finish()
    }
}

/// A group that contacts share with the account.
///
/// ```
/// use whapi_classify::SharedGroup;
/// use whapi_classify::whapi_model::ContactId;
///
/// let id = ContactId::parse("120363042345678901@g.us")?;
/// assert_eq!(SharedGroup::new(id.clone(), Some("Football".to_owned())).title(), "Football");
/// assert_eq!(SharedGroup::new(id, None).title(), "120363042345678901@g.us");
/// # Ok::<(), whapi_classify::whapi_model::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedGroup {
    /// The group's id, `…@g.us`.
    pub id: ContactId,
    /// The group's subject, which its admins chose: untrusted. `None` when the API gave none.
    pub name: Option<String>,
}

impl SharedGroup {
    /// A group.
    pub fn new(id: ContactId, name: Option<String>) -> Self {
        Self { id, name }
    }

    /// The subject, or the id of a group whose subject is missing or [blank](is_blank).
    pub fn title(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !is_blank(name))
            .unwrap_or(self.id.as_str())
    }
}

/// A group's subject is private text, so `Debug` shows the id's kind only.
impl fmt::Debug for SharedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedGroup")
            .field("id", &self.id)
            .field("has_name", &self.name.is_some())
            .finish()
    }
}

/// A contact's part in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// The group; contacts in the same group share it.
    pub group: Arc<SharedGroup>,
    /// The contact's rank there.
    pub rank: Rank,
}

impl Membership {
    /// A part in a group.
    pub fn new(group: Arc<SharedGroup>, rank: Rank) -> Self {
        Self { group, rank }
    }
}

/// All reasons for which one contact is visible.
///
/// [`ReasonIndex::reasons_of`](crate::ReasonIndex::reasons_of) makes them; its example shows one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    pub(crate) account: bool,
    pub(crate) address_book: bool,
    pub(crate) private_chat: Option<PrivateChat>,
    pub(crate) groups: Vec<Membership>,
    pub(crate) blocked: bool,
    pub(crate) unknown: Unknown,
}

/// The kinds whose lists are incomplete, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unknown(u8);

impl Unknown {
    pub(crate) fn add(&mut self, kind: ReasonKind) {
        self.0 |= 1 << kind as u8;
    }

    fn any(self) -> bool {
        self.0 != 0
    }

    fn contains(self, kind: ReasonKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

impl Reasons {
    /// Restores reasons from what another program was given of them.
    ///
    /// [`kinds`](Self::kinds), [`primary`](Self::primary), [`is_complete`](Self::is_complete),
    /// [`private_chat`](Self::private_chat) and [`groups`](Self::groups) are those of the original. Which
    /// lists were incomplete is not known, so [`knows`](Self::knows) may differ.
    ///
    /// ```
    /// use whapi_classify::{ReasonKind, Reasons};
    ///
    /// let kinds = [ReasonKind::AddressBook, ReasonKind::Blocked];
    /// let reasons = Reasons::restored(&kinds, Some(kinds[0]), true, None, Vec::new());
    /// assert_eq!(reasons.kinds().collect::<Vec<_>>(), kinds);
    /// assert_eq!(reasons.primary(), Some(ReasonKind::AddressBook));
    /// ```
    pub fn restored(
        kinds: &[ReasonKind],
        primary: Option<ReasonKind>,
        complete: bool,
        private_chat: Option<PrivateChat>,
        groups: Vec<Membership>,
    ) -> Self {
        let mut unknown = Unknown::default();
        if !complete {
            // An unknown standing hides no other reason, an unknown account all of them.
            unknown.add(match primary {
                Some(_) => ReasonKind::AddressBook,
                None => ReasonKind::Account,
            });
        }
        Self {
            account: kinds.contains(&ReasonKind::Account),
            address_book: kinds.contains(&ReasonKind::AddressBook),
            private_chat,
            groups,
            blocked: kinds.contains(&ReasonKind::Blocked),
            unknown,
        }
    }

    /// Whether this kind of reason holds, as far as is known.
    pub fn has(&self, kind: ReasonKind) -> bool {
        match kind {
            ReasonKind::Account => self.account,
            ReasonKind::AddressBook => self.address_book,
            ReasonKind::PrivateChat => self.private_chat.is_some(),
            ReasonKind::Group => !self.groups.is_empty(),
            ReasonKind::Blocked => self.blocked,
            ReasonKind::Unexplained => !self.any() && !self.unknown.any(),
        }
    }

    fn any(&self) -> bool {
        ReasonKind::ALL[..5].iter().any(|kind| self.has(*kind))
    }

    /// All kinds that hold, in the order of [`ReasonKind::ALL`].
    /// [`Unexplained`](ReasonKind::Unexplained) is alone, and only when nothing was left unknown.
    pub fn kinds(&self) -> impl Iterator<Item = ReasonKind> {
        ReasonKind::ALL
            .iter()
            .copied()
            .filter(move |kind| self.has(*kind))
    }

    /// The first kind that holds. `None` when the list behind an earlier kind is incomplete, so that
    /// the first one is unknown.
    pub fn primary(&self) -> Option<ReasonKind> {
        for kind in ReasonKind::ALL.iter().copied() {
            if self.has(kind) {
                return Some(kind);
            }
            // An unknown standing hides no other reason.
            if self.unknown.contains(kind) && kind != ReasonKind::AddressBook {
                return None;
            }
        }
        None
    }

    /// Whether the list behind this kind is complete. If it is not, the kind may hold although
    /// [`has`](Self::has) is false. [`Unexplained`](ReasonKind::Unexplained) needs all lists.
    ///
    /// ```
    /// use whapi_classify::{ReasonIndex, ReasonKind};
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let contact = Contact::new(ContactId::parse("447700900101")?).with_saved(false);
    /// let reasons = ReasonIndex::new().with_chats([]).reasons_of(&contact, None);
    /// assert!(reasons.knows(ReasonKind::PrivateChat));
    /// assert!(!reasons.knows(ReasonKind::Group));
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn knows(&self, kind: ReasonKind) -> bool {
        match kind {
            ReasonKind::Unexplained => self.any() || self.is_complete(),
            _ => !self.unknown.contains(kind),
        }
    }

    /// Whether the lists behind all kinds are complete.
    pub fn is_complete(&self) -> bool {
        !self.unknown.any()
    }

    /// The private chat; `None` when there is none, or none is known.
    pub fn private_chat(&self) -> Option<&PrivateChat> {
        self.private_chat.as_ref()
    }

    /// The groups, in the API's order.
    pub fn groups(&self) -> &[Membership] {
        &self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for kind in ReasonKind::ALL.iter().copied() {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("address-book".parse(), Ok(ReasonKind::AddressBook));
        assert_eq!(
            "friend".parse::<ReasonKind>().unwrap_err().to_string(),
            "unknown reason `friend`; known are account, address_book, private_chat, group, \
             blocked, unexplained"
        );
    }

    fn primary(reasons: &Reasons) -> Option<&'static str> {
        reasons.primary().map(ReasonKind::as_str)
    }

    #[test]
    fn the_first_that_holds_is_primary() {
        let mut reasons = Reasons::default();
        assert_eq!(primary(&reasons), Some("unexplained"));
        reasons.blocked = true;
        assert_eq!(primary(&reasons), Some("blocked"));
        let id = ContactId::parse("120363000000000001@g.us").unwrap();
        let group = Arc::new(SharedGroup::new(id, None));
        reasons.groups = vec![Membership::new(group, Rank::Member)];
        assert_eq!(primary(&reasons), Some("group"));
        reasons.private_chat = Some(PrivateChat::new(None, Vec::new()));
        assert_eq!(primary(&reasons), Some("private_chat"));
        reasons.address_book = true;
        assert_eq!(primary(&reasons), Some("address_book"));
        reasons.account = true;
        assert_eq!(primary(&reasons), Some("account"));
        let kinds: Vec<_> = reasons.kinds().map(ReasonKind::as_str).collect();
        assert_eq!(
            kinds,
            [
                "account",
                "address_book",
                "private_chat",
                "group",
                "blocked"
            ]
        );
    }

    #[test]
    fn what_could_not_be_looked_for_leaves_the_first_unknown() {
        let mut reasons = Reasons::default();
        reasons.unknown.add(ReasonKind::PrivateChat);
        assert_eq!(primary(&reasons), None);
        assert_eq!(reasons.kinds().count(), 0);
        assert!(!reasons.is_complete());
        reasons.blocked = true;
        assert_eq!(primary(&reasons), None, "there may be a chat, too");
        reasons.address_book = true;
        assert_eq!(primary(&reasons), Some("address_book"));
    }

    #[test]
    fn not_to_know_the_standing_hides_no_other_reason() {
        let mut reasons = Reasons::default();
        reasons.unknown.add(ReasonKind::AddressBook);
        assert_eq!(primary(&reasons), None);
        reasons.private_chat = Some(PrivateChat::new(Some(1), Vec::new()));
        assert_eq!(primary(&reasons), Some("private_chat"));
    }

    #[test]
    fn what_was_looked_for_to_the_end_is_known() {
        let mut reasons = Reasons::default();
        assert!(reasons.is_complete());
        assert!(ReasonKind::ALL.iter().all(|kind| reasons.knows(*kind)));
        reasons.unknown.add(ReasonKind::Group);
        assert!(!reasons.is_complete());
        assert!(reasons.knows(ReasonKind::PrivateChat));
        assert!(!reasons.knows(ReasonKind::Group));
        assert!(!reasons.knows(ReasonKind::Unexplained));
        reasons.blocked = true;
        assert!(reasons.knows(ReasonKind::Unexplained), "it is not");
    }

    #[test]
    fn the_last_activity_as_text() {
        let text = |at| PrivateChat::new(at, Vec::new()).last_activity_text();
        assert_eq!(text(Some(1)).as_deref(), Some("1970-01-01T00:00:01Z"));
        assert_eq!(text(None), None);
    }

    #[test]
    fn debug_shows_no_private_text() {
        let id = ContactId::parse("120363000000000001@g.us").unwrap();
        let group = SharedGroup::new(id, Some("Secret".to_owned()));
        assert_eq!(
            format!("{group:?}"),
            "SharedGroup { id: ContactId(other, 23 bytes), has_name: true }"
        );
        let chat = PrivateChat::new(Some(7), vec![Label::new("1", "Secret")]);
        assert_eq!(
            format!("{chat:?}"),
            "PrivateChat { last_activity: Some(7), labels: 1 }"
        );
    }
}
