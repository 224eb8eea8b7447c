//! Sign-in by a service account, a person's refresh token or a bearer token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;
use whapi_export::{Error, ErrorKind};
use whapi_http::Clock;

use super::assertion::Assertion;
use super::credentials::{Account, Credentials, Kind, config_error};
use super::failure::{ApiFailure, SCOPE};
use super::http::Http;
use super::secret::{Secret, quote};

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(120);
/// The maximum period for which a token is used, and the default if the answer names none.
const MAX_LIFETIME: Duration = Duration::from_secs(3600);

/// Provides the access token of each request, and renews it before it expires.
pub(crate) struct Signer {
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    /// The client of the token service. Created by the first sign-in.
    http: Option<Http>,
    /// The access token of an account, and when to renew it.
    cached: Option<(Secret, Instant)>,
}

impl Signer {
    pub(crate) fn new(credentials: Credentials, clock: Arc<dyn Clock>) -> Self {
        Self {
            credentials,
            clock,
            http: None,
            cached: None,
        }
    }

    /// The secrets that no message may contain, except the current access token.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.credentials.secrets()
    }

    /// Discards a refused token. Returns `false` if there is no way to get another one.
    pub(crate) fn forget(&mut self) -> bool {
        self.cached = None;
        !matches!(self.credentials.kind, Kind::Bearer(_))
    }

    /// Returns a valid access token, and signs in if necessary.
    pub(crate) async fn token(&mut self) -> Result<String, ApiFailure> {
        let (account, token_uri) = match &self.credentials.kind {
            Kind::Bearer(Secret(token)) => return Ok(token.clone()),
            Kind::Account { account, token_uri } => (account, token_uri),
        };
        let now = self.clock.now();
        if let Some((Secret(token), until)) = &self.cached
            && *until > now
        {
            return Ok(token.clone());
        }
        let http = match &mut self.http {
            Some(http) => http,
            none => none.insert(Http::new(token_uri).map_err(ApiFailure::fatal)?),
        };
        let form = form(account, token_uri, self.clock.time_of_day())
            .ok_or_else(|| ApiFailure::fatal(damaged_key(&self.credentials.origin)))?;
        let answer = http.post_form(token_uri, form).await?;
        if answer.status >= 500 || matches!(answer.status, 408 | 429) {
            return Err(ApiFailure::not_sent(format!(
                "Google's sign-in failed with status {}",
                answer.status
            )));
        }
        let said: TokenAnswer = serde_json::from_slice(&answer.body).unwrap_or_default();
        let Some(Secret(token)) = said.access_token else {
            let reason = said.error.unwrap_or_else(|| answer.status.to_string());
            return Err(sign_in_refused(&reason, &self.credentials));
        };
        let token = check_token(&token, &self.credentials.origin)?;
        let lifetime = said.expires_in.map_or(MAX_LIFETIME, Duration::from_secs);
        let until = now + lifetime.min(MAX_LIFETIME).saturating_sub(MARGIN);
        self.cached = Some((Secret::new(token.as_str()), until));
        Ok(token)
    }
}

/// Creates the form with which an account requests a token. Returns `None` if its key is damaged.
fn form(account: &Account, token_uri: &Url, issued: SystemTime) -> Option<String> {
    let mut form = Serializer::new(String::new());
    match account {
        Account::Service { email, key, key_id } => {
            let assertion = key.sign(&Assertion {
                account: email,
                key_id: key_id.as_deref(),
                scope: SCOPE,
                audience: token_uri.as_str(),
                issued,
            })?;
            form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                .append_pair("assertion", &assertion);
        }
        Account::User {
            client_id,
            client_secret,
            refresh_token,
        } => {
            form.append_pair("grant_type", "refresh_token")
                .append_pair("client_id", client_id)
                .append_pair("client_secret", &client_secret.0)
                .append_pair("refresh_token", &refresh_token.0);
        }
    }
    Some(form.finish())
}

fn damaged_key(origin: &str) -> Error {
    config_error(format!("the `private_key` from {origin} is damaged"))
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    access_token: Option<Secret>,
    expires_in: Option<u64>,
    error: Option<String>,
}

/// Checks that a token fits into a header.
fn check_token(token: &str, origin: &str) -> Result<String, ApiFailure> {
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiFailure::fatal(Error::new(
            ErrorKind::Auth,
            format!("Google's sign-in with {origin} returned no valid token"),
        )));
    }
    Ok(token.to_owned())
}

fn sign_in_refused(reason: &str, credentials: &Credentials) -> ApiFailure {
    let reason = quote(reason, &credentials.secrets());
    let origin = &credentials.origin;
    ApiFailure::fatal(Error::new(
        ErrorKind::Auth,
        format!(
            "Google's sign-in refused the credentials from {origin}: {reason}; create new ones, \
             and check this computer's clock"
        ),
    ))
}
