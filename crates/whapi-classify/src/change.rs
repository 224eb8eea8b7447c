//! Changes of a contact between two exports.

use crate::Standing;

/// What happened to a contact since an earlier export.
///
/// The API does not remove a deleted contact from its list when the account is still visible
/// through a group or a chat: it comes back as discovered. So "saved before, discovered now" is
/// a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Not there before, there now.
    Added,
    /// There before but not saved, saved now.
    Saved,
    /// Saved before, discovered now: deleted from the address book.
    RemovedFromAddressBook,
    /// Listed before with the same standing, as far as is known, under another name.
    Renamed,
    /// Listed before with the same standing, as far as is known, and with a name that the API does
    /// not send now.
    NameMissing,
    /// Listed before, not now. Meaningful only when the present list is complete.
    Gone,
    /// No known change: also when a standing is unknown and the other one proves no change.
    Unchanged,
}

impl Change {
    /// All changes, in the order in which summaries list them.
    pub const ALL: &'static [Self] = &[
        Self::Added,
        Self::Saved,
        Self::RemovedFromAddressBook,
        Self::Renamed,
        Self::NameMissing,
        Self::Gone,
        Self::Unchanged,
    ];

    /// Compares the two standings of a contact. `None`: not listed; listed in neither is
    /// [`Unchanged`](Self::Unchanged). [`Snapshot`](crate::Snapshot) compares names too.
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
            Self::NameMissing => "name-missing",
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
        let standings = [None, Some(Saved), Some(Discovered), Some(Unknown)];
        let found = standings
            .map(|earlier| standings.map(|present| Change::between(earlier, present).as_str()));
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
