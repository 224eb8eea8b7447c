//! The id of a contact: a phone number, a LID, or something else.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use compact_str::CompactString;

/// The kind of an id, by its spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IdKind {
    /// A phone number in international form: 4 to 15 digits, bare or followed by
    /// `@s.whatsapp.net` or `@c.us`.
    Phone,
    /// A linked identity, `<digits>@lid`: a person whose phone number is hidden. Its digits are *not* a
    /// phone number, however much they look like one.
    Lid,
    /// Anything else: a broadcast, a group, a newsletter, or an unknown format.
    Other,
}

impl IdKind {
    /// The kind's stable lower-case name: `phone`, `lid` or `other`.
    ///
    /// ```
    /// assert_eq!(whapi_model::IdKind::Lid.as_str(), "lid");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Lid => "lid",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for IdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a contact, parsed once.
///
/// Keeps the spelling of the API for [`as_str`](Self::as_str) and `Display`. Comparing and hashing
/// ignore it: `N`, `N@s.whatsapp.net` and `N@c.us` are the same person, and `N@lid` is another.
///
/// Bare digits are a phone number, as the API's documentation says, and never checked
/// against a numbering plan: real WhatsApp ids fail such checks. A run of digits longer than the
/// 15 that ITU-T E.164 allows, or shorter than 4, cannot be a phone number and is
/// [`IdKind::Other`].
///
/// # Examples
///
/// ```
/// use whapi_model::{ContactId, IdKind};
///
/// let bare: ContactId = "4915112345678".parse()?;
/// let full: ContactId = "4915112345678@s.whatsapp.net".parse()?;
/// let lid: ContactId = "4915112345678@lid".parse()?;
///
/// assert_eq!(bare, full);
/// assert_eq!(full.as_str(), "4915112345678@s.whatsapp.net");
/// assert_ne!(bare, lid);
/// assert_eq!(lid.kind(), IdKind::Lid);
/// assert_eq!(lid.phone(), None);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone)]
pub struct ContactId {
    raw: CompactString,
    /// How many bytes at the end of `raw` do not tell one id from another.
    suffix: u8,
    kind: IdKind,
}

/// The domain of ids that are linked identities.
const LID_SUFFIX: &str = "@lid";
/// The domains that mean "the digits before this are a phone number", and their lengths.
const PHONE_SUFFIXES: [(&str, u8); 2] = [("@s.whatsapp.net", 15), ("@c.us", 5)];
/// Shortest and longest run of digits that is taken for a phone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 4..=15;

impl ContactId {
    /// Parses an id as the API writes it.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] when the text is empty or only white space and control characters: then there
    /// is nothing that could tell this contact from another. Everything else is an id of some kind.
    pub fn parse(raw: &str) -> Result<Self, InvalidId> {
        let (suffix, kind) = classify(raw);
        if kind == IdKind::Other && raw.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidId);
        }
        Ok(Self {
            raw: CompactString::new(raw),
            suffix,
            kind,
        })
    }

    /// The id as the API wrote it.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// The kind of the id.
    #[inline]
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The phone number, or `None` for a LID and everything else that is not one.
    #[inline]
    pub fn phone(&self) -> Option<Phone<'_>> {
        match self.kind {
            IdKind::Phone => Some(Phone(self.identity())),
            IdKind::Lid | IdKind::Other => None,
        }
    }

    /// The one spelling that all spellings of this id share: the digits of a phone number, and
    /// the id itself for everything else.
    ///
    /// ```
    /// let id: whapi_model::ContactId = "4915112345678@c.us".parse()?;
    /// assert_eq!(id.identity(), "4915112345678");
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    #[inline]
    pub fn identity(&self) -> &str {
        &self.raw[..self.raw.len() - usize::from(self.suffix)]
    }
}

/// The length of the suffix that does not count, and the kind.
fn classify(raw: &str) -> (u8, IdKind) {
    if is_phone_number(raw) {
        return (0, IdKind::Phone);
    }
    if raw.strip_suffix(LID_SUFFIX).is_some_and(is_lid_user) {
        return (0, IdKind::Lid);
    }
    PHONE_SUFFIXES
        .iter()
        .find(|(suffix, _)| raw.strip_suffix(suffix).is_some_and(is_phone_number))
        .map_or((0, IdKind::Other), |(_, length)| (*length, IdKind::Phone))
}

fn is_phone_number(user: &str) -> bool {
    PHONE_DIGITS.contains(&user.len()) && user.bytes().all(|b| b.is_ascii_digit())
}

/// Digits, perhaps with the number of a device behind a colon.
fn is_lid_user(user: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match user.split_once(':') {
        Some((user, device)) => digits(user) && digits(device),
        None => digits(user),
    }
}

impl FromStr for ContactId {
    type Err = InvalidId;

