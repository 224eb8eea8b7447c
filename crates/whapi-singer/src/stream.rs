//! The streams.

use serde::{Deserialize, Serialize};

/// A stream: a table at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a tap has to write each of them")]
pub enum Stream {
    /// The contacts of each channel.
    Contacts,
    /// The groups that each channel's number is in.
    Groups,
    /// The participants of these groups.
    Memberships,
    /// The chats of each channel, without messages.
    Chats,
}

impl Stream {
    /// All streams, in the order of messages.
    pub const ALL: &'static [Self] =
        &[Self::Contacts, Self::Groups, Self::Memberships, Self::Chats];

    /// The name, which is the id of the stream in a catalog.
    ///
    /// ```
    /// assert_eq!(whapi_singer::Stream::Chats.as_str(), "chats");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Groups => "groups",
            Self::Memberships => "memberships",
            Self::Chats => "chats",
        }
    }

    /// The fields that identify a row.
    ///
    /// ```
    /// use whapi_singer::Stream;
    ///
    /// assert_eq!(Stream::Contacts.key(), ["channel", "id"]);
    /// assert_eq!(Stream::Memberships.key(), ["channel", "group_id", "id"]);
    /// ```
    pub const fn key(self) -> &'static [&'static str] {
        match self {
            Self::Memberships => &["channel", "group_id", "id"],
            _ => &["channel", "id"],
        }
    }

    /// The stream of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|stream| stream.as_str() == name)
    }
}
