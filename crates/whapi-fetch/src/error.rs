//! What goes wrong on the way to the contacts.

use std::error::Error as StdError;
use std::fmt;

/// What kind of failure an [`Error`] is: enough for a caller to decide what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting that cannot be: the address, the token's form, a page size out of range.
    Config,
    /// Saved answers that cannot be read or are not what the gate answers.
    Input,
    /// The gate refused the token (401, 403), or knows no such channel (404). Never retried.
    Token,
    /// The channel is not ready: not linked to a phone, stopped, or out of step with it.
    Channel,
    /// A quota is used up: 402, 429 after all retries, or a wait longer than is accepted.
    Quota,
    /// The limit on requests that the caller set is reached.
    RequestLimit,
    /// The gate failed after all retries, or answers in a way that cannot be used.
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
/// Text from the gate may be part of it: show it to people with control characters taken out. The
/// token never is.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    status: Option<u16>,
}

impl Error {
    /// An error without a cause, for sources of contacts that others write.
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

    /// Adds what came of it to the message.
    pub(crate) fn with_outcome(mut self, what: fmt::Arguments<'_>) -> Self {
        self.message = format!("{}; {what}", self.message);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The HTTP status that the Whapi API answered at last; `None` when there was no answer or it was
    /// not about the status.
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
