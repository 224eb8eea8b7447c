//! Contacts.

use std::fmt;

use compact_str::CompactString;

use crate::id::{ContactId, Phone};

/// The field of the API that decides whether a contact is in the address book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StandingBy {
    /// `phonebook` where the API sent it, `saved` otherwise. The default.
    #[default]
    Phonebook,
    /// `saved` alone.
    Saved,
}

/// One account that the channel's number can see.
///
/// Only the [id](Self::id) is certain. Every other field may be missing or `null` in the answer,
/// which both are `None` here.
///
/// Text is kept exactly as it came. [`pushname`](Self::pushname) and [`about`](Self::about) are
/// written by the person themself: untrusted, so escape them for the place where they go.
///
/// # Examples
///
/// ```
/// use whapi_model::{Contact, ContactId};
///
/// let mut contact = Contact::new(ContactId::parse("972523637999")?)
///     .with_pushname("Omer-Ben")
///     .with_saved(false);
/// assert_eq!(contact.saved(), Some(false));
/// assert_eq!(contact.name(), None);
/// assert_eq!(contact.is_business(), None);
///
/// contact.set_name(Some("Omer"));
/// contact.set_pushname(None);
/// contact.set_saved(None);
/// contact.set_is_business(Some(true));
/// assert_eq!((contact.name(), contact.pushname()), (Some("Omer"), None));
/// assert_eq!((contact.saved(), contact.is_business()), (None, Some(true)));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    id: ContactId,
    name: Option<CompactString>,
    pushname: Option<CompactString>,
    saved: Option<bool>,
    phonebook: Option<bool>,
    standing_by: StandingBy,
    is_business: Option<bool>,
    profile: Option<Box<Profile>>,
}

/// What few answers hold: out of line, so that a contact stays small.
#[derive(Clone, Default, PartialEq, Eq)]
struct Profile {
    about: Option<Box<str>>,
    picture: Option<Box<str>>,
    picture_full: Option<Box<str>>,
    username: Option<Box<str>>,
    /// The digits of the phone number of a contact whose id has none.
    number: Option<CompactString>,
}

impl Contact {
    /// A contact of which only the id is known.
    #[inline]
    pub fn new(id: ContactId) -> Self {
        Self {
            id,
            name: None,
            pushname: None,
            saved: None,
            phonebook: None,
            standing_by: StandingBy::default(),
            is_business: None,
            profile: None,
        }
    }

    /// The id.
    #[inline]
    pub fn id(&self) -> &ContactId {
        &self.id
    }

    /// The name in the phone's address book (the API's `name`). `None` when the API gave none,
    /// as it does for most contacts that are not saved.
    #[inline]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The name that this person chose for themself (the API's `pushname`). Untrusted.
    #[inline]
    pub fn pushname(&self) -> Option<&str> {
        self.pushname.as_deref()
    }

    /// The API's `saved`. `None` when the API did not say, which is neither yes nor no.
    ///
    /// [`in_address_book`](Self::in_address_book) decides by it, or by [`phonebook`](Self::phonebook).
    #[inline]
    pub fn saved(&self) -> Option<bool> {
        self.saved
    }

    /// The API's `phonebook`, which newer answers have beside `saved`. `None` when there is none.
    #[inline]
    pub fn phonebook(&self) -> Option<bool> {
        self.phonebook
    }

    /// Whether the contact is in the phone's address book. `None` when the API did not say.
    ///
    /// `phonebook` decides where the API sent it: some channels have `saved: true` for every
    /// account with a chat. With [`StandingBy::Saved`], `saved` alone decides.
    ///
    /// ```
    /// use whapi_model::{Contact, ContactId, StandingBy};
    ///
    /// let mut contact = Contact::new(ContactId::parse("447700900101")?)
    ///     .with_saved(true)
    ///     .with_phonebook(false);
    /// assert_eq!(contact.in_address_book(), Some(false));
    /// contact.set_standing_by(StandingBy::Saved);
    /// assert_eq!(contact.in_address_book(), Some(true));
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    #[inline]
    pub fn in_address_book(&self) -> Option<bool> {
        match self.standing_by {
            StandingBy::Phonebook => self.phonebook.or(self.saved),
            StandingBy::Saved => self.saved,
        }
    }

