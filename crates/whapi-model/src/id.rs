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
    /// `@s.whatsapp.net`, `@c.us` or `@hosted`.
    Phone,
    /// A linked identity, `<digits>@lid` or `<digits>@hosted.lid`: a person whose phone number is
    /// hidden. Its digits are *not* a phone number, however much they look like one.
    Lid,
    /// Anything else: a broadcast, a group, a newsletter, a [business-scoped
    /// id](ContactId::business_country), or an unknown format.
    Other,
}

impl IdKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: &'static [Self] = &[Self::Phone, Self::Lid, Self::Other];

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

impl FromStr for IdKind {
    type Err = UnknownKind;

    /// Reads the stable name.
    ///
    /// ```
    /// use whapi_model::IdKind;
    ///
    /// assert_eq!("lid".parse(), Ok(IdKind::Lid));
    /// assert_eq!(
    ///     "person".parse::<IdKind>().unwrap_err().to_string(),
    ///     "unknown kind `person`; known are phone, lid and other"
    /// );
    /// ```
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// The text names no kind of id. The message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown kind `{}`; known are phone, lid and other",
            self.0
        )
    }
}

impl std::error::Error for UnknownKind {}

impl fmt::Display for IdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a contact, parsed once.
///
/// Keeps the spelling of the API for [`as_str`](Self::as_str) and `Display`. Comparing and hashing
/// go by the person, whom all of these spellings name:
///
/// - `N`, `N@s.whatsapp.net`, `N@c.us`, `N@hosted`; and of a LID, `N@lid` and `N@hosted.lid`;
/// - with the number of a device or an agent: `N:5@s.whatsapp.net`, `N_1:5@lid`;
/// - the domain in capitals, and a phone number written as `+44 7700 900101`.
///
/// `N@lid` is another person than `N`.
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
///
/// let device: ContactId = "4915112345678:5@s.whatsapp.net".parse()?;
/// assert_eq!(device, bare);
/// assert_eq!(device.phone().unwrap().digits(), "4915112345678");
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone)]
pub struct ContactId {
    /// The spelling of the API. Behind it the identity, if that is no part of the spelling.
    text: CompactString,
    /// The length of the identity at the end of `text`. 0 when the identity is at its start.
    identity: u8,
    /// The bytes at the end of `text` that are no part of an identity at its start.
    suffix: u8,
    kind: IdKind,
}

/// The domain of ids that are linked identities.
const LID_SUFFIX: &str = "@lid";
/// The domains that mean "the digits before this are a phone number", and their lengths.
const PHONE_SUFFIXES: [(&str, u8); 2] = [("@s.whatsapp.net", 15), ("@c.us", 5)];
/// Shortest and longest run of digits that is taken for a phone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 4..=15;
/// The most bytes of a spelling that is not one of the usual ones.
const LONGEST_SPELLING: usize = 128;

