//! What the API permits for a contact, and the rule that forbids the rest.

use std::fmt;

use whapi_model::{Contact, IdKind};

use crate::Standing;

/// A write call of the API.
///
/// Callers may match on all of them: a new one is a breaking change, so that no caller misses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers match on every operation there is; a new one must not be missed silently"
)]
pub enum Operation {
    /// `PATCH /contacts/{id}`: change the saved name.
    Edit,
    /// `DELETE /contacts/{id}`: remove from the address book.
    Delete,
    /// `PUT /contacts`: add to the address book.
    Create,
}

impl Operation {
    /// All operations, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Edit, Self::Delete, Self::Create];

    /// The stable lower-case name: `edit`, `delete` or `create`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Create => "create",
        }
    }
}

/// The rule that forbids an operation.
///
/// Where several rules forbid the same operation, the verdict names the first one of
/// this list that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The API did not say whether the contact is saved, so nothing that could be wrong is
    /// permitted.
    UnknownStanding,
    /// Only contacts in the address book can be edited.
    DiscoveredCannotBeEdited,
    /// Only contacts in the address book can be deleted.
    DiscoveredCannotBeDeleted,
    /// Creating a contact that is already in the address book answers 409.
    AlreadySaved,
    /// A LID has no phone number, and creating a contact takes one.
    LidHasNoNumber,
    /// The id is neither a phone number nor a LID, and creating a contact takes a phone number.
    NotAPhoneNumber,
}

impl Rule {
    /// The rule in one sentence for people.
    ///
    /// ```
    /// use whapi_classify::Rule;
    ///
    /// assert_eq!(
    ///     Rule::AlreadySaved.sentence(),
    ///     "A contact that is already in the address book cannot be created again."
    /// );
    /// ```
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UnknownStanding => {
                "The Whapi API did not say whether this contact is saved, so nothing is permitted that could be wrong."
            }
            Self::DiscoveredCannotBeEdited => {
                "A discovered contact is not in the address book, so it cannot be edited."
            }
            Self::DiscoveredCannotBeDeleted => {
                "A discovered contact is not in the address book, so it cannot be deleted."
            }
            Self::AlreadySaved => {
                "A contact that is already in the address book cannot be created again."
            }
            Self::LidHasNoNumber => {
                "A LID has no phone number, and a contact is created from its phone number."
            }
            Self::NotAPhoneNumber => {
                "This id is not a phone number, and a contact is created from its phone number."
            }
        }
    }

    /// The rule's stable name in kebab-case, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownStanding => "unknown-standing",
            Self::DiscoveredCannotBeEdited => "discovered-cannot-be-edited",
            Self::DiscoveredCannotBeDeleted => "discovered-cannot-be-deleted",
            Self::AlreadySaved => "already-saved",
            Self::LidHasNoNumber => "lid-has-no-number",
            Self::NotAPhoneNumber => "not-a-phone-number",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// Whether an operation may be done; a "no" names its rule.
///
/// There is no third answer, so callers may match on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a verdict is a yes or a no, and callers should match on both"
)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// No, because of this rule.
    Forbidden(Rule),
}

impl Verdict {
    /// Whether the answer is yes.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// The rule behind a no; `None` when the answer is yes.
    pub const fn rule(self) -> Option<Rule> {
        match self {
            Self::Allowed => None,
            Self::Forbidden(rule) => Some(rule),
        }
    }
}

/// What may be done to one contact.
///
/// The facts are Whapi's: discovered contacts cannot be edited or deleted, and a saved one cannot
/// be created again.
///
/// # Examples
///
/// ```
/// use whapi_classify::{Operation, Permissions, Rule, Verdict};
/// use whapi_model::{Contact, ContactId};
///
/// let hidden = Contact::new(ContactId::parse("84958372615243@lid")?).with_saved(false);
/// let permissions = Permissions::of(&hidden);
/// assert_eq!(permissions.create, Verdict::Forbidden(Rule::LidHasNoNumber));
/// assert_eq!(permissions.verdict(Operation::Edit).rule(), Some(Rule::DiscoveredCannotBeEdited));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Permissions {
    /// May its saved name be changed?
    pub edit: Verdict,
    /// May it be removed from the address book?
    pub delete: Verdict,
    /// May it be added to the address book?
    pub create: Verdict,
}

