//! Errors of fetching.

use std::error::Error as StdError;
use std::fmt;

/// The kind of an [`Error`], for callers that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An invalid setting: the address, the token's form, a page size out of range.
    Config,
    /// Saved answers that cannot be read or are no answers of the API.
    Input,
    /// The API refused the token (401, 403), or knows no such channel (404). Never retried.
    Token,
    /// The channel is not ready: not linked to a phone, stopped, or out of step with it.
    Channel,
    /// A quota is used up: 402, 429 after all retries, or a wait longer than is accepted.
    Quota,
    /// The limit on requests that the caller set is reached.
    RequestLimit,
    /// The API failed after all retries, or its answers cannot be used.
    Api,
}

impl ErrorKind {
    /// The kind's stable kebab-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Input => "input",
            Self::Token => "token",
            Self::Channel => "channel",
            Self::Quota => "quota",
            Self::RequestLimit => "request-limit",
            Self::Api => "gate",
        }
    }
}

/// A failure to fetch.
///
/// `Display` is one line, a lowercase fragment; the cause is in [`source`](StdError::source).
/// It may quote text of the API: remove control characters before showing it in a terminal. It
/// never contains the token.
///
/// # Examples
///
/// ```
/// use whapi_fetch::{Error, ErrorKind, Token};
///
/// let error = Token::new("two words", "the example").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert_eq!(error.status(), None);
///
/// // Of a source outside of this crate.
/// let error = Error::new(ErrorKind::Input, "could not read the list").with_source("no such file");
/// assert_eq!(error.to_string(), "could not read the list");
/// assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no such file");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    status: Option<u16>,
}

impl Error {
    /// Creates an error without a cause, for sources outside of this crate.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            status: None,
        }
    }

    /// Sets the cause.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds the outcome to the message, after a semicolon.
    pub(crate) fn with_outcome(mut self, what: fmt::Arguments<'_>) -> Self {
        self.message = format!("{}; {what}", self.message);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Returns the error's kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the HTTP status of the last answer. `None` without an answer, or for other problems.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
