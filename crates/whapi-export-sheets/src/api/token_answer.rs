//! Reads the answer of Google's sign-in: an access token, or why there is none.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use whapi_export::{Error, ErrorKind};
use whapi_http::parse_retry_after;

use super::credentials::Account;
use super::failure::{ApiFailure, is_temporary};
use super::http::Answer;
use super::secret::{Secret, quote};

/// The maximum lifetime of a token, and the default if the answer names none.
const MAX_LIFETIME: Duration = Duration::from_secs(3600);

/// A granted access token.
pub(super) struct Granted {
    pub(super) token: Secret,
    pub(super) lifetime: Duration,
}

/// The sign-in to which an answer belongs.
pub(super) struct SignIn<'a> {
    pub(super) account: &'a Account,
    /// The origin of the credentials.
    pub(super) origin: &'a str,
    /// The secrets of the request, which no message may contain.
    pub(super) secrets: Vec<Secret>,
    /// The time of day.
    pub(super) now: SystemTime,
}

impl SignIn<'_> {
    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// A retryable failure for a temporary one, otherwise a refusal that names the way out.
    pub(super) fn read(&self, answer: &Answer) -> Result<Granted, ApiFailure> {
        let retry_after = answer.retry_after.as_deref();
        let retry_after = retry_after.and_then(|value| parse_retry_after(value, self.now));
        match answer.status {
            200..300 => self.granted(&answer.body),
            429 => Err(ApiFailure {
                is_retryable: true,
                retry_after,
                ..ApiFailure::fatal(Error::new(
                    ErrorKind::RateLimited,
                    "Google's sign-in accepts no more requests for now (status 429)",
                ))
            }),
            status if is_temporary(status) => Err(ApiFailure {
                retry_after,
                ..ApiFailure::not_sent(format!("Google's sign-in failed with status {status}"))
            }),
            status => Err(self.refused(status, &answer.body)),
        }
    }

    fn granted(&self, body: &[u8]) -> Result<Granted, ApiFailure> {
        // The parser's message could quote the token.
        let said: TokenAnswer = serde_json::from_slice(body)
            .map_err(|_| ApiFailure::not_sent("Google's sign-in sent an invalid answer"))?;
        let Secret(token) = said.access_token;
        let token = token.trim();
        // Anything else does not fit into a header.
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let origin = self.origin;
            return Err(refusal(format!(
                "Google's sign-in with {origin} returned no valid token"
            )));
        }
        let lifetime = said.expires_in.map_or(MAX_LIFETIME, Duration::from_secs);
        Ok(Granted {
            token: Secret::new(token),
            lifetime: lifetime.min(MAX_LIFETIME),
        })
    }

    fn refused(&self, status: u16, body: &[u8]) -> ApiFailure {
        let said: Refusal = serde_json::from_slice(body).unwrap_or_default();
        let origin = self.origin;
        let Some(code) = said.code() else {
            return refusal(format!(
                "Google's sign-in failed with status {status}; check `token_uri` in {origin}, and \
                 whether a proxy answers in Google's place"
            ));
        };
        let description = said.description();
        let quoted = match description {
            "" => quote(code, &self.secrets),
            description => quote(&format!("{code}: {description}"), &self.secrets),
        };
        let way_out = way_out(self.account, code, description);
        refusal(format!(
            "Google's sign-in refused the credentials from {origin}: {way_out} (Google: {quoted})"
        ))
    }
}

fn refusal(message: String) -> ApiFailure {
    ApiFailure::fatal(Error::new(ErrorKind::Auth, message))
}

/// The cause of a refusal, and what to do about it.
fn way_out(account: &Account, code: &str, description: &str) -> &'static str {
    match account {
        Account::Service { .. } if description.contains("reasonable timeframe") => {
            "the clock of this computer is wrong; set it"
        }
        Account::Service { .. } if description.starts_with("Invalid JWT Signature") => {
            "the key was deleted or disabled; create a new key for the service account"
        }
        Account::Service { .. } => {
            "the service account or its key was deleted or disabled, or the clock of this computer \
             is wrong; check the clock, then create a new key"
        }
        Account::User { .. } if code == "invalid_grant" => {
            "the sign-in was revoked or has expired, which it does after 7 days while the consent \
             screen is in Testing; sign in again"
        }
        Account::User { .. } => {
            "the OAuth client was deleted or its secret was changed; create a new client, and sign in \
             with its file"
        }
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    access_token: Secret,
    expires_in: Option<u64>,
}

/// The error in an answer, as OAuth 2.0 or as Google's other services write it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Value,
    error_description: Option<String>,
}

impl Refusal {
    fn code(&self) -> Option<&str> {
        self.error
            .as_str()
            .or_else(|| self.error["status"].as_str())
    }

    fn description(&self) -> &str {
        let description = self.error_description.as_deref();
        description
            .or_else(|| self.error["message"].as_str())
            .unwrap_or_default()
    }
}
