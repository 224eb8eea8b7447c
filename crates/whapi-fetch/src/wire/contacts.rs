//! Answers with contacts, and saved documents with contacts.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use whapi_model::{Contact, ContactId};

use super::answer::{Answer, Unreadable, read_text, read_text_noting};
use super::value::{Any, ErrorField, FromAny, FromFields, Next, pass_over, put};
use crate::page::Row;

/// A document with contacts: an answer, a bare list, or one bare contact.
#[derive(Debug)]
pub(crate) enum Document {
    Answer(Answer),
    /// Contacts, or answers as `jq --slurp` puts them into a list.
    List(Vec<Document>),
    Contact(Row),
}

/// Reads an answer to `GET /contacts`.
pub(crate) fn read_answer(body: &[u8]) -> Result<Answer, Unreadable> {
    match read_document(body)? {
        Document::Answer(answer) => Ok(answer),
        Document::List(_) | Document::Contact(_) => Err(Unreadable::Other),
    }
}

/// Reads anything that holds contacts.
fn read_document(body: &[u8]) -> Result<Document, Unreadable> {
    read_text(body, parse)
}

/// Like [`read_document`], and calls `invalid` for a text that is not UTF-8.
pub(crate) fn read_document_noting(
    body: &[u8],
    invalid: impl FnOnce(),
) -> Result<Document, Unreadable> {
    read_text_noting(body, parse, invalid)
}

/// The outer error is about the JSON, the inner one about what it says.
fn parse(body: &str) -> serde_json::Result<Result<Document, Unreadable>> {
    let Any(Parsed(document)) = serde_json::from_str(body)?;
    Ok(document)
}

/// Returns the message of an error object, if `body` is one.
pub(crate) fn read_error_message(body: &[u8]) -> Option<String> {
    match read_document(body) {
        Err(Unreadable::ApiError(message)) => Some(message),
        _ => None,
    }
}

/// The document in a JSON text, or why it is none.
struct Parsed(Result<Document, Unreadable>);

impl<'de> FromAny<'de> for Parsed {
    fn nothing() -> Self {
        Self(Err(Unreadable::Other))
    }

    fn from_object<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        let object = Option::<Object<'de>>::from_object(map)?;
        Ok(Self(
            object
                .ok_or(Unreadable::Other)
                .and_then(Object::into_document),
        ))
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut documents = Vec::new();
        while let Some(Any(Self(element))) = list.next_element()? {
            // What is neither an answer nor a contact is a row that cannot be used.
            documents.push(match element {
                Ok(one @ (Document::Answer(_) | Document::Contact(_))) => one,
                Ok(Document::List(_)) | Err(_) => Document::Contact(None),
            });
        }
        Ok(Self(Ok(Document::List(documents))))
    }
}

/// Every field that any of the known objects has.
#[derive(Default)]
struct Object<'a> {
    rows: Rows,
    total: Option<u64>,
    error: Option<String>,
    /// Whether there is an id, usable or not.
    has_id: bool,
    contact: ContactFields<'a>,
}

impl<'de> FromFields<'de> for Object<'de> {
    type Fields = Self;

    fn take<A: MapAccess<'de>>(object: &mut Self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "contacts" => object.rows = map.next_value::<Rows>()?,
            "total" => put(&mut object.total, map)?,
            "error" => object.error = Some(map.next_value::<ErrorField>()?.0),
            name => {
                object.has_id |= matches!(name, "id" | "phone");
                Contact::take(&mut object.contact, name, map)?;
            }
        }
        Ok(())
    }

    fn build(object: Self) -> Option<Self> {
        Some(object)
    }
}

