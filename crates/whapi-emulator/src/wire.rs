//! The JSON of the API.

use serde::{Deserialize, Serialize};

/// Serializes a value as JSON.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("structs of text and numbers always serialize")
}

#[derive(Serialize)]
pub(crate) struct ErrorBody<'a> {
    pub(crate) error: ErrorDetail<'a>,
}

#[derive(Serialize)]
pub(crate) struct ErrorDetail<'a> {
    pub(crate) code: u16,
    pub(crate) message: &'a str,
    pub(crate) details: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Health {
    pub(crate) start_at: u64,
    pub(crate) uptime: u64,
    pub(crate) status: HealthStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<HealthUser>,
}

#[derive(Serialize)]
pub(crate) struct HealthStatus {
    pub(crate) code: u8,
    pub(crate) text: &'static str,
}

#[derive(Serialize)]
pub(crate) struct HealthUser {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
}

/// What a trial has left.
#[derive(Serialize)]
pub(crate) struct Limits {
    pub(crate) messages: u32,
    pub(crate) chats: &'static [&'static str],
    pub(crate) checks: u32,
    pub(crate) requests: u32,
}

#[derive(Serialize)]
pub(crate) struct Success {
    pub(crate) success: bool,
}

#[derive(Serialize)]
pub(crate) struct Lid {
    pub(crate) lid: String,
}

/// The answer to `GET /contacts/ids/{LID}`.
#[derive(Serialize)]
pub(crate) struct Id {
    pub(crate) id: String,
}

#[derive(Deserialize)]
pub(crate) struct NewContact {
    pub(crate) phone: String,
    pub(crate) name: String,
}

#[derive(Deserialize)]
pub(crate) struct NewName {
    pub(crate) name: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chat {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) timestamp: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_message: Option<Message>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Label {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) color: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) from_me: bool,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) chat_id: String,
    pub(crate) timestamp: u64,
    pub(crate) text: MessageText,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct MessageText {
    pub(crate) body: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) timestamp: u64,
    pub(crate) participants: Vec<Participant>,
    pub(crate) participants_count: usize,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Participant {
    pub(crate) id: String,
    pub(crate) rank: &'static str,
}

/// Returns the answer of a list endpoint.
///
/// Rows are text, because a raw row of a person need not be valid JSON.
pub(crate) fn page(
    key: &str,
    rows: impl ExactSizeIterator<Item = String>,
    total: Option<u64>,
    offset: Option<usize>,
) -> String {
    use std::fmt::Write;

    let count = rows.len();
    let mut body = String::with_capacity(96 * count + 64);
    // Writing to a String cannot fail.
    let _ = write!(body, r#"{{"{key}":["#);
    for (index, row) in rows.enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(&row);
    }
    let _ = write!(body, r#"],"count":{count}"#);
    if let Some(total) = total {
        let _ = write!(body, r#","total":{total}"#);
    }
    if let Some(offset) = offset {
        let _ = write!(body, r#","offset":{offset}"#);
    }
    body.push('}');
    body
}
