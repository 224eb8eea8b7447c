//! The gate's JSON, and how it becomes the model. Private: nobody else depends on it.
//!
//! Reading is lenient where the gate's documentation is loose and strict where a mistake would
//! lose somebody. A field that is missing, null or of another type than documented counts as not
//! given; an unknown field is passed over; the last of two equal keys wins. A row without a usable
//! id stays in its place as `None`, so that it is counted.

mod answer;
mod bad;
mod contacts;
mod lists;
mod repair;
mod value;

pub(crate) use answer::{Answer, Unreadable};
pub(crate) use contacts::{Document, read_answer, read_document, read_error_message};
pub(crate) use lists::{
    read_blacklist, read_chats, read_group, read_groups, read_health, read_lids,
};
