//! Settings for the names that are shown.

use std::fmt;
use std::str::FromStr;

use whapi_model::{Contact, ContactId};
use whapi_text::is_blank;

use crate::name::source_of_name;
use crate::{DisplayName, NameSource};

/// How shown names are made: the order of names, the text around them, and the name of a contact
/// without one.
///
/// The default is what [`DisplayName::of`] does.
///
/// # Examples
///
/// ```
/// use whapi_classify::{NameSource, Nameless, Naming};
/// use whapi_model::{Contact, ContactId};
///
/// let mut naming = Naming::default();
/// naming.suffix = " (WA)".to_owned();
/// naming.order = vec![NameSource::Pushname, NameSource::Name];
/// naming.nameless = Nameless::LastFour;
///
/// let ada = Contact::new(ContactId::parse("447700900123")?).with_name("Ada").with_pushname("ada!");
/// assert_eq!(naming.name_of(&ada, 1).text(), "ada! (WA)");
/// let nameless = Contact::new(ContactId::parse("447700900123")?);
/// assert_eq!(naming.name_of(&nameless, 1).text(), "Contact ...0123 (WA)");
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Naming {
    /// Stands before every shown name. Default: nothing.
    pub prefix: String,
    /// Stands behind every shown name. Default: nothing.
    pub suffix: String,
    /// The names to try, in this order; the first that is there and not [blank](is_blank) is shown.
    /// [`NameSource::Name`], [`Pushname`](NameSource::Pushname), [`Phone`](NameSource::Phone) and
    /// [`Id`](NameSource::Id) may stand here, others are passed over. Default: name, pushname.
    pub order: Vec<NameSource>,
    /// The name of a contact without any name of the order. Default: the number.
    pub nameless: Nameless,
}

impl Default for Naming {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            suffix: String::new(),
            order: vec![NameSource::Name, NameSource::Pushname],
            nameless: Nameless::Number,
        }
    }
}

/// The name of a contact that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nameless {
    /// `+` and the digits of the phone number, or the id where there is none. The default.
    #[default]
    Number,
    /// `Contact ...` and the last four digits of the id; the id where it has fewer.
    LastFour,
    /// `Contact ` and a number that counts the nameless from 1, in the order of the list. It says
    /// nothing about the person, and may be another one in the next run.
    Counter,
}

impl Nameless {
    /// All of them, the default first.
    pub const ALL: &'static [Self] = &[Self::Number, Self::LastFour, Self::Counter];

    /// The stable name: `number`, `last-four` or `counter`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::LastFour => "last-four",
            Self::Counter => "counter",
        }
    }
}

impl fmt::Display for Nameless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Nameless {
    type Err = InvalidNaming;

    fn from_str(text: &str) -> Result<Self, InvalidNaming> {
        let known = Self::ALL.iter().copied().find(|one| one.as_str() == text);
        known.ok_or_else(|| {
            InvalidNaming(format!(
                "unknown way to call the nameless `{text}`; known are number, last-four, counter"
            ))
        })
    }
}

/// The text is no order of names, or no [`Nameless`]; the message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidNaming(String);

impl fmt::Display for InvalidNaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidNaming {}

impl Naming {
    /// Reads an order of names: some of `name`, `pushname`, `phone` and `id` with commas between,
    /// each once.
    ///
    /// # Errors
    ///
    /// If a word is unknown or repeated; the message names it.
    ///
    /// ```
    /// use whapi_classify::{NameSource, Naming};
    ///
    /// let order = Naming::parse_order("pushname,name")?;
    /// assert_eq!(order, [NameSource::Pushname, NameSource::Name]);
    /// assert!(Naming::parse_order("nick").is_err());
    /// # Ok::<(), whapi_classify::InvalidNaming>(())
    /// ```
    pub fn parse_order(text: &str) -> Result<Vec<NameSource>, InvalidNaming> {
        let known = [
            NameSource::Name,
            NameSource::Pushname,
            NameSource::Phone,
            NameSource::Id,
        ];
        let mut order = Vec::new();
        for word in text.split(',').map(str::trim) {
            let source = known.into_iter().find(|source| source.as_str() == word);
            let source = source.ok_or_else(|| {
                InvalidNaming(format!(
                    "unknown name `{word}`; known are name, pushname, phone, id"
                ))
            })?;
            if order.contains(&source) {
                return Err(InvalidNaming(format!(
                    "the name `{word}` stands there twice"
                )));
            }
            order.push(source);
        }
        Ok(order)
    }

