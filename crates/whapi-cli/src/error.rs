//! Errors that end a command without a report.

use whapi_pipeline::{Cancelled, Failure, Outcome};
use whapi_text::with_causes;

use crate::exit;

/// An error that ends a command, with its exit code.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) outcome: Outcome,
    pub(crate) code: u8,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    /// The exports of the run, if they are known.
    pub(crate) exports: Vec<UnwrittenExport>,
}

/// An export that has not written anything.
#[derive(Debug, Clone)]
pub(crate) struct UnwrittenExport {
    pub(crate) format: String,
    pub(crate) destination: String,
}

impl UnwrittenExport {
    pub(crate) fn new(format: impl Into<String>, destination: impl Into<String>) -> Self {
        Self {
            format: format.into(),
            destination: destination.into(),
        }
    }
}

impl CliError {
    fn new(code: u8, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Failed,
            code,
            kind,
            message: message.into(),
            exports: Vec::new(),
        }
    }

    /// The arguments or the configuration are invalid.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, "config", message)
    }

    /// An input file cannot be read.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self {
            kind: "input",
            ..Self::usage(message)
        }
    }

    /// A destination cannot be written.
    pub(crate) fn destination(message: impl Into<String>) -> Self {
        let kind = whapi_export::ErrorKind::Destination.as_str();
        Self::new(exit::EXPORTER, kind, message)
    }

    /// Standard output cannot be written.
    pub(crate) fn stdout(error: &std::io::Error) -> Self {
        Self::unexpected(format!("could not write to standard output: {error}"))
    }

    /// An exporter or its output failed.
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn exporter(error: whapi_export::Error) -> Self {
        Self::new(exit::EXPORTER, error.kind().as_str(), with_causes(&error))
    }

    /// A sign-in failed, or its options are invalid.
    #[cfg(feature = "sheets")]
    pub(crate) fn sign_in(error: whapi_export::Error) -> Self {
        match error.kind() {
            whapi_export::ErrorKind::Config => error.into(),
            _ => Self::exporter(error),
        }
    }

    /// A signal cancelled the command before the run.
    pub(crate) fn cancelled(by: Cancelled) -> Self {
        Self {
            outcome: Outcome::Cancelled(by),
            ..Self::new(exit::of_cancel(by), "cancelled", "cancelled")
        }
    }

    pub(crate) fn unexpected(message: impl Into<String>) -> Self {
        Self::new(exit::UNEXPECTED, "unexpected", message)
    }
}

impl From<whapi_fetch::Error> for CliError {
    fn from(error: whapi_fetch::Error) -> Self {
        let code = exit::of_source(error.kind());
        Self::new(code, error.kind().as_str(), with_causes(&error))
    }
}

/// The failure of a forecast.
impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        let code = exit::of_stage(&failure.stage);
        Self::new(code, failure.kind(), failure.to_string())
    }
}

impl From<whapi_export::Error> for CliError {
    fn from(error: whapi_export::Error) -> Self {
        Self::usage(with_causes(&error))
    }
}
