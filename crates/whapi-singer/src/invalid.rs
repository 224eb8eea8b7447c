//! The error of a file that is none of this tap.

use std::fmt;

/// Why a catalog or a state cannot be used, as a fragment for a message.
///
/// It quotes no value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(String);

impl Invalid {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A text that is not the JSON of `what`. The cause may quote a value and is left out.
    pub(crate) fn json(error: &serde_json::Error, what: &str) -> Self {
        let (line, column) = (error.line(), error.column());
        let why = match error.classify() {
            serde_json::error::Category::Data => format!("is not {what}"),
            _ => "is not valid JSON".to_owned(),
        };
        Self(format!("{why} (line {line}, column {column})"))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}
