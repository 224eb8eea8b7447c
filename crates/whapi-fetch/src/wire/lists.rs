//! Answers with chats, groups, blocked ids and the channel's state.
//!
//! Read as leniently as contacts. Fields that are not kept, such as a chat's last message, are
//! skipped without being built.

use std::borrow::Cow;

use serde::de::MapAccess;
use whapi_model::{Chat, ChatKind, ContactId, Group, Label, Participant, Rank};

use super::answer::{Answer, Unreadable, read_text};
use super::value::{Any, ErrorField, FromAny, FromFields, pass_over, put, value};
use crate::page::Row;

/// Reads an answer to `GET /chats`.
pub(crate) fn read_chats(body: &[u8]) -> Result<Answer<Chat>, Unreadable> {
    read_list(body, |lists| lists.chats.take())
}

/// Reads an answer to `GET /groups`.
pub(crate) fn read_groups(body: &[u8]) -> Result<Answer<Group>, Unreadable> {
    read_list(body, |lists| lists.groups.take())
}

/// Reads an answer to `GET /groups/{id}`. `None` when it is JSON and holds no group.
pub(crate) fn read_group(body: &[u8]) -> Result<Option<Group>, Unreadable> {
    read_text(body, |text| {
        let Any(group) = serde_json::from_str(text)?;
        Ok(Ok(group))
    })
}

/// Reads an answer to `GET /blacklist`: a list of ids. An entry that is none is `None`.
pub(crate) fn read_blacklist(body: &[u8]) -> Result<Vec<Option<ContactId>>, Unreadable> {
    read_text(body, |text| {
        let Any(ids) = serde_json::from_str::<Any<Option<_>>>(text)?;
        Ok(ids.ok_or(Unreadable::Other))
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
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).map(Ok);
    let Ok(value) = read_text(body, read) else {
        return Health::default();
    };
    let text =
        |object: &str, field: &str| Some(value.get(object)?.get(field)?.as_str()?.to_owned());
    Health {
        state: text("status", "text"),
        account: text("user", "id").and_then(|id| ContactId::parse(&id).ok()),
    }
}

fn read_list<T>(
    body: &[u8],
    rows: fn(&mut Lists) -> Option<Vec<Row<T>>>,
) -> Result<Answer<T>, Unreadable> {
    read_text(body, |text| {
        let Any(lists) = serde_json::from_str::<Any<Option<Lists>>>(text)?;
        let Some(mut lists) = lists else {
            return Ok(Err(Unreadable::Other));
        };
        Ok(Answer::of(rows(&mut lists), lists.error, lists.total))
    })
}

/// Every field that an answer with a list has.
#[derive(Default)]
struct Lists {
    chats: Option<Vec<Row<Chat>>>,
    groups: Option<Vec<Row<Group>>>,
    total: Option<u64>,
    error: Option<String>,
}

impl<'de> FromFields<'de> for Lists {
    type Fields = Self;

    fn take<A: MapAccess<'de>>(lists: &mut Self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "chats" => put(&mut lists.chats, map)?,
            "groups" => put(&mut lists.groups, map)?,
            "total" => put(&mut lists.total, map)?,
            "error" => lists.error = Some(map.next_value::<ErrorField>()?.0),
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(lists: Self) -> Option<Self> {
        Some(lists)
    }
}

#[derive(Default)]
pub(super) struct ChatFields {
    id: Option<ContactId>,
    kind: Option<ChatKind>,
    last_activity: Option<i64>,
    labels: Option<Vec<Option<Label>>>,
}

impl<'de> FromFields<'de> for Chat {
    type Fields = ChatFields;

    fn take<A: MapAccess<'de>>(
        chat: &mut ChatFields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut chat.id, map)?,
            "type" => chat.kind = text(map)?.as_deref().map(chat_kind),
            "timestamp" => {
                let time: Option<u64> = value(map)?;
                chat.last_activity = time.and_then(seconds);
            }
            "labels" => put(&mut chat.labels, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(fields: ChatFields) -> Option<Chat> {
        let mut chat = Chat::new(fields.id?, fields.kind.unwrap_or(ChatKind::Unknown));
        chat.last_activity = fields.last_activity;
        chat.labels = fields.labels.into_iter().flatten().flatten().collect();
        Some(chat)
    }
}

/// Converts a time to seconds since 1970. Some answers have milliseconds or microseconds.
pub(super) fn seconds(time: u64) -> Option<i64> {
    // Of seconds, 10^11 is the year 5138; of milliseconds, 10^14 is the same.
    let seconds = match time {
        0..=100_000_000_000 => time,
        100_000_000_001..=100_000_000_000_000 => time / 1_000,
        _ => time / 1_000_000,
    };
    i64::try_from(seconds).ok()
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
pub(super) struct LabelFields {
    id: TextOrNumber,
    name: Option<String>,
}

impl<'de> FromFields<'de> for Label {
    type Fields = LabelFields;

    fn take<A: MapAccess<'de>>(
        label: &mut LabelFields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut label.id, map)?,
            "name" => put(&mut label.name, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    /// A label without a name is called by its id, and the other way round.
    fn build(fields: LabelFields) -> Option<Label> {
        let id = fields.id.0.or_else(|| fields.name.clone())?;
        let name = fields.name.unwrap_or_else(|| id.clone());
        Some(Label::new(id, name))
    }
}

#[derive(Default)]
pub(super) struct GroupFields {
    id: Option<ContactId>,
    name: Option<String>,
    participants: Option<Vec<Option<Participant>>>,
    participants_count: Option<u64>,
}

impl<'de> FromFields<'de> for Group {
    type Fields = GroupFields;

    fn take<A: MapAccess<'de>>(
        group: &mut GroupFields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut group.id, map)?,
            "name" => put(&mut group.name, map)?,
            "participants" => put(&mut group.participants, map)?,
            "participants_count" => put(&mut group.participants_count, map)?,
            _ => pass_over(map)?,
        }
        Ok(())
    }

    /// A group without a list of participants, or with one whose id is unusable, does not list
    /// everyone: its count is one more than its participants.
    fn build(fields: GroupFields) -> Option<Group> {
        let mut group = Group::new(fields.id?);
        group.name = fields.name;
        let rows = fields.participants.as_ref().map_or(1, Vec::len) as u64;
        let participants = fields.participants.into_iter().flatten();
        group.participants = participants.flatten().collect();
        let unusable = rows - group.participants.len() as u64;
        group.participants_count = match fields.participants_count {
            None if unusable == 0 => None,
            None => Some(rows),
            Some(count) => Some(count.max(rows)),
        };
        Some(group)
    }
}

