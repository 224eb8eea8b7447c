//! Answers about LIDs.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};
use whapi_model::{ContactId, IdKind};

use super::answer::{Unreadable, read_text};
use super::lists::TextOrNumber;
use super::value::{Any, FromAny, FromFields, pass_over, put, value};

/// The answer to `GET /contacts/lids`: a field for each phone number.
#[derive(Debug, Default)]
pub(crate) struct Lids {
    pub(crate) pairs: Vec<(ContactId, ContactId)>,
    /// Fields that are no phone number with a LID, and no phone number without one.
    pub(crate) odd: u64,
}

/// Reads an answer to `GET /contacts/lids`.
pub(crate) fn read_lids(body: &[u8]) -> Result<Lids, Unreadable> {
    read_text(body, |text| {
        let Any(lids) = serde_json::from_str::<Any<Option<Lids>>>(text)?;
        Ok(lids.ok_or(Unreadable::Other))
    })
}

/// Reads an answer to `GET /contacts/ids/{LID}`. `None` when it is JSON and holds no id.
pub(crate) fn read_id(body: &[u8]) -> Result<Option<ContactId>, Unreadable> {
    read_text(body, |text| {
        let Any(found) = serde_json::from_str::<Any<Option<Id>>>(text)?;
        Ok(Ok(found.map(|Id(id)| id)))
    })
}

impl<'de> FromFields<'de> for Lids {
    type Fields = Self;

    fn take<A: MapAccess<'de>>(lids: &mut Self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let entry: Entry = value(map)?;
        let phone = ContactId::parse(name).ok();
        let phone = phone.filter(|id| id.kind() == IdKind::Phone);
        match (phone, entry) {
            (Some(phone), Entry::Lid(lid)) => lids.pairs.push((phone, lid)),
            (Some(_), Entry::Empty) => {}
            _ => lids.odd += 1,
        }
        Ok(())
    }

    fn build(lids: Self) -> Option<Self> {
        Some(lids)
    }
}

/// The value of a phone number's field.
enum Entry {
    Lid(ContactId),
    /// Nothing, or an object without a LID: the number has none.
    Empty,
    Odd,
}

impl<'de> FromAny<'de> for Entry {
    fn nothing() -> Self {
        Self::Empty
    }

    fn from_text(_: Cow<'de, str>) -> Self {
        Self::Odd
    }

    fn from_flag(_: bool) -> Self {
        Self::Odd
    }

    fn from_count(_: u64) -> Self {
        Self::Odd
    }

    fn from_object<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        let lid = Option::<LidField>::from_object(map)?;
        Ok(lid.map_or(Self::Odd, |LidField(entry)| entry))
    }

    fn from_list<A: serde::de::SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Odd)
    }
}

/// The field `lid` of an object. The domain may be left out, since the field says what it is.
struct LidField(Entry);

impl<'de> FromFields<'de> for LidField {
    type Fields = TextOrNumber;

    fn take<A: MapAccess<'de>>(
        lid: &mut TextOrNumber,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "lid" => put(lid, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(lid: TextOrNumber) -> Option<Self> {
        let Some(mut lid) = lid.0.filter(|lid| !lid.is_empty()) else {
            return Some(Self(Entry::Empty));
        };
        if !lid.contains('@') {
            lid.push_str("@lid");
        }
        let id = ContactId::parse(&lid).ok()?;
        (id.kind() == IdKind::Lid).then_some(Self(Entry::Lid(id)))
    }
}

/// An object with the field `id`.
struct Id(ContactId);

impl<'de> FromFields<'de> for Id {
    type Fields = Option<ContactId>;

    fn take<A: MapAccess<'de>>(
        id: &mut Option<ContactId>,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(id, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(id: Option<ContactId>) -> Option<Self> {
        id.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    #[test]
    fn lids_are_read_from_numbers_to_lids_and_never_the_other_way() {
        let body = br#"{"447700900101":{"lid":"84958372615243@lid"},
            "447700900102@s.whatsapp.net":{"lid":"84958372615244"},
            "447700900103":{"lid":84958372615245}, "447700900104":{"lid":null},
            "447700900105":{}, "447700900106":null, "447700900107":{"lid":""}}"#;
        let found = read_lids(body).unwrap();
        let pairs = [
            ("447700900101", "84958372615243@lid"),
            ("447700900102", "84958372615244@lid"),
            ("447700900103", "84958372615245@lid"),
        ];
        assert_eq!(found.pairs, pairs.map(|(phone, lid)| (id(phone), id(lid))));
        assert_eq!(found.odd, 0);
    }

    #[test]
    fn entries_of_another_shape_are_counted() {
        for entry in [
            r#""84958372615243@lid":{"lid":"447700900101"}"#,
            r#""447700900101":"84958372615243@lid""#,
            r#""447700900101":["84958372615243@lid"]"#,
            r#""447700900101":84958372615243"#,
            r#""447700900101":true"#,
            r#""447700900101":{"lid":"447700900102@s.whatsapp.net"}"#,
            r#""lids":{"447700900101":{"lid":"84958372615243@lid"}}"#,
        ] {
            let body = format!("{{{entry},\"447700900109\":{{\"lid\":\"1@lid\"}}}}");
            let found = read_lids(body.as_bytes()).unwrap();
            assert_eq!(found.odd, 1, "{entry}");
            assert_eq!(found.pairs, [(id("447700900109"), id("1@lid"))], "{entry}");
        }
        assert!(matches!(read_lids(b"[]"), Err(Unreadable::Other)));
    }

    #[test]
    fn the_id_of_a_lid_is_read() {
        let read = |body: &str| read_id(body.as_bytes()).unwrap();
        assert_eq!(
            read(r#"{"id":"447700900101@s.whatsapp.net"}"#),
            Some(id("447700900101"))
        );
        assert_eq!(read(r#"{"id":447700900101}"#), Some(id("447700900101")));
        for body in [
            r#"{"id":null}"#,
            r#"{"id":["447700900101"]}"#,
            "{}",
            "[]",
            "7",
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
