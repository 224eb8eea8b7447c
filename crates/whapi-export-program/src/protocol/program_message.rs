//! The messages of a program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use whapi_export::ErrorKind;

use super::Hello;

/// A message of a program.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ProgramMessage {
    Hello(Hello),
    Ready,
    Ack(Ack),
    Done(Done),
    Error(Failure),
    Status { message: String },
    Alive,
}

impl ProgramMessage {
    /// The `type` of the message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Ready => "ready",
            Self::Ack(_) => "ack",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
            Self::Status { .. } => "status",
            Self::Alive => "alive",
        }
    }
}

/// `ack`: what became of one batch.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ack {
    pub(crate) seq: u64,
    pub(crate) written: u64,
    #[serde(default)]
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
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    /// What a run would take, by name. In a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forecast: Option<BTreeMap<String, u64>>,
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
