//! The configuration: `config.toml`, with the channels and where their tokens are.
//!
//! `file.rs` finds and reads the file, `parse.rs` checks it key by key. `saved.rs` writes and removes
//! the channels of `login`, and `listed.rs` writes those of the partner API, by `edit.rs`, which keeps the
//! rest of the text as it is.
//!
//! No message repeats a value, because a value may be a token in the wrong place.

mod channel;
mod edit;
mod exporter;
mod fault;
mod file;
mod listed;
mod names;
mod parse;
mod saved;

pub(crate) use channel::{Channel, ChannelName, TokenPlace};
#[cfg(feature = "program")]
pub(crate) use exporter::ExporterProgram;
pub(crate) use fault::{did_you_mean, quoted_key};
pub(crate) use file::{Config, ConfigFile, no_folder};
pub(crate) use listed::{
    Action, ListedAccess, ListedChannel, SavedChannel, SavedList, save_listed,
};
pub(crate) use saved::{check_of_login, delete, save};
