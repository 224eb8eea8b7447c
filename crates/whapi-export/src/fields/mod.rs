//! Contacts as a table: what each field is called, and what it says about a contact.
//!
//! For formats with rows and columns. They choose among the fields, order them as they like, and know
//! of each cell whose text it is.
//!
//! - [`BASE_FIELDS`] are the fields that every contact has.
//! - [`ENRICHMENT_FIELDS`] are those of what a run finds out only when it is asked to.
//! - [`NAME_WARNINGS`] is about names worth a second look.
//! - [`phone`] and [`shown_name`] are cells for fields of another name, [`push_labels`] and
//!   [`push_groups`] lists for other texts.
//!
//! # Examples
//!
//! ```
//! use whapi_export::fields::{Cell, ENRICHMENT_FIELDS, BASE_FIELDS};
//! use whapi_export::whapi_model::{Contact, ContactId};
//! use whapi_export::{ClassifiedContact, Available};
//!
//! let mut available = Available::default();
//! available.lid_links = true;
//! let fields: Vec<_> = BASE_FIELDS[..4]
//!     .iter()
//!     .chain(ENRICHMENT_FIELDS.iter().filter(|field| (field.comes_with)(available)))
//!     .collect();
//! let names: Vec<_> = fields.iter().map(|field| field.name).collect();
//! assert_eq!(names, ["id", "kind", "phone", "display_name", "other_id", "merged"]);
//!
//! let contact = Contact::new(ContactId::parse("447700900101")?).with_pushname("Ada");
//! let contact = ClassifiedContact::new(contact);
//! let mut row = Vec::new();
//! let mut built = String::new();
//! for field in fields {
//!     built.clear();
//!     row.push(match (field.cell)(&contact, &mut built) {
//!         Cell::Trusted(text) | Cell::Phone(text) => text.to_owned(),
//!         Cell::Untrusted(text) => format!("<{text}>"),
//!     });
//! }
//! assert_eq!(row, ["447700900101", "phone", "+447700900101", "<Ada>", "<>", ""]);
//! # Ok::<(), whapi_export::whapi_model::InvalidId>(())
//! ```

mod base;
mod enrichment;
pub mod wording;

use std::borrow::Cow;

use whapi_classify::{ClassifiedContact, NameSource};

use crate::Available;

pub use base::{BASE_FIELDS, NAME_WARNINGS};
pub use enrichment::{ENRICHMENT_FIELDS, push_groups, push_labels};

/// A field of a table.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Field {
    /// What the field is called, in `snake_case`.
    pub name: &'static str,
    /// What the field says about a contact.
    pub cell: CellOf,
    /// Whether a table has the field by default in a run with this optional information. `false` for all
    /// in a field that is there always, or only for those who name it.
    pub comes_with: fn(Available) -> bool,
}

impl Field {
    /// A field that does not depend on optional information.
    ///
    /// ```
    /// use whapi_export::fields::{Cell, Field};
    ///
    /// static EMAIL: Field = Field::new("email", |_, _| Cell::Trusted(""));
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

    const fn coming_with(mut self, comes_with: fn(Available) -> bool) -> Self {
        self.comes_with = comes_with;
        self
    }
}

/// Gives a field's cell for a contact. The `String` has to come empty; a text that is nowhere in the
/// contact is built in it.
pub type CellOf = for<'a> fn(&'a ClassifiedContact, &'a mut String) -> Cell<'a>;

/// A cell's text by who chose it. Empty when there is nothing to say.
///
/// Every exporter has to decide what it does to each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a kind that an exporter does not know could pass for one of ours"
)]
pub enum Cell<'a> {
    /// Chosen here, or of a form that was checked here: one of a few words, a time, words with spaces
    /// between, the id of a phone number or a LID. Holds no comma, no semicolon, no quote and no control
    /// character, and begins with a letter, a digit, or the `+` of a phone number that is written with
    /// spaces.
    Trusted(&'a str),
    /// `+` and 4 to 15 digits, made here.
    Phone(&'a str),
    /// Chosen by somebody else, who may mean harm.
    Untrusted(&'a str),
}

impl<'a> Cell<'a> {
    /// The text, whosever it is.
    ///
    /// ```
    /// use whapi_export::fields::Cell;
    ///
    /// assert_eq!(Cell::Untrusted("=1+1").text(), "=1+1");
    /// ```
    pub const fn text(self) -> &'a str {
        match self {
            Self::Trusted(text) | Self::Phone(text) | Self::Untrusted(text) => text,
        }
    }
}

use Cell::{Phone, Trusted, Untrusted};

/// The cell of the phone number; empty when it is hidden. `built` has to be empty.
///
/// ```
/// use whapi_export::ClassifiedContact;
/// use whapi_export::fields::{Cell, phone};
/// use whapi_export::whapi_model::{Contact, ContactId};
///
/// let contact = ClassifiedContact::new(Contact::new(ContactId::parse("447700900101@c.us")?));
/// assert_eq!(phone(&contact, &mut String::new()), Cell::Phone("+447700900101"));
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
pub fn phone<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    match contact.phone() {
        None => Trusted(""),
        Some(phone) => {
            built.push('+');
            built.push_str(phone.digits());
            Phone(built)
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
/// assert_eq!(shown_name(&nameless, &mut String::new()), Cell::Phone("+447700900101"));
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
        Phone(text)
    } else {
        Untrusted(text)
    }
}

/// Whether a text is `+` and 4 to 15 digits, as a [`Cell::Phone`] holds it.
///
/// ```
/// use whapi_export::fields::is_phone;
///
/// assert!(is_phone("+447700900101"));
/// assert!(!is_phone("+44 7700 900101"));
/// ```
pub fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn untrusted(text: Option<&str>) -> Cell<'_> {
    Untrusted(text.unwrap_or_default())
}

fn flag(value: Option<bool>) -> Cell<'static> {
    Trusted(match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "conformance")]
    #[test]
    fn what_is_ours_needs_no_care() {
        use crate::conformance::{known_contacts, nasty_contacts, sample_contacts};

        let everybody = [sample_contacts(), nasty_contacts(), known_contacts()].concat();
        let mut cells = 0;
        for contact in &everybody {
            for field in BASE_FIELDS
                .iter()
                .chain(ENRICHMENT_FIELDS)
                .chain([&NAME_WARNINGS])
            {
                if let Trusted(text) = (field.cell)(contact, &mut String::new()) {
                    let bad = |c: char| matches!(c, ',' | ';' | '"') || c.is_control();
                    assert!(!text.contains(bad), "{}: {text}", field.name);
                    let first = text.chars().next();
                    assert!(
                        first.is_none_or(|c| c.is_ascii_alphanumeric()),
                        "{}: {text}",
                        field.name
                    );
                    cells += usize::from(!text.is_empty());
                }
            }
        }
        assert!(cells > 300, "{cells}");
    }

    #[test]
    fn what_a_number_of_ours_looks_like() {
        for text in ["+1234", "+123456789012345"] {
            assert!(is_phone(text), "{text}");
        }
        for text in [
            "",
            "+",
            "+123",
            "+1234567890123456",
            "1234",
            "+12 34",
            "+１２３４",
            "x+1234",
        ] {
            assert!(!is_phone(text), "{text}");
        }
    }
}
