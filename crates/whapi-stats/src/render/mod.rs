//! Renders a report as text, JSON or HTML.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod text;
