//! One row of the contact list.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::spelling::{is_phone_number, plain};
use crate::wire;

/// One contact of the emulated channel: a row of `GET /contacts`.
///
/// The fields are those of the API. `None` leaves the key out, like the documented example. For a
/// row that contradicts the documentation, use [`raw`](Self::raw).
///
/// # Examples
///
/// ```
/// use whapi_emulator::Person;
///
/// let person = Person::new("447700900123").with_pushname("MC").with_saved(false);
/// assert_eq!(person.to_json(), r#"{"id":"447700900123","pushname":"MC","saved":false}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// Digits of a phone number, `…@lid`, or any other text.
    pub id: String,
    /// The name in the phone's address book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that the person chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushname: Option<String>,
    /// Whether the person is in the phone's address book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<bool>,
    /// Whether the person is in the phone's address book, in the answers of newer channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phonebook: Option<bool>,
    /// The phone number of a person whose id is a LID, in the answers of newer channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The username that the person chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether this is a business account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_business: Option<bool>,
    /// The "about" text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Address of the small profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_pic: Option<String>,
    /// Address of the full profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_pic_full: Option<String>,
    /// JSON that replaces the fields above.
    #[serde(skip)]
    raw: Option<Box<str>>,
}

impl Person {
    /// Creates a person with an id only.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Creates a row with exactly this JSON.
    ///
    /// It may have nulls, wrong types, unknown fields, or no id. Fields of the right type are copied
    /// into the public fields, so that changes of the list and write calls find the row. A setter or
    /// a write call turns it into an ordinary row.
    ///
    /// ```
    /// use serde_json::json;
    /// use whapi_emulator::Person;
    ///
    /// let person = Person::raw(json!({"id": "447700900123", "saved": null}));
    /// assert_eq!(person.id, "447700900123");
    /// assert_eq!(person.saved, None);
    /// assert_eq!(person.to_json(), r#"{"id":"447700900123","saved":null}"#);
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass a `json!` literal"
    )]
    pub fn raw(row: Value) -> Self {
        Self::raw_text(row.to_string())
    }

    /// Creates a row with exactly this text, valid JSON or not.
    ///
    /// Like [`raw`](Self::raw), for rows that a [`Value`] cannot hold: a duplicate key, or a lone
    /// surrogate.
    ///
    /// ```
    /// use whapi_emulator::Person;
    ///
    /// let person = Person::raw_text(r#"{"id":"1","id":"2"}"#);
    /// assert_eq!(person.to_json(), r#"{"id":"1","id":"2"}"#);
    /// ```
    pub fn raw_text(row: impl Into<String>) -> Self {
        let row = row.into();
        let value: Value = serde_json::from_str(&row).unwrap_or_default();
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let flag = |key: &str| value.get(key).and_then(Value::as_bool);
        Self {
            id: text("id").unwrap_or_default(),
            name: text("name"),
            pushname: text("pushname"),
            saved: flag("saved"),
            phonebook: flag("phonebook"),
            phone: text("phone"),
            username: text("username"),
            is_business: flag("is_business"),
            status: text("status"),
            profile_pic: text("profile_pic"),
            profile_pic_full: text("profile_pic_full"),
            raw: Some(row.into()),
        }
    }

    /// Sets [`name`](Self::name).
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self.without_raw()
    }

    /// Sets [`pushname`](Self::pushname).
    pub fn with_pushname(mut self, pushname: impl Into<String>) -> Self {
        self.pushname = Some(pushname.into());
        self.without_raw()
    }

    /// Sets [`saved`](Self::saved).
    pub fn with_saved(mut self, saved: bool) -> Self {
        self.saved = Some(saved);
        self.without_raw()
    }

    /// Sets [`phonebook`](Self::phonebook).
    pub fn with_phonebook(mut self, phonebook: bool) -> Self {
        self.phonebook = Some(phonebook);
        self.without_raw()
    }

    /// Sets [`phone`](Self::phone).
    pub fn with_phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self.without_raw()
    }

    /// Sets [`username`](Self::username).
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self.without_raw()
    }

    /// Sets [`is_business`](Self::is_business).
    pub fn with_is_business(mut self, is_business: bool) -> Self {
        self.is_business = Some(is_business);
        self.without_raw()
    }

    /// Sets [`status`](Self::status).
    pub fn with_status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self.without_raw()
    }

    /// Sets [`profile_pic`](Self::profile_pic).
    pub fn with_profile_pic(mut self, url: impl Into<String>) -> Self {
        self.profile_pic = Some(url.into());
        self.without_raw()
    }

    /// Sets [`profile_pic_full`](Self::profile_pic_full).
    pub fn with_profile_pic_full(mut self, url: impl Into<String>) -> Self {
        self.profile_pic_full = Some(url.into());
        self.without_raw()
    }

    /// Returns the row as `GET /contacts` contains it.
    pub fn to_json(&self) -> String {
        self.raw
            .as_deref()
            .map_or_else(|| wire::json(self), str::to_owned)
    }

    /// Returns the plain spellings of the person's ids: in groups, and in the chat.
    ///
    /// They differ for a person with a LID and a phone number. `None` for what is no person.
    pub(crate) fn plain_ids(&self) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
        let id = plain(&self.id);
        let phone = self.phone.as_deref().and_then(plain);
        // Some answers repeat the digits of the LID.
        let phone = phone.filter(|digits| {
            is_phone_number(digits) && id.as_deref().is_none_or(|id| !is_lid_of(id, digits))
        });
        let member = id.or_else(|| phone.clone())?;
        let chat = phone.unwrap_or_else(|| member.clone());
        Some((member, chat))
    }

    /// Returns the ids that calls find the person by, like [`plain_ids`](Self::plain_ids).
    pub(crate) fn accounts(&self) -> (Cow<'_, str>, Cow<'_, str>) {
        let own = || Cow::Borrowed(self.id.as_str());
        self.plain_ids().unwrap_or_else(|| (own(), own()))
    }

    /// Returns whether this is the account with an id, in any spelling.
    pub(crate) fn is(&self, id: &str) -> bool {
        let (id, (own, phone)) = (account(id), self.accounts());
        own == id || phone == id
    }

    pub(crate) fn without_raw(mut self) -> Self {
        self.raw = None;
        self
    }
}

