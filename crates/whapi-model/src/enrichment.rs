//! The lists that explain contacts, and the LIDs behind phone numbers.

use std::fmt;

use crate::{Chat, Contact, ContactId, Group, Partial};

/// Chats, groups and blocked ids, which explain why contacts are visible.
///
/// `whapi_fetch` requests them; `whapi_classify::ReasonIndex::from` looks up a contact's reasons
/// in them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasonLists {
    /// The chats, private ones and others.
    pub chats: Partial<Chat>,
    /// The groups, each with all of its participants if the API lists them.
    pub groups: Partial<Group>,
    /// The blocked ids.
    pub blocked: Partial<ContactId>,
    /// The id of the account itself. `None` when the API did not name it.
    pub account: Option<ContactId>,
}

/// Shows counts only: no names and no numbers.
impl fmt::Debug for ReasonLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReasonLists")
            .field("chats", &self.chats.items.len())
            .field("groups", &self.groups.items.len())
            .field("blocked", &self.blocked.items.len())
            .finish_non_exhaustive()
    }
}

/// The LIDs behind phone numbers.
///
/// `whapi_fetch` requests them; `whapi_classify::LidLinks::from` makes them into links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LidLookup {
    /// Pairs of a phone number and its LID, whether or not both are listed.
    pub pairs: Partial<(ContactId, ContactId)>,
    /// Contacts that are listed with both ids: the entry with the phone number and the entry with
    /// the LID.
    pub linked_contacts: Vec<(Contact, Contact)>,
}