    fn from_str(raw: &str) -> Result<Self, InvalidId> {
        Self::parse(raw)
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Ids are personal data, so `Debug` shows the kind and the length, not the digits.
impl fmt::Debug for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactId({}, {} bytes)", self.kind, self.raw.len())
    }
}

impl PartialEq for ContactId {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for ContactId {}

impl PartialOrd for ContactId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ContactId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.identity().cmp(other.identity())
    }
}

impl Hash for ContactId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl Borrow<str> for ContactId {
    fn borrow(&self) -> &str {
        self.identity()
    }
}

/// A phone number taken from an id; shows itself as `+` and the digits.
///
/// ```
/// let id: whapi_model::ContactId = "551187654321".parse()?;
/// let phone = id.phone().unwrap();
/// assert_eq!(phone.digits(), "551187654321");
/// assert_eq!(phone.to_string(), "+551187654321");
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Phone<'a>(&'a str);

impl<'a> Phone<'a> {
    /// The digits, country code first, without `+`.
    #[inline]
    pub fn digits(self) -> &'a str {
        self.0
    }
}

/// Numbers are personal data, so `Debug` shows how long it is.
impl fmt::Debug for Phone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({} digits)", self.0.len())
    }
}

impl fmt::Display for Phone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// The text holds no id: it is empty or only white space and control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a contact's id is empty")
    }
}

impl std::error::Error for InvalidId {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(raw: &str, kind: IdKind, phone: Option<&str>) {
        let id = ContactId::parse(raw).unwrap();
        assert_eq!(id.kind(), kind, "kind of `{raw}`");
        assert_eq!(id.phone().map(|p| p.to_string()).as_deref(), phone);
        assert_eq!(id.as_str(), raw);
    }

    #[test]
    fn spellings() {
        check("601111311480", IdKind::Phone, Some("+601111311480"));
        check(
            "551187654321@s.whatsapp.net",
            IdKind::Phone,
            Some("+551187654321"),
        );
        check("5215512345678@c.us", IdKind::Phone, Some("+5215512345678"));
        check("1234", IdKind::Phone, Some("+1234"));
        check("123456789012345", IdKind::Phone, Some("+123456789012345"));
        check("1234567890123456", IdKind::Other, None);
        check("123", IdKind::Other, None);
        check("84958372615243@lid", IdKind::Lid, None);
        check("84958372615243:7@lid", IdKind::Lid, None);
        check("@lid", IdKind::Other, None);
        check("=cmd@lid", IdKind::Other, None);
        check("123:@lid", IdKind::Other, None);
        check("120363012345678901@g.us", IdKind::Other, None);
        check("status@broadcast", IdKind::Other, None);
        check("+4915112345678", IdKind::Other, None);
        check("٤٩١٥١١٢٣", IdKind::Other, None);
        check(
            "4915112345678@s.whatsapp.net.evil.example",
            IdKind::Other,
            None,
        );
        check("4915112345678 ", IdKind::Other, None);
    }

    #[test]
    fn empty_is_no_id() {
        for raw in ["", " ", "\t\r\n", "\u{a0}", "\0\u{1b}\u{7f}\u{85}"] {
            assert_eq!(ContactId::parse(raw), Err(InvalidId));
        }
    }

    #[test]
    fn debug_hides_the_number() {
        let id = ContactId::parse("4915112345678").unwrap();
        assert_eq!(format!("{id:?}"), "ContactId(phone, 13 bytes)");
        assert_eq!(format!("{:?}", id.phone().unwrap()), "Phone(13 digits)");
    }

    proptest! {
        #[test]
        fn any_text_is_kept_and_a_phone_is_only_digits(raw in "\\PC{0,40}|[0-9@a-z.:]{0,30}") {
            let Ok(id) = ContactId::parse(&raw) else {
                prop_assert!(raw.chars().all(|c| c.is_whitespace() || c.is_control()));
                return Ok(());
            };
            prop_assert_eq!(id.as_str(), &raw);
            if let Some(phone) = id.phone() {
                prop_assert!(PHONE_DIGITS.contains(&phone.digits().len()));
                prop_assert!(phone.digits().bytes().all(|b| b.is_ascii_digit()));
                prop_assert!(!raw.contains("lid"));
            }
        }

        #[test]
        fn the_three_spellings_of_a_number_are_one_id(digits in "[0-9]{4,15}") {
            let bare = ContactId::parse(&digits).unwrap();
            for (suffix, _) in PHONE_SUFFIXES {
                prop_assert_eq!(&ContactId::parse(&format!("{digits}{suffix}")).unwrap(), &bare);
            }
            prop_assert_ne!(ContactId::parse(&format!("{digits}@lid")).unwrap(), bare);
        }
    }
}
