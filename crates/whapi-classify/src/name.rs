//! The name to show for a contact, and its source.

use std::borrow::Cow;
use std::fmt;

use whapi_model::Contact;
use whapi_text::is_blank;

/// The source of a [`DisplayName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameSource {
    /// The address book's `name`, unless it only repeats the pushname of a contact that is not
    /// saved.
    Name,
    /// The `pushname`, which the contact chose: untrusted.
    Pushname,
    /// `+` and the digits of the phone number.
    Phone,
    /// The id as the API wrote it.
    Id,
    /// The last four digits of the id, as [`Nameless::LastFour`](crate::Nameless) has it.
    LastFour,
    /// A running number, as [`Nameless::Counter`](crate::Nameless) has it.
    Counter,
}

impl NameSource {
    /// The stable name: `name`, `pushname`, `phone`, `id`, `last_four` or `counter`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Pushname => "pushname",
            Self::Phone => "phone",
            Self::Id => "id",
            Self::LastFour => "last_four",
            Self::Counter => "counter",
        }
    }
}

/// The name to show for a contact.
///
/// The first that is not [blank](is_blank) of: the saved name, the pushname, `+` and the phone
/// number, the id. The text is neither trimmed nor cleaned: that depends on the format.
///
/// # Examples
///
/// ```
/// use whapi_classify::{DisplayName, NameSource};
/// use whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("551187654321")?).with_name("   ");
/// let shown = DisplayName::of(&contact);
/// assert_eq!(shown.text(), "+551187654321");
/// assert_eq!(shown.source(), NameSource::Phone);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName<'a> {
    text: Cow<'a, str>,
    source: NameSource,
}

impl<'a> DisplayName<'a> {
    /// The name to show for `contact`.
    pub fn of(contact: &'a Contact) -> Self {
        let borrowed = |text, source| Self {
            text: Cow::Borrowed(text),
            source,
        };
        if let Some(name) = contact.name().filter(|text| !is_blank(text)) {
            return borrowed(name, source_of_name(contact));
        }
        if let Some(pushname) = contact.pushname().filter(|text| !is_blank(text)) {
            return borrowed(pushname, NameSource::Pushname);
        }
        match contact.phone() {
            Some(phone) => Self {
                text: Cow::Owned(phone.to_string()),
                source: NameSource::Phone,
            },
            None => Self {
                text: Cow::Borrowed(contact.id().as_str()),
                source: NameSource::Id,
            },
        }
    }

    pub(crate) fn new(text: impl Into<Cow<'a, str>>, source: NameSource) -> Self {
        Self {
            text: text.into(),
            source,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, borrowed from the contact if it is one of its fields.
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use whapi_classify::DisplayName;
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let contact = Contact::new(ContactId::parse("551187654321")?).with_name("Ada");
    /// assert!(matches!(DisplayName::of(&contact).into_text(), Cow::Borrowed("Ada")));
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// The source of the text.
    pub fn source(&self) -> NameSource {
        self.source
    }
}

/// The source of a contact's `name`. The API repeats the pushname there for some contacts that are
/// not in the address book.
pub(crate) fn source_of_name(contact: &Contact) -> NameSource {
    if contact.in_address_book() != Some(true) && contact.name() == contact.pushname() {
        NameSource::Pushname
    } else {
        NameSource::Name
    }
}

/// Shows the source and not the name, which is private.
impl fmt::Debug for DisplayName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisplayName")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::ContactId;

    use super::*;

    #[track_caller]
    fn check(id: &str, name: Option<&str>, pushname: Option<&str>, text: &str, source: NameSource) {
        let mut contact = Contact::new(ContactId::parse(id).unwrap());
        if let Some(name) = name {
            contact = contact.with_name(name);
        }
        if let Some(pushname) = pushname {
            contact = contact.with_pushname(pushname);
        }
        let shown = DisplayName::of(&contact);
        assert_eq!((shown.text(), shown.source()), (text, source));
    }

    #[test]
    fn debug_shows_the_source_alone() {
        let name = DisplayName::new("Ada", NameSource::Pushname);
        assert_eq!(format!("{name:?}"), "DisplayName { source: Pushname, .. }");
    }

    #[test]
    fn the_first_name_that_is_not_blank_is_shown() {
        use NameSource::{Id, Name, Phone, Pushname};
        check("4915112345678", Some("Ada"), Some("a."), "Ada", Name);
        check("4915112345678", Some(" Ada "), None, " Ada ", Name);
        check("4915112345678", Some(""), Some("a."), "a.", Pushname);
        check(
            "4915112345678",
            Some("\u{3164}"),
            Some("\u{1b}\u{200f}"),
            "+4915112345678",
            Phone,
        );
        check("4915112345678@c.us", None, None, "+4915112345678", Phone);
        check(
            "84958372615243@lid",
            None,
            Some(" "),
            "84958372615243@lid",
            Id,
        );
        check("status@broadcast", None, None, "status@broadcast", Id);
        // The API repeats the pushname as the name of contacts that are not saved.
        check("4915112345678", Some("Ada"), Some("Ada"), "Ada", Pushname);
        // Characters that an earlier table of blanks lacked.
        for blank in ["\u{fff0}", "\u{1bca0}", "\u{1d173}\u{1d17a}"] {
            check("4915112345678", Some(blank), Some("a."), "a.", Pushname);
        }
    }
}