    /// The name to show. `count` is which of the nameless this would be, from 1.
    pub fn name_of<'a>(&self, contact: &'a Contact, count: u64) -> DisplayName<'a> {
        let chosen = self
            .order
            .iter()
            .find_map(|source| named(contact, *source))
            .unwrap_or_else(|| self.nameless(contact, count));
        if self.prefix.is_empty() && self.suffix.is_empty() {
            return chosen;
        }
        let text = format!("{}{}{}", self.prefix, chosen.text(), self.suffix);
        DisplayName::new(text, chosen.source())
    }

    fn nameless<'a>(&self, contact: &'a Contact, count: u64) -> DisplayName<'a> {
        let called = match self.nameless {
            Nameless::Number => named(contact, NameSource::Phone),
            Nameless::LastFour => last_four(contact.id()).map(|digits| {
                DisplayName::new(format!("Contact ...{digits}"), NameSource::LastFour)
            }),
            Nameless::Counter => Some(DisplayName::new(
                format!("Contact {count}"),
                NameSource::Counter,
            )),
        };
        called.unwrap_or_else(|| DisplayName::new(contact.id().as_str(), NameSource::Id))
    }
}

fn named(contact: &Contact, source: NameSource) -> Option<DisplayName<'_>> {
    let spoken = |text: &'_ str| !is_blank(text);
    match source {
        NameSource::Name => contact
            .name()
            .filter(|text| spoken(text))
            .map(|text| DisplayName::new(text, source_of_name(contact))),
        NameSource::Pushname => contact
            .pushname()
            .filter(|text| spoken(text))
            .map(|text| DisplayName::new(text, source)),
        NameSource::Phone => contact
            .phone()
            .map(|phone| DisplayName::new(phone.to_string(), source)),
        NameSource::Id => Some(DisplayName::new(contact.id().as_str(), source)),
        NameSource::LastFour | NameSource::Counter => None,
    }
}

/// The last four digits of the part before the `@`.
fn last_four(id: &ContactId) -> Option<&str> {
    let user = id.as_str().split('@').next()?;
    let start = user.len().checked_sub(4)?;
    user.get(start..)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(naming: &Naming, contact: &Contact, text: &str, source: NameSource) {
        let found = naming.name_of(contact, 7);
        assert_eq!((found.text(), found.source()), (text, source));
    }

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn the_default_is_the_display_name() {
        let contacts = [
            contact("447700900123").with_name(" ").with_pushname("a"),
            contact("447700900123"),
            contact("84958372615243@lid"),
            contact("status@broadcast").with_name("n"),
        ];
        for contact in contacts {
            let expected = DisplayName::of(&contact);
            assert!(Naming::default().name_of(&contact, 1) == expected);
        }
    }

    #[test]
    fn an_order_may_put_the_number_before_a_name() {
        let naming = Naming {
            order: Naming::parse_order("name, phone,pushname").unwrap(),
            ..Naming::default()
        };
        let named = |id: &str| contact(id).with_pushname("p");
        check(
            &naming,
            &named("447700900123"),
            "+447700900123",
            NameSource::Phone,
        );
        check(&naming, &named("11112222@lid"), "p", NameSource::Pushname);
        assert_eq!(
            Naming::parse_order("name,name").unwrap_err().to_string(),
            "the name `name` stands there twice"
        );
        assert_eq!(
            Naming::parse_order("").unwrap_err().to_string(),
            "unknown name ``; known are name, pushname, phone, id"
        );
    }

    #[test]
    fn the_nameless() {
        let way = |nameless| Naming {
            nameless,
            ..Naming::default()
        };
        let four = way(Nameless::LastFour);
        check(
            &four,
            &contact("447700900123@c.us"),
            "Contact ...0123",
            NameSource::LastFour,
        );
        check(
            &four,
            &contact("11112222@lid"),
            "Contact ...2222",
            NameSource::LastFour,
        );
        check(
            &four,
            &contact("status@broadcast"),
            "status@broadcast",
            NameSource::Id,
        );
        check(&four, &contact("é77@x"), "é77@x", NameSource::Id);
        check(
            &way(Nameless::Counter),
            &contact("1234"),
            "Contact 7",
            NameSource::Counter,
        );
        check(
            &way(Nameless::Number),
            &contact("1234"),
            "+1234",
            NameSource::Phone,
        );
        for way in Nameless::ALL.iter().copied() {
            assert_eq!(way.to_string().parse(), Ok(way));
        }
        assert_eq!(
            "x".parse::<Nameless>().unwrap_err().to_string(),
            "unknown way to call the nameless `x`; known are number, last-four, counter"
        );
    }

    #[test]
    fn what_stands_around_a_name_stands_around_a_number_too() {
        let naming = Naming {
            prefix: "WA ".to_owned(),
            suffix: "!".to_owned(),
            ..Naming::default()
        };
        check(
            &naming,
            &contact("1234").with_name("n"),
            "WA n!",
            NameSource::Name,
        );
        check(&naming, &contact("1234"), "WA +1234!", NameSource::Phone);
        let one_side = |prefix: &str, suffix: &str| Naming {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            ..Naming::default()
        };
        let ada = contact("1234").with_name("n");
        check(&one_side("WA ", ""), &ada, "WA n", NameSource::Name);
        check(&one_side("", "!"), &ada, "n!", NameSource::Name);
    }
}
