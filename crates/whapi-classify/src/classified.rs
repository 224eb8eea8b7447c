//! A contact with everything this crate knows about it.

use whapi_model::{Contact, ContactId};

use crate::{DisplayName, NameWarnings, Permissions, Standing, is_blank};

/// A contact, judged: what exporters receive.
///
/// # Examples
///
/// ```
/// use whapi_classify::{ClassifiedContact, Standing};
/// use whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("619528001122")?)
///     .with_name("24name")
///     .with_saved(true);
/// let judged = ClassifiedContact::from(contact);
/// assert_eq!(judged.standing(), Standing::Saved);
/// assert!(judged.permissions().edit.is_allowed());
/// assert_eq!(judged.display_name().text(), "24name");
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedContact {
    contact: Contact,
    standing: Standing,
    permissions: Permissions,
}

impl ClassifiedContact {
    /// Judges a contact.
    pub fn new(contact: Contact) -> Self {
        let standing = Standing::of(&contact);
        let permissions = Permissions::judge(standing, contact.id().kind());
        Self {
            contact,
            standing,
            permissions,
        }
    }

    /// What the gate said.
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Shorthand for the contact's id.
    pub fn id(&self) -> &ContactId {
        self.contact.id()
    }

    /// Saved, discovered, or unknown.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// What may be done to it.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// The name to show. Worked out on each call, since it borrows from the contact.
    pub fn display_name(&self) -> DisplayName<'_> {
        DisplayName::of(&self.contact)
    }

    /// Why the name or the pushname is worth a second look, if it is not blank. Worked out on each
    /// call.
    pub fn name_warnings(&self) -> NameWarnings {
        [self.contact.name(), self.contact.pushname()]
            .into_iter()
            .flatten()
            .filter(|text| !is_blank(text))
            .map(NameWarnings::of)
            .fold(NameWarnings::default(), NameWarnings::or)
    }
}

impl From<Contact> for ClassifiedContact {
    fn from(contact: Contact) -> Self {
        Self::new(contact)
    }
}
