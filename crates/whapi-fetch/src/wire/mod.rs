//! The API's JSON and its conversion into the model. Private to this crate.
//!
//! Reading is lenient where the API's documentation is vague, and strict where a mistake would
//! lose a contact. A field that is missing, null or of another type than documented counts as not
//! given, and so does a number too large for any type; an unknown field is skipped; the last of two
//! equal keys wins. A row without a usable id stays in its place as `None`, so that it is counted.

mod answer;
mod bad;
mod contacts;
mod lids;
mod limits;
mod lists;
mod partner;
mod repair;
mod value;

pub(crate) use answer::{Answer, Unreadable};
pub(crate) use contacts::{Document, read_answer, read_document_noting, read_error_message};
pub(crate) use lids::{Lids, read_id, read_lids};
pub(crate) use limits::read_limits;
pub(crate) use lists::{read_blacklist, read_chats, read_group, read_groups, read_health};
pub(crate) use partner::read_channels;
