//! Chats and their labels.

use crate::ContactId;

/// What kind of conversation a chat is (the API's `type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatKind {
    /// A private chat with one contact.
    Contact,
    /// A group.
    Group,
    /// A broadcast list.
    Broadcast,
    /// A newsletter, which WhatsApp calls a channel.
    Newsletter,
    /// The API said `unknown`, nothing, or a word that is not known here.
    Unknown,
}

impl ChatKind {
    /// The stable name, which is the API's: `contact`, `group`, `broadcast`, `newsletter` or `unknown`.
    ///
    /// ```
    /// assert_eq!(whapi_model::ChatKind::Group.as_str(), "group");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Group => "group",
            Self::Broadcast => "broadcast",
            Self::Newsletter => "newsletter",
            Self::Unknown => "unknown",
        }
    }
}

/// A label that the channel's owner put on a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// The label's id.
    pub id: String,
    /// The label's name, as the owner wrote it.
    pub name: String,
}

impl Label {
    /// A label.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
        }
    }
}

/// A conversation, as `GET /chats` returns it. Messages are never kept.
///
/// # Examples
///
/// ```
/// use whapi_model::{Chat, ChatKind, ContactId};
///
/// let chat = Chat::new(ContactId::parse("972523637999@s.whatsapp.net")?, ChatKind::Contact);
/// assert_eq!(chat.last_activity, None);
/// assert!(chat.labels.is_empty());
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chat {
    /// The id of the other side. Equal to the contact's id, whatever the spelling.
    pub id: ContactId,
    /// What kind of conversation it is.
    pub kind: ChatKind,
    /// Time of the last activity, in seconds since 1970-01-01 UTC. `None` when the API gave none.
    pub last_activity: Option<i64>,
    /// Labels on this chat, in the API's order.
    pub labels: Vec<Label>,
}

impl Chat {
    /// A chat without known activity or labels.
    pub fn new(id: ContactId, kind: ChatKind) -> Self {
        Self {
            id,
            kind,
            last_activity: None,
            labels: Vec::new(),
        }
    }
}
