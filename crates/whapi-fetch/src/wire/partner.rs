//! The answer with the channels of an account, of the partner API.
//!
//! Known from documents only, so numbers and flags may be text as well, and times seconds, milliseconds
//! or RFC 3339.

use std::borrow::Cow;

use serde::de::MapAccess;
use whapi_text::parse_rfc_3339;

use super::answer::{Answer, Unreadable, read_text};
use super::lists::{TextOrNumber, seconds};
use super::value::{Any, ErrorField, FromAny, FromFields, pass_over, put, value};
use crate::budget::LONGEST_NAME;
use crate::page::Row;
use crate::partner_channel::PartnerChannel;
use crate::token::Token;

/// Where tokens of the list are from, for messages.
const ORIGIN: &str = "the partner API";
/// The longest token that is kept.
const LONGEST_TOKEN: usize = 16 << 10;

/// Reads an answer to `GET /channels/list`.
pub(crate) fn read_channels(body: &[u8]) -> Result<Answer<PartnerChannel>, Unreadable> {
    read_text(body, |text| {
        let Any(list) = serde_json::from_str::<Any<Option<List>>>(text)?;
        Ok(list.map_or(Err(Unreadable::Other), |list| {
            Answer::of(list.channels, list.error, list.total.0)
        }))
    })
}

#[derive(Default)]
struct List {
    channels: Option<Vec<Row<PartnerChannel>>>,
    total: Number,
    error: Option<String>,
}

impl<'de> FromFields<'de> for List {
    type Fields = Self;

    fn take<A: MapAccess<'de>>(list: &mut Self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "channels" => put(&mut list.channels, map)?,
            "total" => put(&mut list.total, map)?,
            "error" => list.error = Some(map.next_value::<ErrorField>()?.0),
            _ => pass_over(map)?,
        }
        Ok(())
    }

    fn build(list: Self) -> Option<Self> {
        Some(list)
    }
}

/// The fields of a row.
#[derive(Default)]
pub(super) struct ChannelFields {
    id: TextOrNumber,
    name: TextOrNumber,
    phone: TextOrNumber,
    project: TextOrNumber,
    mode: Option<String>,
    api_url: Option<String>,
    token: Option<String>,
    active_till: Time,
    stopped: Flag,
}

impl<'de> FromFields<'de> for PartnerChannel {
    type Fields = ChannelFields;

    fn take<A: MapAccess<'de>>(
        channel: &mut ChannelFields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "id" => put(&mut channel.id, map),
            "name" => put(&mut channel.name, map),
            "phone" => put(&mut channel.phone, map),
            "projectId" => put(&mut channel.project, map),
            "mode" => put(&mut channel.mode, map),
            "apiUrl" => put(&mut channel.api_url, map),
            "token" => {
                channel.token = value(map)?;
                Ok(())
            }
            "activeTill" => put(&mut channel.active_till, map),
            "stopped" => put(&mut channel.stopped, map),
            _ => pass_over(map),
        }
    }

    fn build(fields: ChannelFields) -> Option<PartnerChannel> {
        let mut channel = PartnerChannel::new(&fields.id.0?).ok()?;
        channel.name = filled(fields.name.0);
        channel.phone = filled(fields.phone.0);
        channel.project = filled(fields.project.0);
        channel.mode = filled(fields.mode);
        // Without its address, nothing says where a token may go.
        let has_address = fields.api_url.as_deref().is_none_or(is_short);
        channel.api_url = filled(fields.api_url);
        channel.active_till = fields.active_till.0;
        channel.stopped = fields.stopped.0;
        let token = fields
            .token
            .filter(|token| has_address && token.len() <= LONGEST_TOKEN);
        channel.token = token.and_then(|token| Token::new(token, ORIGIN).ok());
        Some(channel)
    }
}

/// A text that is not blank, and not too long: each is searched for tokens, which takes the square of its
/// length.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty() && is_short(text))
}

fn is_short(text: &str) -> bool {
    text.len() <= LONGEST_NAME
}

/// A number, or one as text.
#[derive(Default)]
struct Number(Option<u64>);

impl<'de> FromAny<'de> for Number {
    fn nothing() -> Self {
        Self::default()
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Self(text.trim().parse().ok())
    }

    fn from_count(count: u64) -> Self {
        Self(Some(count))
    }
}

/// A time in seconds since 1970. A zero counts as none.
#[derive(Default)]
struct Time(Option<i64>);

impl<'de> FromAny<'de> for Time {
    fn nothing() -> Self {
        Self::default()
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(count) => Self::from_count(count),
            Err(_) => Self(parse_rfc_3339(text)),
        }
    }

    fn from_count(count: u64) -> Self {
        Self(seconds(count).filter(|time| *time > 0))
    }
}

