//! The summary of a run, for people and as JSON.

mod failure;
pub(crate) mod json;
pub(crate) mod text;

use whapi_export::whapi_model::ContactId;

pub(crate) use failure::{ErrorJson, failure};

/// The number behind an id with a `+`, or the id if it has none.
pub(crate) fn phone_of(id: &ContactId) -> String {
    match id.phone() {
        Some(phone) => format!("+{}", phone.digits()),
        None => id.as_str().to_owned(),
    }
}
