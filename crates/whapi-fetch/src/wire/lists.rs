//! The gate's other lists: chats, groups, the block list, and the LIDs behind phone numbers.
//!
//! As lenient as the list of contacts, and read without ever building what is not kept: the last
//! message of a chat is passed over where it stands.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use whapi_model::{Chat, ChatKind, ContactId, Group, IdKind, Label, Participant, Rank};

use super::lenient::{ErrorField, Lenient};
use super::{Unreadable, read_text};
use crate::scan::Row;

/// One answer of a list.
#[derive(Debug)]
pub(crate) struct ListAnswer<T> {
    pub(crate) rows: Vec<Row<T>>,
    pub(crate) total: Option<u64>,
}

/// Reads an answer to `GET /chats`.
pub(crate) fn read_chats(body: &[u8]) -> Result<ListAnswer<Chat>, Unreadable> {
    read_list::<ChatRow>(body, |object| object.chats)
}

/// Reads an answer to `GET /groups`.
pub(crate) fn read_groups(body: &[u8]) -> Result<ListAnswer<Group>, Unreadable> {
    read_list::<GroupRow>(body, |object| object.groups)
}

/// Reads an answer to `GET /groups/{id}`. `None` when it is JSON and holds no group.
pub(crate) fn read_group(body: &[u8]) -> Result<Option<Group>, Unreadable> {
    read_text(body, |text| {
        let row: Object<GroupRow> = serde_json::from_str(text)?;
        Ok(Ok(row.0.and_then(Build::build)))
    })
}

/// Reads an answer to `GET /blacklist`: a list of ids. An entry that is none is `None`.
pub(crate) fn read_blacklist(body: &[u8]) -> Result<Vec<Option<ContactId>>, Unreadable> {
    read_text(body, |text| {
        let list: List<Lenient<'_>> = serde_json::from_str(text)?;
        Ok(list
            .0
            .map(|ids| ids.iter().map(Lenient::id).collect())
            .ok_or(Unreadable::Other))
    })
}

/// Reads an answer to `GET /contacts/lids`: pairs of a phone number and a LID. What is no such pair
/// is passed over.
pub(crate) fn read_lids(body: &[u8]) -> Result<Vec<(ContactId, ContactId)>, Unreadable> {
    read_text(body, |text| {
        let lids: Object<Lids> = serde_json::from_str(text)?;
        Ok(lids.0.map(|lids| lids.0).ok_or(Unreadable::Other))
    })
}

/// What `GET /health` says: the name of the channel's state, and the account itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    /// `None` when the answer has an unknown shape.
    pub(crate) state: Option<String>,
    pub(crate) account: Option<ContactId>,
}

pub(crate) fn read_health(body: &[u8]) -> Health {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else {
        return Health::default();
    };
    let text =
        |object: &str, field: &str| Some(value.get(object)?.get(field)?.as_str()?.to_owned());
    Health {
        state: text("status", "text"),
        account: text("user", "id").and_then(|id| ContactId::parse(&id).ok()),
    }
}

fn read_list<B>(
    body: &[u8],
    rows: fn(Lists) -> Option<Vec<Object<B>>>,
) -> Result<ListAnswer<B::Built>, Unreadable>
where
    B: Build,
{
    read_text(body, |text| {
        let object: Object<Lists> = serde_json::from_str(text)?;
        let Some(object) = object.0 else {
            return Ok(Err(Unreadable::Other));
        };
        let (total, error) = (object.total, object.error.clone());
        Ok(match (rows(object), error, total) {
            (Some(rows), ..) => Ok(ListAnswer {
                rows: rows
                    .into_iter()
                    .map(|row| row.0.and_then(Build::build))
                    .collect(),
                total,
            }),
            (None, Some(said), _) => Err(Unreadable::GateError(said)),
            // Every field of an answer is optional by the document; an empty list may be left out.
            (None, None, Some(0)) => Ok(ListAnswer {
                rows: Vec::new(),
                total,
            }),
            (None, None, _) => Err(Unreadable::Other),
        })
    })
}

/// Something that is built from an object field by field. What it does not take is passed over.
trait Take: Default {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// What an object makes in the end; `None` when it has no usable id.
trait Build: Take {
    type Built;

