//! What happened to a contact between two looks at it.

use crate::Standing;

/// What happened to a contact between an earlier look and the present one.
///
/// The gate does not remove a deleted contact from its list when the account is still visible
/// through a group or a chat: it comes back as discovered. So "saved before, discovered now" is
/// how a deletion looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Not there before, there now.
    Added,
    /// There before but not saved, saved now.
    Saved,
    /// Saved before, discovered now: somebody deleted it from the address book.
    RemovedFromAddressBook,
    /// There before with the same standing, as far as is known, but under another name.
    Renamed,
    /// There before, not there now. Say so only when the present look was complete.
    Gone,
    /// The same as before, as far as can be told: also when either look did not know the standing
    /// and the other does not prove a change.
    Unchanged,
}

impl Change {
    /// All changes, in the order in which summaries list them.
    pub const ALL: [Self; 6] = [
        Self::Added,
        Self::Saved,
        Self::RemovedFromAddressBook,
        Self::Renamed,
        Self::Gone,
        Self::Unchanged,
    ];

    /// Compares two looks at one contact by its standing. `None` means that the contact was not
    /// listed; when it was listed in neither, nothing changed. Names are
    /// [`Snapshot`](crate::Snapshot)'s business.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_classify::{Change, Standing};
    ///
    /// let deleted = Change::between(Some(Standing::Saved), Some(Standing::Discovered));
    /// assert_eq!(deleted, Change::RemovedFromAddressBook);
    /// assert_eq!(Change::between(Some(Standing::Saved), None), Change::Gone);
    /// ```
    pub const fn between(earlier: Option<Standing>, present: Option<Standing>) -> Self {
        match (earlier, present) {
            (None, Some(_)) => Self::Added,
            (Some(_), None) => Self::Gone,
            (Some(Standing::Discovered), Some(Standing::Saved)) => Self::Saved,
            (Some(Standing::Saved), Some(Standing::Discovered)) => Self::RemovedFromAddressBook,
            (None, None)
            | (
                Some(Standing::Saved | Standing::Unknown),
                Some(Standing::Saved | Standing::Unknown),
            )
            | (
                Some(Standing::Discovered | Standing::Unknown),
                Some(Standing::Discovered | Standing::Unknown),
            ) => Self::Unchanged,
        }
    }

    /// The stable kebab-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Saved => "saved",
            Self::RemovedFromAddressBook => "removed-from-address-book",
            Self::Renamed => "renamed",
            Self::Gone => "gone",
            Self::Unchanged => "unchanged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use Standing::{Discovered, Saved, Unknown};
        let looks = [None, Some(Saved), Some(Discovered), Some(Unknown)];
        let found =
            looks.map(|earlier| looks.map(|present| Change::between(earlier, present).as_str()));
        assert_eq!(
            found,
            [
                ["unchanged", "added", "added", "added"],
                [
                    "gone",
                    "unchanged",
                    "removed-from-address-book",
                    "unchanged"
                ],
                ["gone", "saved", "unchanged", "unchanged"],
                ["gone", "unchanged", "unchanged", "unchanged"],
            ]
        );
    }
}