/// A flag, also as text or number.
#[derive(Default)]
struct Flag(Option<bool>);

impl<'de> FromAny<'de> for Flag {
    fn nothing() -> Self {
        Self::default()
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Self(match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    fn from_flag(flag: bool) -> Self {
        Self(Some(flag))
    }

    fn from_count(count: u64) -> Self {
        Self(match count {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as text: the id, what is there of the rest, and whether it has a token.
    #[track_caller]
    fn check(row: &str, expected: Option<&str>) {
        let body = format!(r#"{{"channels":[{row}],"total":"1"}}"#);
        let answer = read_channels(body.as_bytes()).unwrap();
        assert_eq!((answer.rows.len(), answer.total), (1, Some(1)));
        let shown = answer.rows[0].as_ref().map(|channel| {
            let texts = [
                &channel.name,
                &channel.phone,
                &channel.project,
                &channel.mode,
                &channel.api_url,
            ];
            let texts = texts.map(|text| text.as_deref().unwrap_or("-"));
            let (till, stopped) = (channel.active_till, channel.stopped);
            let has_token = channel.token.is_some();
            format!(
                "{} {} {till:?} {stopped:?} {has_token}",
                channel.id(),
                texts.join(" ")
            )
        });
        assert_eq!(shown.as_deref(), expected, "{row}");
    }

    #[test]
    fn rows_are_read_leniently() {
        check(
            r#"{"id":"A-1","token":"s3cret","apiUrl":"https://gate.whapi.cloud","name":"Shop",
               "phone":"447700900101","projectId":"p","activeTill":1795628280,"stopped":false,
               "mode":"live","x":{"token":1}}"#,
            Some(
                "A-1 Shop 447700900101 p live https://gate.whapi.cloud Some(1795628280) Some(false) true",
            ),
        );
        check(
            r#"{"id":7,"name":8,"phone":447700900101,"projectId":9,"activeTill":1795628280123,
               "stopped":1,"token":"two words"}"#,
            Some("7 8 447700900101 9 - - Some(1795628280) Some(true) false"),
        );
        check(
            r#"{"id":"A","activeTill":"1795628280000","stopped":"False","mode":[],"token":5}"#,
            Some("A - - - - - Some(1795628280) Some(false) false"),
        );
        check(
            r#"{"id":"A","activeTill":"2026-11-25T18:38:00+01:00","stopped":"no","name":" ","token":""}"#,
            Some("A - - - - - Some(1795628280) None false"),
        );
        check(
            r#"{"id":"A","activeTill":0,"stopped":2,"name":null,"apiUrl":null,"token":null}"#,
            Some("A - - - - - None None false"),
        );
        check(
            r#"{"id":"A","activeTill":1e400,"name":"\ud83d"}"#,
            Some("A \u{fffd} - - - - None None false"),
        );
        for row in [
            "null",
            "7",
            "[]",
            "{}",
            r#"{"id":null}"#,
            r#"{"id":" "}"#,
            r#"{"id":{}}"#,
        ] {
            check(row, None);
        }
        let long = "t".repeat(LONGEST_TOKEN + 1);
        check(
            &format!(r#"{{"id":"A","token":"{long}"}}"#),
            Some("A - - - - - None None false"),
        );
    }

    #[test]
    fn long_texts_are_left_out_and_with_a_long_address_the_token() {
        let most = "n".repeat(LONGEST_NAME);
        check(
            &format!(r#"{{"id":"A","name":"{most}","mode":"{most}n","token":"s3cret"}}"#),
            Some(&format!("A {most} - - - - None None true")),
        );
        check(
            &format!(r#"{{"id":"A","apiUrl":"https://gate.whapi.cloud/{most}","token":"s3cret"}}"#),
            Some("A - - - - - None None false"),
        );
    }

    #[test]
    fn answers_without_a_list() {
        let read = |body: &str| read_channels(body.as_bytes());
        assert!(
            matches!(read(r#"{"error":{"message":"no"}}"#), Err(Unreadable::ApiError(said)) if said == "no")
        );
        assert!(matches!(read(r#"{"contacts":[]}"#), Err(Unreadable::Other)));
        assert!(matches!(read("[]"), Err(Unreadable::Other)));
        assert!(matches!(read("<"), Err(Unreadable::Json(_))));
        let empty = read(r#"{"total":0}"#).unwrap();
        assert_eq!((empty.rows.len(), empty.total), (0, Some(0)));
    }
}
