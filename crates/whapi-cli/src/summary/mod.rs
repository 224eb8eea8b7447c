//! The summary of a run, for people and as JSON.

pub(crate) mod json;
pub(crate) mod text;