    fn build(self) -> Option<Self::Built>;
}

/// An object; `None` for any other value.
struct Object<T>(Option<T>);

impl<'de, T: Take> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

/// Values of other types, each taken for nothing.
macro_rules! nothing_else {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::nothing())
        })*

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::nothing())
        }
    };
}

impl<T> Object<T> {
    const fn nothing() -> Self {
        Self(None)
    }
}

impl<T> List<T> {
    const fn nothing() -> Self {
        Self(None)
    }
}

impl<'de, T: Take> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<T>, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            object.take(&key, &mut map)?;
        }
        Ok(Object(Some(object)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Object<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object(None))
    }

    nothing_else!(visit_str: &str, visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64);
}

/// A list; `None` for any other value.
struct List<T>(Option<Vec<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element()? {
            list.push(element);
        }
        Ok(List(Some(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List(None))
    }

    nothing_else!(visit_str: &str, visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64);
}

/// Every field that an answer with a list has.
#[derive(Default)]
struct Lists {
    chats: Option<Vec<Object<ChatRow>>>,
    groups: Option<Vec<Object<GroupRow>>>,
    total: Option<u64>,
    error: Option<String>,
}

impl Take for Lists {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "chats" => self.chats = map.next_value::<List<_>>()?.0,
            "groups" => self.groups = map.next_value::<List<_>>()?.0,
            "total" => self.total = map.next_value::<Lenient<'de>>()?.count(),
            "error" => self.error = Some(map.next_value::<ErrorField>()?.0),
            _ => pass_over(map)?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct ChatRow {
    id: Option<ContactId>,
    kind: Option<ChatKind>,
    last_activity: Option<i64>,
    labels: Option<Vec<Object<LabelRow>>>,
}

impl Take for ChatRow {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value::<Lenient<'de>>()?.id(),
            "type" => self.kind = text(map)?.map(|kind| chat_kind(&kind)),
            "timestamp" => {
                let seconds = map.next_value::<Lenient<'de>>()?.count();
                self.last_activity = seconds.and_then(|seconds| i64::try_from(seconds).ok());
            }
            "labels" => self.labels = map.next_value::<List<_>>()?.0,
            _ => pass_over(map)?,
        }
        Ok(())
    }
}

impl Build for ChatRow {
    type Built = Chat;

    fn build(self) -> Option<Chat> {
        let mut chat = Chat::new(self.id?, self.kind.unwrap_or(ChatKind::Unknown));
        chat.last_activity = self.last_activity;
        let labels = self.labels.into_iter().flatten();
        chat.labels = labels
            .filter_map(|label| label.0.and_then(Build::build))
            .collect();
        Some(chat)
    }
}

fn chat_kind(kind: &str) -> ChatKind {
    match kind {
        "contact" => ChatKind::Contact,
        "group" => ChatKind::Group,
        "broadcast" => ChatKind::Broadcast,
        "newsletter" => ChatKind::Newsletter,
        _ => ChatKind::Unknown,
    }
}

#[derive(Default)]
struct LabelRow {
    id: Option<String>,
    name: Option<String>,
}

impl Take for LabelRow {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => {
                self.id = match map.next_value::<Lenient<'de>>()? {
                    Lenient::Text(id) => Some(id.into_owned()),
                    Lenient::Count(id) => Some(id.to_string()),
                    Lenient::Flag(_) | Lenient::Other => None,
                }
            }
            "name" => self.name = text(map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }
}

impl Build for LabelRow {
    type Built = Label;

    /// A label without a name is called by its id, and the other way round.
    fn build(self) -> Option<Label> {
        let id = self.id.or_else(|| self.name.clone())?;
        let name = self.name.unwrap_or_else(|| id.clone());
        Some(Label::new(id, name))
    }
}

#[derive(Default)]
struct GroupRow {
    id: Option<ContactId>,
    name: Option<String>,
    participants: Option<Vec<Object<ParticipantRow>>>,
    participants_count: Option<u64>,
}

impl Take for GroupRow {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value::<Lenient<'de>>()?.id(),
            "name" => self.name = text(map)?,
            "participants" => self.participants = map.next_value::<List<_>>()?.0,
            "participants_count" => {
                self.participants_count = map.next_value::<Lenient<'de>>()?.count();
            }
            _ => pass_over(map)?,
        }
        Ok(())
    }
}

