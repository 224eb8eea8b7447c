//! The messages of the host.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use whapi_export_jsonl::RecordContact;

/// Every message of the host but `batch`, which is written and read by parts.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum HostMessage {
    Describe { v: u32 },
    Begin(Begin),
    Finish(Finish),
    Abort,
}

/// `begin`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begin {
    pub(crate) v: u32,
    pub(crate) options: BTreeMap<String, String>,
    /// The file or folder to write. `None` for a remote destination and in a dry run.
    pub(crate) staging: Option<PathBuf>,
    /// The number of contacts, estimated.
    pub(crate) expected: Option<u64>,
    pub(crate) dry_run: bool,
    pub(crate) run: RunFacts,
}

/// What is known of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RunFacts {
    /// RFC 3339, in UTC.
    pub(crate) started_at: String,
    pub(crate) source: Option<String>,
    pub(crate) facts: Facts,
}

/// The information that contacts have in a run.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is information of its own"
)]
pub(crate) struct Facts {
    pub(crate) reasons: bool,
    pub(crate) links: bool,
    pub(crate) changes: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) channels: bool,
}

/// `finish`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Finish {
    pub(crate) complete: bool,
    #[serde(default)]
    pub(crate) reasons: Vec<String>,
}

/// `batch`, as a program reads it.
#[derive(Debug, Deserialize)]
pub(crate) struct BatchLine {
    pub(crate) seq: u64,
    pub(crate) contacts: Vec<RecordContact>,
}
