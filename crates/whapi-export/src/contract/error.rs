//! What goes wrong in an exporter.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::PartialOutput;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure an [`Error`] is: enough for a caller to decide what to do.
///
/// ```
/// use whapi_export::{ErrorKind, Registry};
///
/// let error = Registry::new().get("xml").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::UnknownFormat);
/// assert_eq!(error.kind().as_str(), "unknown-format");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or a combination of options that cannot be: the user must change the call.
    Config,
    /// No exporter of that name is registered.
    UnknownFormat,
    /// The destination refused the credentials, or there are none.
    Auth,
    /// The destination's quota is used up, its retries included.
    RateLimited,
    /// The destination could not be written: a full disk, a missing folder, a service that fails.
    Destination,
    /// A contact could not be put into the format at all, which is a bug of the exporter: a
    /// contact that does not fit is skipped and reported instead.
    Encode,
    /// What was asked for is not supported by this exporter.
    Unsupported,
    /// A result without contacts would replace one that has some.
    Protected,
    /// Another program that exports broke the protocol, crashed, or did not answer.
    Program,
}

impl ErrorKind {
    /// The kind's stable kebab-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::UnknownFormat => "unknown-format",
            Self::Auth => "auth",
            Self::RateLimited => "rate-limited",
            Self::Destination => "destination",
            Self::Encode => "encode",
            Self::Unsupported => "unsupported",
            Self::Protected => "protected",
            Self::Program => "program",
        }
    }
}

/// An exporter's failure.
///
/// `Display` is one line without the cause; the cause is in [`source`](StdError::source). The
/// message is a lowercase fragment that reads on its own and after "failed to export: ".
///
/// # Examples
///
/// ```
/// use whapi_export::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Config, "the folder `out` does not exist")
///     .with_context("format", "csv");
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert_eq!(error.to_string(), "the folder `out` does not exist (format `csv`)");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    partial: Option<Box<PartialOutput>>,
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            context: Vec::new(),
            source: None,
            partial: None,
        }
    }

    /// Sets the cause.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds what the error was about: shown behind the message as ``(key `value`)``.
    pub fn with_context(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.context.push((key, value.into()));
        self
    }

    /// Adds a text to the message, after a semicolon.
    ///
    /// ```
    /// use whapi_export::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::Program, "it crashed").with_note("nothing was written");
    /// assert_eq!(error.to_string(), "it crashed; nothing was written");
    /// ```
    pub fn with_note(mut self, note: impl AsRef<str>) -> Self {
        self.message.push_str("; ");
        self.message.push_str(note.as_ref());
        self
    }

    /// Adds the part of the result that is at the destination all the same. Default: none.
    pub fn with_partial(mut self, partial: PartialOutput) -> Self {
        self.partial = Some(Box::new(partial));
        self
    }

    /// What is at the destination although this failed. `None` when nothing is.
    pub fn partial(&self) -> Option<&PartialOutput> {
        self.partial.as_deref()
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same run may succeed later without a change by the user.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (key, value) in &self.context {
            write!(f, " ({key} `{value}`)")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// An I/O failure is one of the destination: it lets exporters use `?` on their writer.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        // `Output` wraps our own errors to get them through `io::Write`; take them out again.
        match error.downcast::<Self>() {
            Ok(ours) => ours,
            Err(error) => {
                Self::new(ErrorKind::Destination, "could not write the output").with_source(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_stands_behind_the_message_and_the_cause_does_not() {
        let error = Error::new(ErrorKind::Destination, "could not write")
            .with_source(io::Error::from(io::ErrorKind::StorageFull))
            .with_context("path", "a.csv")
            .with_context("format", "csv");
        assert_eq!(
            error.to_string(),
            "could not write (path `a.csv`) (format `csv`)"
        );
        assert_eq!(error.source().unwrap().to_string(), "no storage space");
    }

    #[test]
    fn our_own_error_comes_back_out_of_an_io_error() {
        let ours = Error::new(ErrorKind::Config, "no output was named");
        let back = Error::from(io::Error::other(ours));
        assert_eq!(back.kind(), ErrorKind::Config);
        assert_eq!(back.to_string(), "no output was named");
        assert!(back.source().is_none());
    }

    #[test]
    fn a_foreign_io_error_is_one_of_the_destination() {
        let error = Error::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(error.to_string(), "could not write the output");
        assert_eq!(error.source().unwrap().to_string(), "permission denied");
    }

    #[test]
    fn only_a_used_up_quota_may_pass_by_waiting() {
        assert!(Error::new(ErrorKind::RateLimited, "").is_retryable());
        assert!(!Error::new(ErrorKind::Destination, "").is_retryable());
    }

    #[test]
    fn kinds_have_names_in_kebab_case() {
        assert_eq!(ErrorKind::UnknownFormat.as_str(), "unknown-format");
        assert_eq!(ErrorKind::RateLimited.as_str(), "rate-limited");
    }
}
