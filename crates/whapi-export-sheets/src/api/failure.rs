//! Failed requests: what they mean, and whether a retry may help.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use whapi_export::{Error, ErrorKind};
use whapi_http::parse_retry_after;

use super::secret::{Secret, quote};

/// A failed request.
#[derive(Debug)]
pub(crate) struct ApiFailure {
    pub(crate) error: Error,
    /// Whether a retry may help.
    pub(crate) is_retryable: bool,
    /// Whether the request may have been applied.
    pub(crate) outcome_unknown: bool,
    /// The value of `Retry-After`.
    pub(crate) retry_after: Option<Duration>,
    /// Whether the API refused the access token.
    pub(crate) token_refused: bool,
}

impl ApiFailure {
    /// A failure that no retry can resolve. The request was not applied.
    pub(crate) fn fatal(error: Error) -> Self {
        Self {
            error,
            is_retryable: false,
            outcome_unknown: false,
            retry_after: None,
            token_refused: false,
        }
    }

    /// A failure of the connection. The request may have been applied.
    pub(crate) fn interrupted(what: impl Into<String>) -> Self {
        Self {
            outcome_unknown: true,
            ..Self::not_sent(what)
        }
    }

    /// A failure before the request was sent.
    pub(crate) fn not_sent(what: impl Into<String>) -> Self {
        Self {
            is_retryable: true,
            ..Self::fatal(Error::new(ErrorKind::Destination, what))
        }
    }
}

/// What the messages of errors name.
#[derive(Debug, Clone)]
pub(crate) struct ErrorContext {
    pub(crate) spreadsheet: String,
    /// The account that signs in.
    pub(crate) account: String,
    /// The origin of the credentials.
    pub(crate) origin: String,
    /// The secrets that are removed from Google's messages.
    pub(crate) secrets: Vec<Secret>,
}

/// Classifies an answer with an error status.
pub(crate) fn classify_status(
    status: u16,
    body: Option<&Value>,
    retry_after: Option<&str>,
    now: SystemTime,
    context: &ErrorContext,
) -> ApiFailure {
    let ErrorContext {
        spreadsheet,
        account,
        origin,
        secrets,
    } = context;
    let said = GoogleError::read(body, secrets);
    let retry_after = retry_after.and_then(|value| parse_retry_after(value, now));
    let fatal = |kind, text: String| ApiFailure::fatal(Error::new(kind, text));
    match status {
        401 => ApiFailure {
            token_refused: true,
            ..fatal(
                ErrorKind::Auth,
                format!(
                    "Google does not accept the token from {origin}: it is wrong, expired or \
                     revoked; get a new one{said}"
                ),
            )
        },
        403 if said.has("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
            || said.text.contains("insufficient authentication scopes") =>
        {
            fatal(
                ErrorKind::Auth,
                format!(
                    "the token from {origin} lacks the scope {SCOPE}; get one with this scope{said}"
                ),
            )
        }
        403 if said.has("SERVICE_DISABLED")
            || said.text.contains("has not been used in project") =>
        {
            fatal(
                ErrorKind::Auth,
                format!(
                    "the Google Sheets API is not enabled in the project of the credentials from \
                     {origin}; enable it in Google's console and wait a few minutes{said}"
                ),
            )
        }
        403 => fatal(
            ErrorKind::Auth,
            format!(
                "{account} may not change the spreadsheet `{spreadsheet}`; share it with this \
                 address as an editor, and look for protected ranges{said}"
            ),
        ),
        404 => fatal(
            ErrorKind::Destination,
            format!(
                "there is no spreadsheet `{spreadsheet}`, or {account} has no access to it; compare \
                 `sheets.spreadsheet` with the address in the browser, and share the spreadsheet with \
                 this account{said}"
            ),
        ),
        400 if said.text.contains("not supported for this document") => fatal(
            ErrorKind::Destination,
            format!(
                "`{spreadsheet}` is not a Google spreadsheet but another kind of file, such as an \
                 Excel workbook; open it with Google Sheets, choose File, Save as Google Sheets, and \
                 give the address of the new spreadsheet{said}"
            ),
        ),
        429 if said.text.contains("per day") || said.has("DAILY_LIMIT_EXCEEDED") => fatal(
            ErrorKind::RateLimited,
            format!("the daily quota is used up; try again tomorrow{said}"),
        ),
        429 => ApiFailure {
            is_retryable: true,
            retry_after,
            ..fatal(
                ErrorKind::RateLimited,
                format!("Google's quota of requests per minute stayed used up{said}"),
            )
        },
        status if is_temporary(status) => ApiFailure {
            is_retryable: true,
            outcome_unknown: true,
            retry_after,
            ..fatal(
                ErrorKind::Destination,
                format!("Google Sheets failed with status {status}{said}"),
            )
        },
        _ => fatal(
            ErrorKind::Destination,
            format!("Google Sheets refused the request with status {status}{said}"),
        ),
    }
}

/// Whether a status means that the server failed, and that a retry may help.
pub(super) const fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 500 | 502 | 503 | 504)
}

