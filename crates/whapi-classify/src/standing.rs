//! The status in the address book: saved, discovered, or unknown.

use std::fmt;
use std::str::FromStr;

use whapi_model::Contact;

/// The status of a contact in the phone's address book, by the API's `phonebook` or `saved`.
///
/// [`Contact::in_address_book`] says which of the two fields decides. Callers may match on all three:
/// a field of the API is true, false or absent.
///
/// # Examples
///
/// ```
/// use whapi_classify::Standing;
/// use whapi_model::{Contact, ContactId};
///
/// let contact = Contact::new(ContactId::parse("972523637999")?);
/// assert_eq!(Standing::of(&contact), Standing::Unknown);
/// assert_eq!(Standing::of(&contact.with_saved(true)), Standing::Saved);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the flag has two values and an absence; a fourth standing would break every rule here"
)]
pub enum Standing {
    /// In the phone's address book: the flag is `true`.
    Saved,
    /// Seen through a shared group or a private chat, but not in the address book: the flag is
    /// `false`.
    Discovered,
    /// The API did not say: the flag is missing or `null`. This is neither of the other two.
    Unknown,
}

impl Standing {
    /// All standings, in the order in which summaries list them.
    pub const ALL: [Self; 3] = [Self::Saved, Self::Discovered, Self::Unknown];

    /// The standing of a contact.
    pub fn of(contact: &Contact) -> Self {
        match contact.in_address_book() {
            Some(true) => Self::Saved,
            Some(false) => Self::Discovered,
            None => Self::Unknown,
        }
    }

    /// The stable lower-case name: `saved`, `discovered` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Discovered => "discovered",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Standing {
    type Err = UnknownStanding;

    fn from_str(text: &str) -> Result<Self, UnknownStanding> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == text)
            .ok_or_else(|| UnknownStanding(text.to_owned()))
    }
}

/// The text names no standing; the message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStanding(String);

impl fmt::Display for UnknownStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown standing `{}`; known are saved, discovered and unknown",
            self.0
        )
    }
}

impl std::error::Error for UnknownStanding {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for standing in Standing::ALL {
            assert_eq!(standing.to_string().parse(), Ok(standing));
        }
        assert_eq!(
            "Saved".parse::<Standing>().unwrap_err().to_string(),
            "unknown standing `Saved`; known are saved, discovered and unknown"
        );
    }
}
