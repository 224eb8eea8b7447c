//! Fields, and the cells that several fields share.

use std::borrow::Cow;

use whapi_classify::{ClassifiedContact, NameSource};

use super::cell::{Cell, TrustedText, is_phone};
use crate::Available;

/// A field of a table.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Field {
    /// The name, in `snake_case`.
    pub name: &'static str,
    /// Returns the field's cell of a contact.
    pub cell: CellOf,
    /// Whether a table has the field by default in a run with this optional information. Always
    /// `false` for a base field, and for one that has to be named.
    pub comes_with: fn(Available) -> bool,
}

impl Field {
    /// A field that does not depend on optional information.
    ///
    /// ```
    /// use whapi_export::fields::{Cell, Field};
    ///
    /// static EMAIL: Field = Field::new("email", |_, _| Cell::word(""));
    /// assert_eq!(EMAIL.name, "email");
    /// assert!(!(EMAIL.comes_with)(whapi_export::Available::default()));
    /// ```
    pub const fn new(name: &'static str, cell: CellOf) -> Self {
        Self {
            name,
            cell,
            comes_with: |_| false,
        }
    }

    pub(super) const fn coming_with(mut self, comes_with: fn(Available) -> bool) -> Self {
        self.comes_with = comes_with;
        self
    }
}

/// Gives a field's cell for a contact. The `String` has to come empty; a text that is nowhere in the
/// contact is built in it.
pub type CellOf = for<'a> fn(&'a ClassifiedContact, &'a mut String) -> Cell<'a>;

/// The cell of the phone number; empty when it is hidden. `built` has to be empty.
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::{Cell, phone};
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = ClassifiedContact::new(Contact::new(ContactId::parse("447700900101@c.us")?));
/// assert_eq!(phone(&contact, &mut String::new()), Cell::phone("+447700900101"));
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub fn phone<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    match contact.phone() {
        None => Cell::word(""),
        Some(phone) => {
            built.push('+');
            built.push_str(phone.digits());
            Cell::Phone(TrustedText(built))
        }
    }
}

/// The cell of the name to show. A number in its place is ours; one with something around it is not.
/// `built` has to be empty.
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::{Cell, shown_name};
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("447700900101")?);
/// let nameless = ClassifiedContact::new(contact.clone());
/// assert_eq!(shown_name(&nameless, &mut String::new()), Cell::phone("+447700900101"));
/// let copycat = ClassifiedContact::new(contact.with_pushname("+447700900101"));
/// assert_eq!(shown_name(&copycat, &mut String::new()), Cell::Untrusted("+447700900101"));
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub fn shown_name<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    let shown = contact.display_name();
    let source = shown.source();
    let text = match shown.into_text() {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => {
            *built = text;
            built
        }
    };
    if source == NameSource::Phone && is_phone(text) {
        Cell::Phone(TrustedText(text))
    } else {
        Cell::Untrusted(text)
    }
}

/// The cell of a text that another person chose.
pub(super) fn untrusted(text: Option<&str>) -> Cell<'_> {
    Cell::Untrusted(text.unwrap_or_default())
}

/// The cell of a flag: `true`, `false`, or empty when it is not known.
pub(super) fn flag(value: Option<bool>) -> Cell<'static> {
    Cell::word(match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    })
}