    /// The phone number: that of the id, or the API's `phone` of a contact whose id is a LID.
    ///
    /// ```
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let lid = Contact::new(ContactId::parse("84958372615243@lid")?);
    /// assert_eq!(lid.phone(), None);
    /// let known = lid.clone().with_phone("+447700900101");
    /// assert_eq!(known.phone().unwrap().digits(), "447700900101");
    /// // Its own digits are no number.
    /// assert_eq!(lid.with_phone("84958372615243").phone(), None);
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    #[inline]
    pub fn phone(&self) -> Option<Phone<'_>> {
        self.id
            .phone()
            .or_else(|| Some(Phone::new(self.number_field()?)))
    }

    /// What a contact owns: texts that are inline when they are short, texts that never are, and
    /// the bytes of other values on the heap.
    pub(crate) fn owned(&self) -> ([Option<&str>; 4], [Option<&str>; 4], usize) {
        // Every field by name, so that the compiler points here when one is added.
        let Self {
            id,
            name,
            pushname,
            saved: _,
            phonebook: _,
            standing_by: _,
            is_business: _,
            profile,
        } = self;
        let (mut number, mut boxed, mut bytes) = (None, [None; 4], 0);
        if let Some(profile) = profile {
            let Profile {
                about,
                picture,
                picture_full,
                username,
                number: digits,
            } = &**profile;
            bytes = size_of::<Profile>();
            number = digits.as_deref();
            boxed = [about, picture, picture_full, username].map(Option::as_deref);
        }
        let inline = [
            Some(id.stored()),
            name.as_deref(),
            pushname.as_deref(),
            number,
        ];
        (inline, boxed, bytes)
    }

    /// The digits of the API's `phone`, if they are a number.
    fn number_field(&self) -> Option<&str> {
        self.profile.as_ref()?.number.as_deref()
    }

    /// The username that this person chose (the API's `username`). Untrusted.
    pub fn username(&self) -> Option<&str> {
        self.profile.as_ref()?.username.as_deref()
    }

    /// Whether this is a WhatsApp Business account (the API's `is_business`). `None` when the
    /// API did not say.
    #[inline]
    pub fn is_business(&self) -> Option<bool> {
        self.is_business
    }

    /// The "About" text of the profile (the API's `status`). Untrusted.
    pub fn about(&self) -> Option<&str> {
        self.profile.as_ref()?.about.as_deref()
    }

    /// Address of the small profile picture (the API's `profile_pic`). It expires.
    pub fn profile_pic(&self) -> Option<&str> {
        self.profile.as_ref()?.picture.as_deref()
    }

    /// Address of the full profile picture (the API's `profile_pic_full`). It expires.
    pub fn profile_pic_full(&self) -> Option<&str> {
        self.profile.as_ref()?.picture_full.as_deref()
    }

    /// Sets [`name`](Self::name). `None`: the API gave none.
    #[inline]
    pub fn set_name(&mut self, name: Option<&str>) {
        self.name = name.map(CompactString::new);
    }

    /// Sets [`pushname`](Self::pushname). `None`: the API gave none.
    #[inline]
    pub fn set_pushname(&mut self, pushname: Option<&str>) {
        self.pushname = pushname.map(CompactString::new);
    }

    /// Sets [`saved`](Self::saved). `None`: the API did not say, which is neither yes nor no.
    #[inline]
    pub fn set_saved(&mut self, saved: Option<bool>) {
        self.saved = saved;
    }

    /// Sets [`phonebook`](Self::phonebook). `None`: the API did not say.
    #[inline]
    pub fn set_phonebook(&mut self, phonebook: Option<bool>) {
        self.phonebook = phonebook;
    }

    /// Sets the field that decides [`in_address_book`](Self::in_address_book).
    #[inline]
    pub fn set_standing_by(&mut self, standing_by: StandingBy) {
        self.standing_by = standing_by;
    }

    /// Sets [`is_business`](Self::is_business). `None`: the API did not say.
    #[inline]
    pub fn set_is_business(&mut self, is_business: Option<bool>) {
        self.is_business = is_business;
    }

    /// Sets [`name`](Self::name).
    pub fn with_name(mut self, name: impl AsRef<str>) -> Self {
        self.set_name(Some(name.as_ref()));
        self
    }

    /// Sets [`pushname`](Self::pushname).
    pub fn with_pushname(mut self, pushname: impl AsRef<str>) -> Self {
        self.set_pushname(Some(pushname.as_ref()));
        self
    }

    /// Sets [`saved`](Self::saved).
    pub fn with_saved(mut self, saved: bool) -> Self {
        self.saved = Some(saved);
        self
    }

    /// Sets [`phonebook`](Self::phonebook).
    pub fn with_phonebook(mut self, phonebook: bool) -> Self {
        self.phonebook = Some(phonebook);
        self
    }

    /// Sets the number of a contact whose id has none, from the API's `phone`.
    ///
    /// Changes nothing when the id has a number, and when the text is no number: 7 to 15 digits,
    /// perhaps with `+` or `@s.whatsapp.net`, that are not the digits of the id.
    pub fn with_phone(mut self, phone: &str) -> Self {
        let number = ContactId::parse(phone).ok();
        let digits = number
            .as_ref()
            .and_then(ContactId::phone)
            .map(Phone::digits);
        let own = self.id.identity().split('@').next();
        if let Some(digits) = digits
            && self.id.phone().is_none()
            && digits.len() >= 7
            && own != Some(digits)
        {
            self.profile().number = Some(CompactString::new(digits));
        }
        self
    }

    /// Sets [`username`](Self::username).
    pub fn with_username(mut self, username: impl Into<Box<str>>) -> Self {
        self.profile().username = Some(username.into());
        self
    }

    /// Sets [`is_business`](Self::is_business).
    pub fn with_is_business(mut self, is_business: bool) -> Self {
        self.is_business = Some(is_business);
        self
    }

    /// Sets [`about`](Self::about).
    pub fn with_about(mut self, about: impl Into<Box<str>>) -> Self {
        self.profile().about = Some(about.into());
        self
    }

    /// Sets [`profile_pic`](Self::profile_pic).
    pub fn with_profile_pic(mut self, url: impl Into<Box<str>>) -> Self {
        self.profile().picture = Some(url.into());
        self
    }

    /// Sets [`profile_pic_full`](Self::profile_pic_full).
    pub fn with_profile_pic_full(mut self, url: impl Into<Box<str>>) -> Self {
        self.profile().picture_full = Some(url.into());
        self
    }

    /// Takes from another entry of the same account what this one lacks. The id and every field that
    /// is there stay; a business is one if either entry says so.
    ///
    /// ```
    /// use whapi_model::{Contact, ContactId};
    ///
    /// let mut contact = Contact::new(ContactId::parse("447700900101")?).with_name("Ada");
    /// let other = Contact::new(ContactId::parse("84958372615243@lid")?)
    ///     .with_name("A.")
    ///     .with_pushname("ada");
    /// contact.complete_from(&other);
    /// assert_eq!(contact.id().as_str(), "447700900101");
    /// assert_eq!((contact.name(), contact.pushname()), (Some("Ada"), Some("ada")));
    /// # Ok::<(), whapi_model::InvalidId>(())
    /// ```
    pub fn complete_from(&mut self, other: &Self) {
        fn complete<T: Clone>(field: &mut Option<T>, other: Option<&T>) {
            if field.is_none() {
                *field = other.cloned();
            }
        }

        // Every field by name, so that the compiler points here when one is added.
        let Self {
            id: _,
            name,
            pushname,
            saved,
            phonebook,
            standing_by: _,
            is_business,
            profile,
        } = other;
        complete(&mut self.name, name.as_ref());
        complete(&mut self.pushname, pushname.as_ref());
        complete(&mut self.saved, saved.as_ref());
        complete(&mut self.phonebook, phonebook.as_ref());
        self.is_business = match (self.is_business, *is_business) {
            (Some(this), Some(other)) => Some(this || other),
            (this, other) => this.or(other),
        };
        if let Some(profile) = profile {
            let Profile {
                about,
                picture,
                picture_full,
                username,
                number,
            } = &**profile;
            let this = self.profile();
            complete(&mut this.about, about.as_ref());
            complete(&mut this.picture, picture.as_ref());
            complete(&mut this.picture_full, picture_full.as_ref());
            complete(&mut this.username, username.as_ref());
            complete(&mut this.number, number.as_ref());
        }
    }

    fn profile(&mut self) -> &mut Profile {
        self.profile.get_or_insert_default()
    }
}