impl Build for GroupRow {
    type Built = Group;

    /// Without a list of participants nobody knows who takes part; one without a usable id is
    /// nobody, but counts as one more than are listed.
    fn build(self) -> Option<Group> {
        let mut group = Group::new(self.id?);
        group.name = self.name;
        let rows = self.participants.as_ref().map_or(1, Vec::len) as u64;
        let rows_of_list = self.participants.into_iter().flatten();
        group.participants = rows_of_list
            .filter_map(|row| row.0.and_then(Build::build))
            .collect();
        let unusable = rows - group.participants.len() as u64;
        group.participants_count = match self.participants_count {
            None if unusable == 0 => None,
            None => Some(rows),
            Some(count) => Some(count.max(rows)),
        };
        Some(group)
    }
}

#[derive(Default)]
struct ParticipantRow {
    id: Option<ContactId>,
    rank: Option<Rank>,
}

impl Take for ParticipantRow {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value::<Lenient<'de>>()?.id(),
            "rank" => self.rank = text(map)?.as_deref().map(rank),
            _ => pass_over(map)?,
        }
        Ok(())
    }
}

impl Build for ParticipantRow {
    type Built = Participant;

    fn build(self) -> Option<Participant> {
        Some(Participant::new(
            self.id?,
            self.rank.unwrap_or(Rank::Member),
        ))
    }
}

fn rank(rank: &str) -> Rank {
    match rank {
        "admin" => Rank::Admin,
        "creator" => Rank::Creator,
        _ => Rank::Member,
    }
}

/// Phone numbers with the LIDs behind them.
#[derive(Default)]
struct Lids(Vec<(ContactId, ContactId)>);

impl Take for Lids {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let lid = map.next_value::<Object<LidField>>()?;
        let phone = ContactId::parse(key).ok().filter(|id| id.phone().is_some());
        let lid = lid.0.and_then(|field| field.0);
        if let (Some(phone), Some(lid)) = (phone, lid) {
            self.0.push((phone, lid));
        }
        Ok(())
    }
}

#[derive(Default)]
struct LidField(Option<ContactId>);

impl Take for LidField {
    /// The domain may be left out, since the field says what it is.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key != "lid" {
            return pass_over(map);
        }
        let lid = match map.next_value::<Lenient<'de>>()? {
            Lenient::Text(lid) if lid.contains('@') => lid.into_owned(),
            Lenient::Text(lid) => format!("{lid}@lid"),
            Lenient::Count(lid) => format!("{lid}@lid"),
            Lenient::Flag(_) | Lenient::Other => return Ok(()),
        };
        let lid = ContactId::parse(&lid).ok();
        self.0 = lid.filter(|id| id.kind() == IdKind::Lid);
        Ok(())
    }
}

fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    Ok(match map.next_value::<Lenient<'de>>()? {
        Lenient::Text(text) => Some(text.into_owned()),
        _ => None,
    })
}