fn is_lid_of(id: &str, digits: &str) -> bool {
    id.strip_suffix("@lid") == Some(digits)
}

/// Returns the digits of a phone number in a usual spelling: `N`, `N@s.whatsapp.net` or `N@c.us`.
///
/// `None` for a LID, a group and every other id.
pub(crate) fn phone_digits(id: &str) -> Option<&str> {
    let user = id
        .strip_suffix("@s.whatsapp.net")
        .or_else(|| id.strip_suffix("@c.us"))
        .unwrap_or(id);
    is_phone_number(user).then_some(user)
}

/// Returns the one spelling that all spellings of an account share.
pub(crate) fn account(id: &str) -> Cow<'_, str> {
    plain(id).unwrap_or(Cow::Borrowed(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_are_one_account_and_a_lid_is_another() {
        let person = Person::new("447700900123@c.us");
        for id in [
            "447700900123",
            "447700900123@s.whatsapp.net",
            "+44 7700 900123",
        ] {
            assert!(person.is(id), "{id}");
        }
        assert!(!person.is("447700900123@lid"));
        let lid = Person::new("84958372615243@lid").with_phone("447700900123");
        for id in [
            "84958372615243:7@LID",
            "447700900123",
            "447700900123@hosted",
        ] {
            assert!(lid.is(id), "{id}");
        }
        assert!(!lid.is("84958372615243"));
        assert!(Person::new("1@g.us").is("1@g.us"));
    }

    #[test]
    fn ids_in_groups_and_chats() {
        let check = |person: Person, expected: Option<(&str, &str)>| {
            let found = person.plain_ids();
            let found = found.as_ref().map(|(member, chat)| (&**member, &**chat));
            assert_eq!(found, expected, "{person:?}");
        };
        let number = "447700900123";
        check(Person::new("447700900123:5@hosted"), Some((number, number)));
        check(Person::new("1@g.us").with_phone(""), None);
        check(
            Person::new("").with_phone("+44 7700 900123"),
            Some((number, number)),
        );
        let lid = || Person::new("84958372615243:7@lid");
        let plain = "84958372615243@lid";
        check(lid(), Some((plain, plain)));
        check(lid().with_phone(number), Some((plain, number)));
        check(lid().with_phone("84958372615243"), Some((plain, plain)));
        check(lid().with_phone(plain), Some((plain, plain)));
        check(lid().with_phone(""), Some((plain, plain)));
    }

    #[test]
    fn a_setter_ends_the_raw_row() {
        let person = Person::raw_text(r#"{"id":"447700900123","saved":null}"#).with_saved(true);
        assert_eq!(person.to_json(), r#"{"id":"447700900123","saved":true}"#);
    }
}