/// A contact is private data: `Debug` shows which fields are there, not their texts.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .field("has_name", &self.name.is_some())
            .field("has_pushname", &self.pushname.is_some())
            .field("saved", &self.saved)
            .field("is_business", &self.is_business)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_private_text() {
        let contact = Contact::new(ContactId::parse("4915112345678").unwrap())
            .with_name("Ada Beispiel")
            .with_pushname("ada")
            .with_about("at home");
        assert_eq!(
            format!("{contact:?}"),
            "Contact { id: ContactId(phone, 13 bytes), has_name: true, has_pushname: true, \
             saved: None, is_business: None, .. }"
        );
    }

    #[test]
    fn an_entry_is_completed_field_by_field() {
        let id = |id| Contact::new(ContactId::parse(id).unwrap());
        let full = |text: &str| {
            id("84958372615243@lid")
                .with_name(text)
                .with_pushname(text)
                .with_saved(true)
                .with_phonebook(true)
                .with_phone("447700900109")
                .with_username(text)
                .with_is_business(true)
                .with_about(text)
                .with_profile_pic(text)
                .with_profile_pic_full(text)
        };
        let mut empty = id("447700900101");
        empty.complete_from(&full("other"));
        let mut expected = full("other");
        expected.id = empty.id.clone();
        assert_eq!(empty, expected);

        let mut there = full("this").with_saved(false).with_is_business(false);
        there.complete_from(&full("other"));
        assert_eq!(there, full("this").with_saved(false));

        let mut without_profile = id("447700900101");
        without_profile.complete_from(&id("84958372615243@lid"));
        assert_eq!(without_profile, id("447700900101"));
    }

    #[test]
    fn a_contact_stays_small() {
        assert!(size_of::<Contact>() <= 96, "{}", size_of::<Contact>());
    }
}