impl ContactId {
    /// Parses an id as the API writes it.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] when the text is empty or only white space and control characters: then there
    /// is nothing that could tell this contact from another. Everything else is an id of some kind.
    pub fn parse(raw: &str) -> Result<Self, InvalidId> {
        let (suffix, kind) = match classify(raw) {
            (_, IdKind::Other) => match unusual(raw) {
                Some(id) => return Ok(id),
                None => (0, IdKind::Other),
            },
            usual => usual,
        };
        if kind == IdKind::Other && raw.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidId);
        }
        Ok(Self {
            text: CompactString::new(raw),
            identity: 0,
            suffix,
            kind,
        })
    }

    /// The id as the API wrote it.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text[..self.text.len() - usize::from(self.identity)]
    }

    /// Whether the id is a person's in one of the usual spellings: digits, perhaps followed by
    /// `@s.whatsapp.net`, `@c.us` or `@lid`, and nothing else.
    ///
    /// ```
    /// use whapi_model::ContactId;
    ///
    /// assert!(ContactId::parse("447700900101@c.us")?.has_usual_spelling());
    /// assert!(!ContactId::parse("+44 7700 900101")?.has_usual_spelling());
    /// assert!(!ContactId::parse("1@g.us")?.has_usual_spelling());
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    #[inline]
    pub fn has_usual_spelling(&self) -> bool {
        self.identity == 0 && !matches!(self.kind, IdKind::Other)
    }

    /// The text that the id holds in memory: the spelling, perhaps with the identity behind it.
    pub(crate) fn stored(&self) -> &str {
        &self.text
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

    /// The one spelling that all spellings of this person share: the digits of a phone number,
    /// `<digits>@lid` of a LID, and the id itself for everything else.
    ///
    /// ```
    /// use whapi_model::ContactId;
    ///
    /// let id = ContactId::parse("4915112345678@c.us")?;
    /// assert_eq!(id.identity(), "4915112345678");
    /// let lid = ContactId::parse("84958372615243:12@lid")?;
    /// assert_eq!(lid.identity(), "84958372615243@lid");
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    #[inline]
    pub fn identity(&self) -> &str {
        if self.identity == 0 {
            &self.text[..self.text.len() - usize::from(self.suffix)]
        } else {
            &self.text[self.text.len() - usize::from(self.identity)..]
        }
    }

    /// The country of a business-scoped user id, such as `US.13491208655302741918`: two letters.
    ///
    /// WhatsApp gives such ids to people whom a business cannot see the number of, from 2026 on:
    /// a country, a dot, perhaps `ENT.`, and up to 128 letters and digits. `None` for other ids.
    ///
    /// ```
    /// use whapi_model::{ContactId, IdKind};
    ///
    /// let id = ContactId::parse("US.ENT.13491208655302741918")?;
    /// assert_eq!((id.kind(), id.business_country()), (IdKind::Other, Some("US")));
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn business_country(&self) -> Option<&str> {
        let (country, rest) = self.as_str().split_once('.')?;
        let user = rest.strip_prefix("ENT.").unwrap_or(rest);
        let is_scoped = self.kind == IdKind::Other
            && country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=128).contains(&user.len())
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_scoped.then_some(country)
    }
}

/// Classifies the usual spellings: the length of the suffix that does not count, and the kind.
fn classify(raw: &str) -> (u8, IdKind) {
    if is_phone_number(raw) {
        return (0, IdKind::Phone);
    }
    if raw.strip_suffix(LID_SUFFIX).is_some_and(is_digits) {
        return (0, IdKind::Lid);
    }
    PHONE_SUFFIXES
        .iter()
        .find(|(suffix, _)| raw.strip_suffix(suffix).is_some_and(is_phone_number))
        .map_or((0, IdKind::Other), |(_, length)| (*length, IdKind::Phone))
}

/// Parses the other spellings of a person. `None` when it is no person's id.
#[cold]
fn unusual(raw: &str) -> Option<ContactId> {
    if raw.len() > LONGEST_SPELLING {
        return None;
    }
    let (user, domain) = match raw.split_once('@') {
        Some((user, domain)) => (user, Some(domain.trim().to_ascii_lowercase())),
        None => (raw, None),
    };
    let user = user.trim();
    let (identity, kind) = match domain.as_deref() {
        None => (plain_number(user)?, IdKind::Phone),
        Some("s.whatsapp.net" | "c.us" | "hosted") => {
            (plain_number(without_device(user))?, IdKind::Phone)
        }
        Some("lid" | "hosted.lid") => {
            let digits = without_device(user);
            let lid = is_digits(digits).then(|| format!("{digits}{LID_SUFFIX}"))?;
            (lid, IdKind::Lid)
        }
        Some(_) => return None,
    };
    Some(ContactId {
        text: CompactString::from(format!("{raw}{identity}")),
        identity: u8::try_from(identity.len()).ok()?,
        suffix: 0,
        kind,
    })
}

/// The user without the numbers of an agent and a device: `N_1:5` is `N`.
fn without_device(user: &str) -> &str {
    let without = |user, mark| match str::rsplit_once(user, mark) {
        Some((user, number)) if is_digits(number) => user,
        _ => user,
    };
    without(without(user, ':'), '_')
}

