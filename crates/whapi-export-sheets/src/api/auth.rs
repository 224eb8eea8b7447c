//! Sign-in by a service account, a person's refresh token or a bearer token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use url::Url;
use url::form_urlencoded::Serializer;
use whapi_export::Error;
use whapi_http::Clock;

use super::assertion::Assertion;
use super::credentials::{Account, Credentials, Kind, config_error};
use super::failure::{ApiFailure, SCOPE};
use super::http::Http;
use super::secret::Secret;
use super::token_answer::{Granted, SignIn};

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(120);

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

    /// Whether each sign-in requests the scope. A person's tokens have the scope of an earlier consent.
    pub(crate) fn requests_scope(&self) -> bool {
        self.credentials.is_service_account()
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
        let issued = self.clock.time_of_day();
        let TokenRequest { form, secrets } = TokenRequest::new(account, token_uri, issued)
            .ok_or_else(|| ApiFailure::fatal(damaged_key(&self.credentials.origin)))?;
        let answer = http.post_form(token_uri, form).await?;
        let sign_in = SignIn {
            account,
            origin: &self.credentials.origin,
            secrets,
            now: self.clock.time_of_day(),
        };
        let Granted { token, lifetime } = sign_in.read(&answer)?;
        let until = now + lifetime.saturating_sub(MARGIN);
        let Secret(token) = &self.cached.insert((token, until)).0;
        Ok(token.clone())
    }
}

/// The request for a token.
struct TokenRequest {
    form: String,
    /// The secrets in the form.
    secrets: Vec<Secret>,
}

impl TokenRequest {
    /// Creates the request of an account. Returns `None` if its key is damaged.
    fn new(account: &Account, token_uri: &Url, issued: SystemTime) -> Option<Self> {
        let mut form = Serializer::new(String::new());
        let mut secrets = account.secrets();
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
                secrets.push(Secret::new(assertion));
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
        Some(Self {
            form: form.finish(),
            secrets,
        })
    }
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