fn pass_over<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    #[test]
    fn chats_keep_what_tells_and_pass_over_messages() {
        let body = br#"{"chats":[
            {"id":"447700900101@s.whatsapp.net","type":"contact","timestamp":1767225600,
             "labels":[{"id":"1","name":"Unpaid","color":"red"},{"id":2},7,{"color":"red"}],
             "last_message":{"id":"m","text":{"body":"secret"}},"name":"x"},
            {"id":"120363000000000001@g.us","type":"group","timestamp":"soon","labels":{}},
            {"id":447700900102,"type":"community","timestamp":-1},
            {"type":"contact"}, null, "x", [1]
        ],"count":7,"total":7,"offset":0}"#;
        let answer = read_chats(body).unwrap();
        assert_eq!(answer.total, Some(7));
        let mut first = Chat::new(id("447700900101"), ChatKind::Contact);
        first.last_activity = Some(1_767_225_600);
        first.labels = vec![Label::new("1", "Unpaid"), Label::new("2", "2")];
        let expected = [
            Some(first),
            Some(Chat::new(id("120363000000000001@g.us"), ChatKind::Group)),
            Some(Chat::new(id("447700900102"), ChatKind::Unknown)),
            None,
            None,
            None,
            None,
        ];
        assert_eq!(answer.rows, expected);
    }

    #[test]
    fn groups_count_those_who_cannot_be_told() {
        let body = br#"{"groups":[
            {"id":"1@g.us","name":"One","participants":[{"id":"447700900101","rank":"admin"},
             {"id":"11112222@lid","rank":"creator"},{"id":"447700900102"}],"participants_count":3},
            {"id":"2@g.us","name":null,"participants":[{"rank":"member"},{"id":"447700900101","rank":1}]},
            {"id":"3@g.us","participants":[],"participants_count":9},
            {"id":"4@g.us"}
        ],"total":4}"#;
        let groups: Vec<Group> = read_groups(body)
            .unwrap()
            .rows
            .into_iter()
            .flatten()
            .collect();
        let ranks: Vec<_> = groups[0].participants.iter().map(|one| one.rank).collect();
        assert_eq!(ranks, [Rank::Admin, Rank::Creator, Rank::Member]);
        assert_eq!(groups[0].name.as_deref(), Some("One"));
        let whole: Vec<_> = groups.iter().map(Group::lists_everyone).collect();
        assert_eq!(whole, [true, false, false, false]);
        let counts: Vec<_> = groups
            .iter()
            .map(|group| group.participants_count)
            .collect();
        assert_eq!(counts, [Some(3), Some(2), Some(9), Some(1)]);

        let one = read_group(br#"{"id":"1@g.us","participants":[{"id":"447700900101"}]}"#);
        assert!(one.unwrap().unwrap().lists_everyone());
        assert_eq!(read_group(b"[]").unwrap(), None);
    }

    #[test]
    fn lids_are_read_from_numbers_to_lids_and_never_the_other_way() {
        let body = br#"{"447700900101":{"lid":"11112222@lid"},"447700900102":{"lid":"33334444"},
            "447700900103":{"lid":55556666},"447700900104":{"lid":null},"447700900105":7,
            "447700900106":{"lid":"447700900106@c.us"},"99998888@lid":{"lid":"11112222@lid"}}"#;
        let found = read_lids(body).unwrap();
        let pairs: Vec<_> = found
            .iter()
            .map(|(phone, lid)| (phone.as_str(), lid.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("447700900101", "11112222@lid"),
                ("447700900102", "33334444@lid"),
                ("447700900103", "55556666@lid")
            ]
        );
        assert!(matches!(read_lids(b"[]"), Err(Unreadable::Other)));
    }

    #[test]
    fn a_block_list_is_a_list_of_ids() {
        let body = br#"["447700900101@s.whatsapp.net", 447700900102, null, ""]"#;
        let expected = [
            Some(id("447700900101")),
            Some(id("447700900102")),
            None,
            None,
        ];
        assert_eq!(read_blacklist(body).unwrap(), expected);
        assert!(matches!(read_blacklist(b"{}"), Err(Unreadable::Other)));
        assert!(matches!(
            read_blacklist(b"<html>"),
            Err(Unreadable::Json(_))
        ));
    }

    #[test]
    fn answers_without_a_list() {
        let said = read_chats(br#"{"error":{"code":500,"message":"no"}}"#);
        assert!(matches!(said, Err(Unreadable::GateError(said)) if said == "no"));
        assert!(matches!(
            read_chats(br#"{"groups":[]}"#),
            Err(Unreadable::Other)
        ));
        assert!(matches!(read_chats(b"7"), Err(Unreadable::Other)));
        assert_eq!(read_chats(br#"{"total":0}"#).unwrap().rows, []);
        let half = br#"{"groups":[{"id":"1@g.us","name":"\ud83d"}]}"#;
        let rows = read_groups(half).unwrap().rows;
        let name = rows[0].as_ref().unwrap().name.as_deref();
        assert_eq!(name, Some("\u{fffd}"));
    }

    #[test]
    fn health_names_the_state_and_the_account() {
        let body = br#"{"status":{"code":4,"text":"AUTH"},"user":{"id":"447700900100"}}"#;
        let health = read_health(body);
        assert_eq!(health.state.as_deref(), Some("AUTH"));
        assert_eq!(health.account, Some(id("447700900100")));
        assert_eq!(read_health(b"[]"), Health::default());
        assert_eq!(read_health(b"<"), Health::default());
    }
}