impl Permissions {
    /// Determines the permissions of a contact.
    pub fn of(contact: &Contact) -> Self {
        Self::classify(Standing::of(contact), contact.id().kind())
            .or_by_number(|| contact.phone().is_some())
    }

    /// Allows to create a contact that only lacks a number in its id, if it has one elsewhere.
    #[inline]
    pub(crate) fn or_by_number(mut self, has_number: impl FnOnce() -> bool) -> Self {
        if let Verdict::Forbidden(Rule::LidHasNoNumber | Rule::NotAPhoneNumber) = self.create
            && has_number()
        {
            self.create = Verdict::Allowed;
        }
        self
    }

    /// Determines the permissions from the standing and the kind of id. A contact with a number
    /// counts as [`IdKind::Phone`].
    pub fn classify(standing: Standing, kind: IdKind) -> Self {
        use Verdict::{Allowed, Forbidden};
        match standing {
            Standing::Saved => Self {
                edit: Allowed,
                delete: Allowed,
                create: Forbidden(Rule::AlreadySaved),
            },
            Standing::Discovered => Self {
                edit: Forbidden(Rule::DiscoveredCannotBeEdited),
                delete: Forbidden(Rule::DiscoveredCannotBeDeleted),
                create: match kind {
                    IdKind::Phone => Allowed,
                    IdKind::Lid => Forbidden(Rule::LidHasNoNumber),
                    _ => Forbidden(Rule::NotAPhoneNumber),
                },
            },
            Standing::Unknown => {
                let no = Forbidden(Rule::UnknownStanding);
                Self {
                    edit: no,
                    delete: no,
                    create: no,
                }
            }
        }
    }

    /// The verdict on one operation.
    pub const fn verdict(&self, operation: Operation) -> Verdict {
        match operation {
            Operation::Edit => self.edit,
            Operation::Delete => self.delete,
            Operation::Create => self.create,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences() {
        let names = Operation::ALL.map(Operation::as_str);
        assert_eq!(names, ["edit", "delete", "create"]);
        assert_eq!(
            Rule::LidHasNoNumber.to_string(),
            "A LID has no phone number, and a contact is created from its phone number."
        );
    }

    #[test]
    fn a_lid_with_a_known_number_can_be_created() {
        let hidden = "84958372615243@lid".parse().map(Contact::new).unwrap();
        let hidden = hidden.with_saved(false);
        assert!(!Permissions::of(&hidden).create.is_allowed());
        let known = hidden.with_phone("447700900101");
        assert!(Permissions::of(&known).create.is_allowed());
        assert!(!Permissions::of(&known).edit.is_allowed());
    }

    /// Every standing and kind, spelt out: e(dit), d(elete), c(reate).
    #[test]
    fn the_whole_table() {
        use IdKind::{Lid, Other, Phone};
        use Standing::{Discovered, Saved, Unknown};
        let table = [
            (Saved, Phone, [None, None, Some("already-saved")]),
            (Saved, Lid, [None, None, Some("already-saved")]),
            (Saved, Other, [None, None, Some("already-saved")]),
            (
                Discovered,
                Phone,
                [
                    Some("discovered-cannot-be-edited"),
                    Some("discovered-cannot-be-deleted"),
                    None,
                ],
            ),
            (
                Discovered,
                Lid,
                [
                    Some("discovered-cannot-be-edited"),
                    Some("discovered-cannot-be-deleted"),
                    Some("lid-has-no-number"),
                ],
            ),
            (
                Discovered,
                Other,
                [
                    Some("discovered-cannot-be-edited"),
                    Some("discovered-cannot-be-deleted"),
                    Some("not-a-phone-number"),
                ],
            ),
            (Unknown, Phone, [Some("unknown-standing"); 3]),
            (Unknown, Lid, [Some("unknown-standing"); 3]),
            (Unknown, Other, [Some("unknown-standing"); 3]),
        ];
        for (standing, kind, expected) in table {
            let permissions = Permissions::classify(standing, kind);
            let found = Operation::ALL.map(|op| permissions.verdict(op).rule().map(Rule::code));
            assert_eq!(found, expected, "{standing} {kind}");
        }
    }
}
