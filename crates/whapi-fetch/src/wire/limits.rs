//! The answer with the limits of a channel.

use serde::de::MapAccess;

use super::answer::{Unreadable, read_text};
use super::value::{Any, FromFields, pass_over, put};
use crate::limits::ChannelLimits;

/// Reads an answer to `GET /limits`, which is an object.
pub(crate) fn read_limits(body: &[u8]) -> Result<ChannelLimits, Unreadable> {
    read_text(body, |text| {
        let Any(limits) = serde_json::from_str::<Any<Option<ChannelLimits>>>(text)?;
        Ok(limits.ok_or(Unreadable::Other))
    })
}

impl<'de> FromFields<'de> for ChannelLimits {
    type Fields = Self;

    fn take<A: MapAccess<'de>>(limits: &mut Self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "requests" => put(&mut limits.requests, map),
            "messages" => put(&mut limits.messages, map),
            "checks" => put(&mut limits.checks, map),
            _ => pass_over(map),
        }
    }

    /// `None` for an object without a single limit.
    fn build(limits: Self) -> Option<Self> {
        (limits != Self::default()).then_some(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<[Option<u64>; 3]>) {
        let read = read_limits(body.as_bytes()).ok();
        let read = read.map(|limits| [limits.requests, limits.messages, limits.checks]);
        assert_eq!(read, expected, "{body}");
    }

    #[test]
    fn limits_are_read_leniently() {
        check(
            r#"{"messages":100,"chats":["1@g.us"],"checks":0,"requests":1000}"#,
            Some([Some(1000), Some(100), Some(0)]),
        );
        check(
            r#"{"requests":7,"messages":"many","checks":null}"#,
            Some([Some(7), None, None]),
        );
        check(
            r#"{"requests":1e400,"messages":-1,"checks":3}"#,
            Some([None, None, Some(3)]),
        );
    }

    #[test]
    fn other_answers_hold_no_limits() {
        for body in [r#"{"error":{"code":500}}"#, "{}", "[]", "1000", "<html>"] {
            check(body, None);
        }
    }
}
