//! The ways to show a report.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod text;
