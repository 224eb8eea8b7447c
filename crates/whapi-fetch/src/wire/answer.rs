//! Answers: a list, an error object, or an unreadable text.

use whapi_model::Contact;

use super::bad::BadJson;
use super::repair::repair;
use crate::page::Row;

/// An answer with a list, of contacts unless it says otherwise.
#[derive(Debug)]
pub(crate) struct Answer<T = Contact> {
    pub(crate) rows: Vec<Row<T>>,
    pub(crate) total: Option<u64>,
}

impl<T> Answer<T> {
    /// From the fields that an answer with a list may have.
    pub(super) fn of(
        rows: Option<Vec<Row<T>>>,
        error: Option<String>,
        total: Option<u64>,
    ) -> Result<Self, Unreadable> {
        match (rows, error, total) {
            (Some(rows), ..) => Ok(Self { rows, total }),
            (None, Some(message), _) => Err(Unreadable::ApiError(message)),
            // Every field of an answer is optional by the document; an empty list may be left out.
            (None, None, Some(0)) => Ok(Self {
                rows: Vec::new(),
                total,
            }),
            (None, None, _) => Err(Unreadable::Other),
        }
    }
}

/// Why a text is not the expected answer.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Not JSON at all, or not with the types that an answer has.
    Json(BadJson),
    /// The API's error object, with its message.
    ApiError(String),
    /// JSON, but neither an answer nor a contact.
    Other,
}

/// Parses a body as it is, or else as far as it can be [repaired](repair()).
///
/// The outer error of `parse` is about the JSON, the inner one about what it says.
pub(super) fn read_text<T>(
    body: &[u8],
    parse: impl Fn(&str) -> serde_json::Result<Result<T, Unreadable>>,
) -> Result<T, Unreadable> {
    read_text_noting(body, parse, || ())
}

/// Like [`read_text`], and calls `invalid` for a body that is not UTF-8.
pub(super) fn read_text_noting<T>(
    body: &[u8],
    parse: impl Fn(&str) -> serde_json::Result<Result<T, Unreadable>>,
    invalid: impl FnOnce(),
) -> Result<T, Unreadable> {
    let error = match simdutf8::basic::from_utf8(body).map(&parse) {
        Ok(Ok(read)) => return read,
        Ok(Err(error)) => Some(error),
        Err(_) => {
            invalid();
            None
        }
    };
    // Names may contain half a surrogate pair, as a JSON escape, and numbers be too large for any type.
    let repaired = repair(body).map(|repaired| parse(&repaired));
    match (repaired, error) {
        (Some(Ok(read)), _) => read,
        (_, Some(error)) | (Some(Err(error)), None) => Err(Unreadable::Json(error.into())),
        (None, None) => Err(Unreadable::Other),
    }
}
