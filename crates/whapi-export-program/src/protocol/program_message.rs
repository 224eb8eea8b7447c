//! The messages of a program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use whapi_export::ErrorKind;

use super::Hello;
use super::list::{amounts, list};

/// A message of a program.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ProgramMessage {
    Hello(Hello),
    Ready,
    Ack(Ack),
    Done(Done),
    Error(Failure),
    Status(Status),
    Alive,
}

/// The `type` of a message. The other fields are skipped.
#[derive(Deserialize)]
struct Tagged {
    #[serde(rename = "type")]
    tag: Tag,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tag {
    Hello,
    Ready,
    Ack,
    Done,
    Error,
    Status,
    Alive,
}

impl ProgramMessage {
    /// Parses a line.
    ///
    /// First its `type`, then the fields of that type: serde's own enum with a tag would hold the whole
    /// line as values, unknown fields too, which takes some 16 times as much memory.
    pub(crate) fn parse(line: &[u8]) -> serde_json::Result<Self> {
        let Tagged { tag } = serde_json::from_slice(line)?;
        Ok(match tag {
            Tag::Hello => Self::Hello(serde_json::from_slice(line)?),
            Tag::Ready => Self::Ready,
            Tag::Ack => Self::Ack(serde_json::from_slice(line)?),
            Tag::Done => Self::Done(serde_json::from_slice(line)?),
            Tag::Error => Self::Error(serde_json::from_slice(line)?),
            Tag::Status => Self::Status(serde_json::from_slice(line)?),
            Tag::Alive => Self::Alive,
        })
    }

    /// The `type` of the message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Ready => "ready",
            Self::Ack(_) => "ack",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
            Self::Status(_) => "status",
            Self::Alive => "alive",
        }
    }
}

/// `ack`: what became of one batch.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ack {
    pub(crate) seq: u64,
    pub(crate) written: u64,
    #[serde(default, deserialize_with = "list")]
    pub(crate) skipped: Vec<SkippedContact>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SkippedContact {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) reason: String,
}

/// `done`: the end of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) written: u64,
    #[serde(default)]
    pub(crate) skipped: u64,
    #[serde(default)]
    pub(crate) destination: Option<String>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) warnings: Vec<String>,
    /// What a run would take, by name. In a dry run.
    #[serde(
        default,
        deserialize_with = "amounts",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) forecast: Option<BTreeMap<String, u64>>,
}

/// `status`: a line of progress.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) message: String,
}

/// `error`: why a program cannot go on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailureKind {
    Options,
    Auth,
    Destination,
    Quota,
    Unsupported,
    #[serde(other)]
    Internal,
}

/// The kind that a program reports for an error of an exporter.
impl From<ErrorKind> for FailureKind {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Config | ErrorKind::UnknownFormat => Self::Options,
            ErrorKind::Auth => Self::Auth,
            ErrorKind::Destination | ErrorKind::Protected => Self::Destination,
            ErrorKind::RateLimited => Self::Quota,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => Self::Internal,
        }
    }
}

/// The kind of the host's error for one that a program reports.
impl From<FailureKind> for ErrorKind {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Options => Self::Config,
            FailureKind::Auth => Self::Auth,
            FailureKind::Destination => Self::Destination,
            FailureKind::Quota => Self::RateLimited,
            FailureKind::Unsupported => Self::Unsupported,
            FailureKind::Internal => Self::Program,
        }
    }
}
