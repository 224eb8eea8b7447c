//! What a run says at its end: to people, and as JSON.

pub(crate) mod json;
pub(crate) mod text;