/// The digits of a phone number as people write it: with `+`, with spaces, and behind a `+` also
/// with `-`, `.`, `(` and `)`.
fn plain_number(text: &str) -> Option<String> {
    let (number, punctuation) = match text.strip_prefix('+') {
        Some(number) => (number, "-.()"),
        None => (text, ""),
    };
    let kept = |c: &char| !c.is_whitespace() && !punctuation.contains(*c);
    let digits: String = number.chars().filter(kept).collect();
    is_phone_number(&digits).then_some(digits)
}

fn is_phone_number(user: &str) -> bool {
    PHONE_DIGITS.contains(&user.len()) && user.bytes().all(|b| b.is_ascii_digit())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
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
        write!(f, "ContactId({}, {} bytes)", self.kind, self.as_str().len())
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
    /// A number of these digits, 4 to 15 of them.
    pub(crate) fn new(digits: &'a str) -> Self {
        Self(digits)
    }

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
        check("123:4:5@lid", IdKind::Other, None);
        check("120363012345678901@g.us", IdKind::Other, None);
        check("status@broadcast", IdKind::Other, None);
        check("٤٩١٥١١٢٣", IdKind::Other, None);
        check(
            "4915112345678@s.whatsapp.net.evil.example",
            IdKind::Other,
            None,
        );
        check("4915-112345678", IdKind::Other, None);
        check("+49151@lid", IdKind::Other, None);
        check("4915112345678:5", IdKind::Other, None);
        check("4915112345678@g.us", IdKind::Other, None);
        check("US.13491208655302741918", IdKind::Other, None);
        check(
            &format!("{}4915112345678", " ".repeat(LONGEST_SPELLING)),
            IdKind::Other,
            None,
        );
    }

    #[test]
    fn one_person_in_many_spellings() {
        let phone = ContactId::parse("447700900101").unwrap();
        for raw in [
            "447700900101@hosted",
            "447700900101@S.WhatsApp.net",
            "447700900101@C.US",
            "447700900101:5@s.whatsapp.net",
            "447700900101_1@s.whatsapp.net",
            "447700900101_1:12@s.whatsapp.net",
            "447700900101:5@HOSTED",
            "+447700900101",
            "+44 7700 900101",
            "44 7700\u{a0}900101",
            " 447700900101 ",
            "+44 (7700) 900-101@s.whatsapp.net",
        ] {
            check(raw, IdKind::Phone, Some("+447700900101"));
            assert_eq!(ContactId::parse(raw).unwrap(), phone, "{raw}");
        }
        let lid = ContactId::parse("84958372615243@lid").unwrap();
        for raw in [
            "84958372615243@LID",
            "84958372615243:7@lid",
            "84958372615243_1:7@lid",
            "84958372615243@hosted.lid",
            "84958372615243:99@Hosted.Lid",
        ] {
            check(raw, IdKind::Lid, None);
            let id = ContactId::parse(raw).unwrap();
            assert_eq!(id, lid, "{raw}");
            assert_eq!(id.identity(), "84958372615243@lid");
        }
        assert_ne!(lid, ContactId::parse("84958372615243").unwrap());
    }

    #[test]
    fn business_scoped_ids_have_a_country() {
        let country = |raw: &str| {
            let id = ContactId::parse(raw).unwrap();
            id.business_country().map(str::to_owned)
        };
        assert_eq!(country("US.13491208655302741918").as_deref(), Some("US"));
        assert_eq!(country("DE.ENT.a1").as_deref(), Some("DE"));
        assert_eq!(
            country(&format!("US.{}", "9".repeat(128))).as_deref(),
            Some("US")
        );
        for raw in [
            "us.1",
            "USA.1",
            "US.",
            "US.ENT.",
            "US.1@lid",
            "US.1.2",
            "US.é",
            "447700900101",
            "1@g.us",
        ] {
            assert_eq!(country(raw), None, "{raw}");
        }
        assert_eq!(country(&format!("US.{}", "9".repeat(129))), None);
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
                prop_assert!(!raw.to_ascii_lowercase().ends_with("lid"));
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