/// The contacts of an answer.
#[derive(Default)]
enum Rows {
    #[default]
    Missing,
    List(Vec<Row>),
    /// Another value in their place, which is not an empty list.
    Other,
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
        let mut rows = Vec::new();
        while list.next_element_seed(Next(&mut rows))?.is_some() {}
        Ok(Rows::List(rows))
    }

    /// `null` counts as missing.
    fn visit_unit<E>(self) -> Result<Rows, E> {
        Ok(Rows::Missing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Rows::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Rows, E> {
        Ok(Rows::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Rows, E> {
        Ok(Rows::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Rows, E> {
        Ok(Rows::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Rows, E> {
        Ok(Rows::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Rows, E> {
        Ok(Rows::Other)
    }
}

impl Object<'_> {
    fn into_document(self) -> Result<Document, Unreadable> {
        let rows = match self.rows {
            Rows::Missing if self.has_id => {
                return Ok(Document::Contact(Contact::build(self.contact)));
            }
            Rows::Missing => None,
            Rows::List(rows) => Some(rows),
            Rows::Other => return Err(Unreadable::Other),
        };
        Answer::of(rows, self.error, self.total).map(Document::Answer)
    }
}

/// The fields of a contact, borrowed from the answer where JSON allows it.
#[derive(Default)]
pub(super) struct ContactFields<'a> {
    id: Option<ContactId>,
    phone: Option<ContactId>,
    name: Option<Cow<'a, str>>,
    pushname: Option<Cow<'a, str>>,
    saved: Option<bool>,
    phonebook: Option<bool>,
    is_business: Option<bool>,
    username: Option<Cow<'a, str>>,
    about: Option<Cow<'a, str>>,
    profile_pic: Option<Cow<'a, str>>,
    profile_pic_full: Option<Cow<'a, str>>,
}

impl<'de> FromFields<'de> for Contact {
    type Fields = ContactFields<'de>;

    fn take<A: MapAccess<'de>>(
        contact: &mut ContactFields<'de>,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut contact.id, map)?,
            "phone" => put(&mut contact.phone, map)?,
            "phonebook" => put(&mut contact.phonebook, map)?,
            "username" => put(&mut contact.username, map)?,
            "name" => put(&mut contact.name, map)?,
            "pushname" => put(&mut contact.pushname, map)?,
            "saved" => put(&mut contact.saved, map)?,
            "is_business" => put(&mut contact.is_business, map)?,
            "status" => put(&mut contact.about, map)?,
            "profile_pic" => put(&mut contact.profile_pic, map)?,
            "profile_pic_full" => put(&mut contact.profile_pic_full, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(fields: ContactFields<'de>) -> Option<Contact> {
        let of_phone = || number(fields.phone.as_ref()?);
        let mut contact = Contact::new(fields.id.or_else(of_phone)?);
        if let Some(phone) = &fields.phone {
            contact = contact.with_phone(phone.as_str());
        }
        if let Some(username) = fields.username {
            contact = contact.with_username(username);
        }
        contact.set_name(fields.name.as_deref());
        contact.set_pushname(fields.pushname.as_deref());
        contact.set_saved(fields.saved);
        contact.set_phonebook(fields.phonebook);
        contact.set_is_business(fields.is_business);
        if let Some(about) = fields.about {
            contact = contact.with_about(about);
        }
        if let Some(url) = fields.profile_pic {
            contact = contact.with_profile_pic(url);
        }
        if let Some(url) = fields.profile_pic_full {
            contact = contact.with_profile_pic_full(url);
        }
        Some(contact)
    }
}

/// The id of a row that has a phone number only: 7 to 15 digits.
fn number(phone: &ContactId) -> Option<ContactId> {
    let digits = phone.phone()?.digits();
    (digits.len() >= 7).then(|| ContactId::parse(digits).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(body: &str) -> Vec<Row> {
        read_answer(body.as_bytes()).unwrap().rows
    }

    fn only(body: &str) -> Contact {
        let mut rows = rows(body);
        assert_eq!(rows.len(), 1);
        rows.remove(0).unwrap()
    }

    #[test]
    fn the_documented_example() {
        let answer = include_str!("../../tests/documented-answer.json");
        let contact = |id: &str| Contact::new(id.parse().unwrap());
        let expected = [
            contact("601111311480")
                .with_pushname("MC")
                .with_saved(false),
            contact("972523637999")
                .with_pushname("Omer-Ben")
                .with_saved(false),
            contact("619528001122").with_name("24name").with_saved(true),
        ];
        assert_eq!(rows(answer), expected.map(Some));
    }

    #[test]
    fn missing_and_null_mean_the_same() {
        let bare = only(r#"{"contacts":[{"id":"4470"}],"total":1}"#);
        let nulls = only(
            r#"{"contacts":[{"id":"4470","name":null,"pushname":null,"saved":null,"is_business":null,
            "status":null,"profile_pic":null,"profile_pic_full":null}],"total":1,"count":null}"#,
        );
        assert_eq!(bare, nulls);
    }

    #[test]
    fn unknown_fields_and_odd_types_never_fail() {
        let contact = only(
            r#"{"contacts":[{"labels":[{"a":[1,{}]}],"id":447700900123,"name":7,"pushname":["x"],
            "saved":"yes","is_business":1,"status":{"text":"hi"},"about":"not a field","name2":"n"}],
            "total":1.5,"offset":-1}"#,
        );
        assert_eq!(contact, Contact::new("447700900123".parse().unwrap()));
    }

    #[test]
    fn a_row_without_a_usable_id_keeps_its_place() {
        let rows = rows(
            r#"{"contacts":[{"name":"x"},{"id":null},{"id":" "},7,null,[],"x",true,{"id":"4470"}]}"#,
        );
        let usable: Vec<_> = rows.iter().map(Option::is_some).collect();
        assert_eq!(
            usable,
            [false, false, false, false, false, false, false, false, true]
        );
    }

    #[test]
    fn every_field_of_a_contact() {
        let contact = only(
            r#"{"contacts":[{"profile_pic_full":"f","profile_pic":"p","status":"s","is_business":true,
            "saved":true,"pushname":"q","name":"n","id":"4470"}]}"#,
        );
        let expected = Contact::new("4470".parse().unwrap())
            .with_name("n")
            .with_pushname("q")
            .with_saved(true)
            .with_is_business(true)
            .with_about("s")
            .with_profile_pic("p")
            .with_profile_pic_full("f");
        assert_eq!(contact, expected);
    }

    #[test]
    fn fields_of_newer_answers() {
        let contact = only(
            r#"{"contacts":[{"id":"84958372615243@lid","phone":"447700900101","phonebook":false,
            "saved":true,"username":"ada"}]}"#,
        );
        let expected = Contact::new("84958372615243@lid".parse().unwrap())
            .with_phone("447700900101")
            .with_phonebook(false)
            .with_saved(true)
            .with_username("ada");
        assert_eq!(contact, expected);
        assert_eq!(contact.phone().unwrap().digits(), "447700900101");
        assert_eq!(contact.in_address_book(), Some(false));
    }

    #[test]
    fn what_is_no_number_in_the_field_phone() {
        for phone in [
            r#""84958372615243""#,
            r#""84958372615243@lid""#,
            r#""+84958372615243""#,
            r#""123456""#,
            r#""1234567890123456""#,
            r#""""#,
            "null",
            "{}",
        ] {
            let body = format!(r#"{{"contacts":[{{"id":"84958372615243@lid","phone":{phone}}}]}}"#);
            assert_eq!(only(&body).phone(), None, "{phone}");
        }
    }

    #[test]
    fn a_row_with_a_phone_and_no_id_has_the_phone_for_its_id() {
        for (row, id) in [
            (
                r#"{"phone":"+44 7700 900101","name":"n"}"#,
                Some("447700900101"),
            ),
            (
                r#"{"id":null,"phone":"447700900101@s.whatsapp.net"}"#,
                Some("447700900101"),
            ),
            (r#"{"phone":447700900101}"#, Some("447700900101")),
            (r#"{"phone":"84958372615243@lid"}"#, None),
            (r#"{"phone":"123456"}"#, None),
            (r#"{"phone":""}"#, None),
        ] {
            let mut rows = rows(&format!(r#"{{"contacts":[{row}]}}"#));
            let found = rows.remove(0).map(|row| row.id().as_str().to_owned());
            assert_eq!(found.as_deref(), id, "{row}");
        }
    }

    #[test]
    fn a_contact_by_itself_and_one_without_a_usable_id() {
        for (body, expected) in [
            (r#"{"name":"n","id":"4470"}"#, Some(Some("4470"))),
            (r#"{"id":"","name":"n"}"#, Some(None)),
            (r#"{"name":"n"}"#, None),
        ] {
            let found = match read_document(body.as_bytes()) {
                Ok(Document::Contact(row)) => Some(row.map(|row| row.id().as_str().to_owned())),
                _ => None,
            };
            let expected = expected.map(|id| id.map(str::to_owned));
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn the_message_of_an_error_object() {
        let said = |body: &str| read_error_message(body.as_bytes());
        let error = r#"{"error":{"code":401,"message":"Bad token"}}"#;
        assert_eq!(said(error).as_deref(), Some("Bad token"));
        assert_eq!(said(r#"{"contacts":[]}"#), None);
    }

    #[test]
    fn the_last_of_two_equal_keys_wins() {
        let contact = only(r#"{"contacts":[{"id":"4470","name":"a","name":"b","id":"4471"}]}"#);
        assert_eq!((contact.id().as_str(), contact.name()), ("4471", Some("b")));
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character_and_not_the_page() {
        let contact = only(
            r#"{"contacts":[{"id":"4470","pushname":"a\ud83d b\\ud83d \ud83d\ude00 \udc00"}]}"#,
        );
        assert_eq!(
            contact.pushname(),
            Some("a\u{fffd} b\\ud83d \u{1f600} \u{fffd}")
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_cost_one_character() {
        let mut body = br#"{"contacts":[{"id":"4470","pushname":"a?b"}]}"#.to_vec();
        let at = body.iter().position(|byte| *byte == b'?').unwrap();
        body[at] = 0xff;
        let rows = read_answer(&body).unwrap().rows;
        assert_eq!(rows[0].as_ref().unwrap().pushname(), Some("a\u{fffd}b"));
    }

    #[test]
    fn totals_that_are_no_count_are_no_total() {
        for (total, expected) in [
            ("5", Some(5)),
            ("-5", None),
            ("\"5\"", None),
            ("1e3", None),
            ("null", None),
        ] {
            let body = format!(r#"{{"contacts":[],"total":{total}}}"#);
            assert_eq!(
                read_answer(body.as_bytes()).unwrap().total,
                expected,
                "{total}"
            );
        }
    }

    #[track_caller]
    fn unreadable(body: &str, expected: &str) {
        let found = match read_answer(body.as_bytes()).unwrap_err() {
            Unreadable::Json(_) => "not JSON".to_owned(),
            Unreadable::ApiError(message) => format!("error: {message}"),
            Unreadable::Other => "other".to_owned(),
        };
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn what_is_not_an_answer() {
        unreadable("", "not JSON");
        unreadable("<html>", "not JSON");
        unreadable(r#"{"contacts":[{"id":"44"#, "not JSON");
        unreadable(r#"{"contacts":[{"id":"4470","name":NaN}]}"#, "not JSON");
        unreadable("[]", "other");
        unreadable("{}", "other");
        unreadable("7", "other");
        unreadable(r#"{"id":"4470"}"#, "other");
        unreadable(r#"{"contacts":null,"total":3}"#, "other");
        unreadable(
            r#"{"error":{"code":429,"message":"Too many","details":"wait"}}"#,
            "error: Too many: wait",
        );
        unreadable(r#"{"error":"nope"}"#, "error: nope");
    }

    #[test]
    fn depth_is_passed_over_or_refused_and_never_overflows_the_stack() {
        let nested = |field: &str| {
            let value = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
            format!(r#"{{"contacts":[{{"id":"4470"}}],"{field}":{value}}}"#)
        };
        assert_eq!(rows(&nested("unknown")).len(), 1);
        assert!(matches!(
            read_answer(nested("error").as_bytes()),
            Err(Unreadable::Json(_))
        ));
    }

    #[test]
    fn an_empty_channel_may_leave_the_list_out() {
        assert_eq!(rows(r#"{"count":0,"total":0}"#).len(), 0);
    }
}
