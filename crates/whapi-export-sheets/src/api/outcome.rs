//! The result of a call of google-sheets4, with what its error leaves out.

use std::time::SystemTime;

use google_sheets4::common::{self, Delegate, Retry};
use serde_json::Value;
use tokio::time::error::Elapsed;
use whapi_export::{Error, ErrorKind};

use super::failure::{ApiFailure, ErrorContext, classify_status};
use super::http::retry_after;

/// Records what the error of google-sheets4 leaves out.
#[derive(Debug, Default)]
pub(super) struct FailureRecorder {
    status: Option<u16>,
    retry_after: Option<String>,
    body: Option<Value>,
}

impl FailureRecorder {
    /// Converts the result of a call of google-sheets4.
    pub(super) fn outcome<T>(
        &self,
        answer: Result<google_sheets4::Result<T>, Elapsed>,
        context: &ErrorContext,
        now: SystemTime,
    ) -> Result<T, ApiFailure> {
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_) => {
                return Err(ApiFailure::interrupted(
                    "Google Sheets did not answer in time",
                ));
            }
        };
        if let Some(status) = self.status {
            return Err(classify_status(
                status,
                self.body.as_ref(),
                self.retry_after.as_deref(),
                now,
                context,
            ));
        }
        // The text of an answer that was cut off could be contacts, so it is not quoted.
        Err(match error {
            google_sheets4::Error::HttpError(_) => {
                ApiFailure::interrupted("the connection to Google Sheets failed")
            }
            google_sheets4::Error::JsonDecodeError(..) | google_sheets4::Error::Io(_) => {
                ApiFailure::interrupted("Google Sheets sent an invalid answer")
            }
            _ => ApiFailure::fatal(Error::new(
                ErrorKind::Destination,
                "could not send a request to Google Sheets",
            )),
        })
    }
}

impl Delegate for FailureRecorder {
    fn http_failure(&mut self, response: &common::Response, body: Option<&Value>) -> Retry {
        self.status = Some(response.status().as_u16());
        self.retry_after = retry_after(response.headers());
        self.body = body.cloned();
        Retry::Abort
    }
}
