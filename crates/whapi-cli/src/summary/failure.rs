//! An error as JSON.

use serde::Serialize;
use whapi_pipeline::{Failure, Outcome};

use crate::console;
use crate::error::CliError;

/// The error that ended a command.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorJson {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl ErrorJson {
    pub(crate) fn of_failure(failure: &Failure) -> Self {
        Self {
            kind: failure.kind(),
            message: failure.to_string(),
        }
    }

    /// `None` for a command that was cancelled.
    pub(crate) fn of(ended_by: &CliError) -> Option<Self> {
        (ended_by.outcome == Outcome::Failed).then(|| Self {
            kind: ended_by.kind,
            message: ended_by.message.clone(),
        })
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    error: Option<ErrorJson>,
}

/// Describes the end of a command that is no run: it has no contacts to count.
pub(crate) fn failure(ended_by: &CliError) -> String {
    console::json(&Summary {
        schema: 1,
        outcome: ended_by.outcome.as_str(),
        exit_code: ended_by.code,
        error: ErrorJson::of(ended_by),
    })
}