/// The only scope that is requested.
pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// The message and the reasons in Google's answer.
struct GoogleError<'a> {
    text: &'a str,
    details: Vec<&'a str>,
    secrets: &'a [Secret],
}

impl<'a> GoogleError<'a> {
    fn read(body: Option<&'a Value>, secrets: &'a [Secret]) -> Self {
        let error = body.map(|body| &body["error"]);
        let details = error.and_then(|error| error["details"].as_array());
        Self {
            text: error
                .and_then(|error| error["message"].as_str())
                .unwrap_or_default(),
            details: details
                .into_iter()
                .flatten()
                .filter_map(|detail| detail["reason"].as_str())
                .collect(),
            secrets,
        }
    }

    fn has(&self, reason: &str) -> bool {
        self.details.contains(&reason)
    }
}

/// Formats the message in brackets, without secrets. Empty without a message.
impl std::fmt::Display for GoogleError<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.text.is_empty() {
            return Ok(());
        }
        write!(f, " (Google: {})", quote(self.text, self.secrets))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context() -> ErrorContext {
        ErrorContext {
            spreadsheet: "abc".to_owned(),
            account: "`robot@example.com`".to_owned(),
            origin: "the file `key.json`".to_owned(),
            secrets: Vec::new(),
        }
    }

    #[track_caller]
    fn check(status: u16, body: &Value, expected: &str) {
        let failure = classify_status(status, Some(body), None, SystemTime::UNIX_EPOCH, &context());
        let found = format!(
            "{} retry={} unknown={}: {}",
            failure.error.kind().as_str(),
            failure.is_retryable,
            failure.outcome_unknown,
            failure.error
        );
        assert_eq!(found, expected);
    }

    fn error(message: &str, reason: &str) -> Value {
        json!({"error": {"message": message, "details": [{"reason": reason}]}})
    }

    #[test]
    fn refusals_name_the_next_step() {
        check(
            401,
            &Value::Null,
            "auth retry=false unknown=false: Google does not accept the token from the file \
             `key.json`: it is wrong, expired or revoked; get a new one",
        );
        check(
            403,
            &error("The caller does not have permission", ""),
            "auth retry=false unknown=false: `robot@example.com` may not change the spreadsheet \
             `abc`; share it with this address as an editor, and look for protected ranges \
             (Google: The caller does not have permission)",
        );
        check(
            403,
            &error(
                "Request had insufficient authentication scopes.",
                "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            ),
            "auth retry=false unknown=false: the token from the file `key.json` lacks the scope \
             https://www.googleapis.com/auth/spreadsheets; get one with this scope (Google: Request \
             had insufficient authentication scopes.)",
        );
        check(
            403,
            &error("Enable it by visiting", "SERVICE_DISABLED"),
            "auth retry=false unknown=false: the Google Sheets API is not enabled in the project \
             of the credentials from the file `key.json`; enable it in Google's console and \
             wait a few minutes (Google: Enable it by visiting)",
        );
        check(
            404,
            &error("Requested entity was not found.", ""),
            "destination retry=false unknown=false: there is no spreadsheet `abc`, or \
             `robot@example.com` has no access to it; compare `sheets.spreadsheet` with the address \
             in the browser, and share the spreadsheet with this account (Google: Requested entity \
             was not found.)",
        );
        check(
            400,
            &error(
                "This operation is not supported for this document",
                "failedPrecondition",
            ),
            "destination retry=false unknown=false: `abc` is not a Google spreadsheet but another \
             kind of file, such as an Excel workbook; open it with Google Sheets, choose File, Save as \
             Google Sheets, and give the address of the new spreadsheet (Google: This operation is \
             not supported for this document)",
        );
        check(
            429,
            &error(
                "Quota exceeded for quota metric 'Queries' and limit 'Queries per day'",
                "",
            ),
            "rate-limited retry=false unknown=false: the daily quota is used up; try again \
             tomorrow (Google: Quota exceeded for quota metric 'Queries' and limit 'Queries per \
             day')",
        );
        check(
            400,
            &error("Invalid\nrange", ""),
            "destination retry=false unknown=false: Google Sheets refused the request with status \
             400 (Google: Invalid range)",
        );
    }

    #[test]
    fn temporary_failures_are_retryable() {
        for status in [408, 500, 502, 503, 504] {
            let failure =
                classify_status(status, None, Some("7"), SystemTime::UNIX_EPOCH, &context());
            assert!(failure.is_retryable && failure.outcome_unknown, "{status}");
            assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
        }
        let date = Some("Thu, 01 Jan 1970 00:00:30 GMT");
        let failure = classify_status(429, None, date, SystemTime::UNIX_EPOCH, &context());
        assert!(failure.is_retryable && !failure.outcome_unknown);
        assert_eq!(failure.retry_after, Some(Duration::from_secs(30)));
    }
}
