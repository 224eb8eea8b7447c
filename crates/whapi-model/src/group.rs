//! Groups and their participants.

use crate::ContactId;

/// The rank of a group's participant (the API's `rank`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rank {
    /// An ordinary member; also what a missing or unknown rank is taken for.
    Member,
    /// May change the group.
    Admin,
    /// Made the group.
    Creator,
}

impl Rank {
    /// The stable name, which is the API's: `member`, `admin` or `creator`.
    ///
    /// ```
    /// assert_eq!(whapi_model::Rank::Admin.as_str(), "admin");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Creator => "creator",
        }
    }
}

/// One participant of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// The participant's id.
    pub id: ContactId,
    /// With which rank.
    pub rank: Rank,
}

impl Participant {
    /// A participant with a rank.
    pub fn new(id: ContactId, rank: Rank) -> Self {
        Self { id, rank }
    }
}

/// A group that the channel's number belongs to, as `GET /groups` returns it.
///
/// # Examples
///
/// ```
/// use whapi_model::{ContactId, Group, Participant, Rank};
///
/// let mut group = Group::new(ContactId::parse("120363012345678901@g.us")?);
/// group.participants.push(Participant::new(ContactId::parse("972523637999")?, Rank::Admin));
/// group.participants_count = Some(2);
/// assert!(!group.lists_everyone());
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The group's id, `…@g.us`.
    pub id: ContactId,
    /// The group's subject, which its admins chose: untrusted. `None` when the API gave none.
    pub name: Option<String>,
    /// The participants that the answer listed.
    pub participants: Vec<Participant>,
    /// How many participants there are by the API's count. `None` when the API gave none.
    pub participants_count: Option<u64>,
}

impl Group {
    /// A group of which only the id is known.
    pub fn new(id: ContactId) -> Self {
        Self {
            id,
            name: None,
            participants: Vec::new(),
            participants_count: None,
        }
    }

    /// Whether [`participants`](Self::participants) is as long as the API's own count says; also
    /// true when the API gave no count.
    pub fn lists_everyone(&self) -> bool {
        self.participants_count
            .is_none_or(|count| self.participants.len() as u64 >= count)
    }
}
