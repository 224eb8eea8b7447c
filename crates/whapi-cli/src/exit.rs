//! The exit codes.
//!
//! They are part of the contract of the command line: none changes its meaning.
//!
//! ```
//! use whapi_cli::exit;
//!
//! assert_eq!((exit::COMPLETE, exit::INCOMPLETE, exit::QUOTA), (0, 3, 6));
//! ```

use whapi_fetch::ErrorKind;
use whapi_pipeline::{Cancelled, Failure, Outcome, RunReport, Stage};

/// All contacts were read, and every output is written.
pub const COMPLETE: u8 = 0;
/// An unexpected error, probably a bug.
pub const UNEXPECTED: u8 = 1;
/// The arguments or the configuration are invalid, or an input file cannot be read.
pub const USAGE: u8 = 2;
/// Every output is written, but contacts may be missing.
pub const INCOMPLETE: u8 = 3;
/// The API refused the token, or the channel is not ready.
pub const TOKEN: u8 = 4;
/// The API failed after all retries, or its answers cannot be used.
pub const API: u8 = 5;
/// The quota of the API or the limit of `--max-requests` is reached.
pub const QUOTA: u8 = 6;
/// An exporter failed, or the sign-in at its service.
pub const EXPORTER: u8 = 7;
/// A run without contacts would replace a result that has some. Nothing is replaced.
pub const PROTECTED: u8 = 8;
/// SIGINT (Ctrl-C).
pub const INTERRUPTED: u8 = 130;
/// SIGTERM.
pub const TERMINATED: u8 = 143;

/// What a code means, for help and manual pages.
///
/// # Panics
///
/// For a number that is no exit code.
pub(crate) fn meaning(code: u8) -> &'static str {
    match code {
        COMPLETE => "complete",
        UNEXPECTED => "unexpected error",
        USAGE => "arguments, configuration or input file invalid",
        INCOMPLETE => "written, but contacts may be missing",
        TOKEN => "token refused, or channel not ready",
        API => "the Whapi API failed after all retries",
        QUOTA => "quota or --max-requests reached",
        EXPORTER => "an output or its service failed",
        PROTECTED => "refused, to protect a result that has contacts",
        INTERRUPTED => "interrupted by Ctrl-C",
        TERMINATED => "ended by SIGTERM",
        code => panic!("{code} is no exit code"),
    }
}

pub(crate) fn of_report(report: &RunReport) -> u8 {
    of_outcome(report.outcome, report.failure.as_ref())
}

pub(crate) fn of_outcome(outcome: Outcome, failure: Option<&Failure>) -> u8 {
    match outcome {
        Outcome::Complete => COMPLETE,
        Outcome::Incomplete => INCOMPLETE,
        Outcome::Cancelled(by) => of_cancel(by),
        Outcome::Failed => match failure {
            Some(failure) => of_stage(&failure.stage),
            None => UNEXPECTED,
        },
        _ => UNEXPECTED,
    }
}

pub(crate) fn of_stage(stage: &Stage) -> u8 {
    match stage {
        Stage::Source(kind) => of_source(*kind),
        Stage::Export {
            kind: whapi_export::ErrorKind::Protected,
            ..
        } => PROTECTED,
        Stage::Export { .. } => EXPORTER,
        _ => UNEXPECTED,
    }
}

pub(crate) fn of_source(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Config | ErrorKind::Input => USAGE,
        ErrorKind::Token | ErrorKind::Channel => TOKEN,
        ErrorKind::Quota | ErrorKind::RequestLimit => QUOTA,
        ErrorKind::Api => API,
        _ => UNEXPECTED,
    }
}

pub(crate) fn of_cancel(by: Cancelled) -> u8 {
    match by {
        Cancelled::Interrupt => INTERRUPTED,
        Cancelled::Terminate => TERMINATED,
        _ => UNEXPECTED,
    }
}
