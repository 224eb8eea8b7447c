//! The first message of a program: what it is.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::list::{list, optional_list};

/// `hello`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// The versions of the protocol that the program speaks.
    #[serde(deserialize_with = "list")]
    pub(crate) v: Vec<u32>,
    /// The name of the format.
    pub(crate) name: String,
    /// The version of the program, for people.
    #[serde(default)]
    pub(crate) version: String,
    /// What the program writes, as a fragment.
    #[serde(default)]
    pub(crate) summary: String,
    pub(crate) output: OutputSpec,
    /// The keys of a record that the program reads. `None`: all.
    #[serde(
        default,
        deserialize_with = "optional_list",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) needs: Option<Vec<String>>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) options: Vec<ProgramOption>,
    /// The most contacts of a batch. `None`: the host decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_batch: Option<NonZeroUsize>,
}

/// Where a program writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputSpec {
    pub(crate) kind: OutputKind,
    /// The extension of a file, without the dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutputKind {
    File,
    Folder,
    Remote,
}

/// An option of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProgramOption {
    pub(crate) key: String,
    /// The form of the value, for help: `on|off`.
    #[serde(default)]
    pub(crate) value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
    #[serde(default)]
    pub(crate) help: String,
}