#[derive(Default)]
pub(super) struct ParticipantFields {
    id: Option<ContactId>,
    rank: Option<Rank>,
}

impl<'de> FromFields<'de> for Participant {
    type Fields = ParticipantFields;

    fn take<A: MapAccess<'de>>(
        participant: &mut ParticipantFields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut participant.id, map)?,
            "rank" => participant.rank = text(map)?.as_deref().map(rank),
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(fields: ParticipantFields) -> Option<Participant> {
        let rank = fields.rank.unwrap_or(Rank::Member);
        Some(Participant::new(fields.id?, rank))
    }
}

fn rank(rank: &str) -> Rank {
    match rank {
        "admin" => Rank::Admin,
        "creator" => Rank::Creator,
        _ => Rank::Member,
    }
}

/// A text, or the digits of a number in its place.
#[derive(Default)]
pub(super) struct TextOrNumber(pub(super) Option<String>);

impl<'de> FromAny<'de> for TextOrNumber {
    fn nothing() -> Self {
        Self(None)
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Self(Some(text.into_owned()))
    }

    fn from_count(count: u64) -> Self {
        Self(Some(count.to_string()))
    }
}

fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    value(map)
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
    fn numbers_too_large_for_any_type_are_passed_over() {
        let row = r#""id":"447700900101@s.whatsapp.net","type":"contact""#;
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        for fields in [
            r#""mute_until":18446744073709551616"#,
            r#""mute_until":1e400,"unread":-1E+400"#,
            r#""timestamp":18446744073709551616"#,
            r#""timestamp":1e400"#,
            r#""timestamp":-1e400,"labels":1e400"#,
        ] {
            let body = format!(r#"{{"chats":[{{{row},{fields}}}],"total":1}}"#);
            let answer = read_chats(body.as_bytes()).unwrap();
            assert_eq!(answer.rows, [Some(chat.clone())], "{fields}");
            assert_eq!(answer.total, Some(1), "{fields}");
        }
        let body = format!(r#"{{"chats":[{{{row},"timestamp":7}}],"total":1e400}}"#);
        let answer = read_chats(body.as_bytes()).unwrap();
        chat.last_activity = Some(7);
        assert_eq!((answer.rows, answer.total), (vec![Some(chat)], None));

        let body = br#"{"id":"1@g.us","participants":[],"participants_count":1e400}"#;
        let group = read_group(body).unwrap().unwrap();
        assert_eq!(group.participants_count, None);
    }

    #[test]
    fn times_in_smaller_units_become_seconds() {
        for (time, expected) in [
            (0, Some(0)),
            (1_767_225_600, Some(1_767_225_600)),
            (100_000_000_000, Some(100_000_000_000)),
            (1_767_225_600_123, Some(1_767_225_600)),
            (1_767_225_600_123_456, Some(1_767_225_600)),
            (u64::MAX, Some(18_446_744_073_709)),
        ] {
            assert_eq!(seconds(time), expected, "{time}");
        }
    }

    #[test]
    fn groups_count_participants_without_an_id() {
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
        assert!(matches!(said, Err(Unreadable::ApiError(said)) if said == "no"));
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
        let odd =
            br#"{"start_at":1e400,"status":{"text":"QR"},"user":{"id":"1@lid","name":"\ud83d"}}"#;
        let health = read_health(odd);
        assert_eq!(health.state.as_deref(), Some("QR"));
        assert_eq!(health.account, Some(id("1@lid")));
        assert_eq!(read_health(b"[]"), Health::default());
        assert_eq!(read_health(b"<"), Health::default());
    }
}
