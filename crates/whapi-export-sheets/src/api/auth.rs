//! Sign-in by a service account, a person's refresh token or a bearer token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use google_sheets4::yup_oauth2::authenticator::Authenticator;
use google_sheets4::yup_oauth2::{
    self, CustomHyperClientBuilder, ServiceAccountAuthenticator, ServiceAccountKey,
};
use serde::Deserialize;
use whapi_export::{Error, ErrorKind};
use whapi_http::Clock;

use super::credentials::{Credentials, Kind, config_error};
use super::failure::{ApiFailure, SCOPE};
use super::http::{Connector, Http, sign_in_client};
use super::secret::{Secret, quote};

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(120);

/// Provides the access token of each request, and renews it before it expires.
pub(crate) struct Signer {
    credentials: Credentials,
    http: Http,
    clock: Arc<dyn Clock>,
    service: Option<Authenticator<Connector>>,
    /// A person's access token, and when to renew it.
    cached: Option<(Secret, Instant)>,
    /// Whether the API refused the service account's token.
    renew: bool,
}

impl Signer {
    pub(crate) fn new(credentials: Credentials, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self {
            credentials,
            http,
            clock,
            service: None,
            cached: None,
            renew: false,
        }
    }

    /// The secrets that no message may contain, except the current access token.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.credentials.secrets()
    }

    /// Discards a refused token. Returns `false` if there is no way to get another one.
    pub(crate) fn forget(&mut self) -> bool {
        self.cached = None;
        self.renew = true;
        !matches!(self.credentials.kind, Kind::Bearer(_))
    }

    /// Returns a valid access token, and signs in if necessary.
    pub(crate) async fn token(&mut self) -> Result<String, ApiFailure> {
        match &self.credentials.kind {
            Kind::Bearer(Secret(token)) => Ok(token.clone()),
            Kind::ServiceAccount { .. } => self.service_token().await,
            Kind::AuthorizedUser { .. } => self.user_token().await,
        }
    }

    async fn service_token(&mut self) -> Result<String, ApiFailure> {
        let origin = &self.credentials.origin;
        let Kind::ServiceAccount {
            email,
            private_key,
            private_key_id,
            token_uri,
        } = &self.credentials.kind
        else {
            unreachable!("called for a service account only")
        };
        if self.service.is_none() {
            let key = ServiceAccountKey {
                key_type: Some("service_account".to_owned()),
                project_id: None,
                private_key_id: private_key_id.clone(),
                private_key: private_key.0.clone(),
                client_email: email.clone(),
                client_id: None,
                auth_uri: None,
                token_uri: token_uri.to_string(),
                auth_provider_x509_cert_url: None,
                client_x509_cert_url: None,
            };
            let client = sign_in_client(token_uri).map_err(ApiFailure::fatal)?;
            let built = ServiceAccountAuthenticator::with_client(
                key,
                CustomHyperClientBuilder::from(client),
            );
            // Only the format of the key can be wrong. The cause could quote the key.
            let service = built.build().await.map_err(|_| {
                ApiFailure::fatal(config_error(format!(
                    "the `private_key` from {origin} is not an RSA key in PEM format"
                )))
            })?;
            self.service = Some(service);
        }
        let service = self.service.as_ref().expect("made above");
        let scopes = [SCOPE];
        let token = if std::mem::take(&mut self.renew) {
            service.force_refreshed_token(&scopes).await
        } else {
            service.token(&scopes).await
        };
        let token = token.map_err(|error| not_signed_in(&error, &self.credentials))?;
        let token = token.token().unwrap_or_default();
        check_token(token, origin)
    }

    async fn user_token(&mut self) -> Result<String, ApiFailure> {
        let now = self.clock.now();
        if let Some((Secret(token), until)) = &self.cached
            && *until > now
        {
            return Ok(token.clone());
        }
        let origin = &self.credentials.origin;
        let Kind::AuthorizedUser {
            client_id,
            client_secret,
            refresh_token,
            token_uri,
        } = &self.credentials.kind
        else {
            unreachable!("called for an authorized user only")
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("client_id", client_id)
            .append_pair("client_secret", &client_secret.0)
            .append_pair("refresh_token", &refresh_token.0)
            .finish();
        let answer = self.http.post_form(token_uri, form).await?;
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
        let token = check_token(&token, origin)?;
        let good_for = Duration::from_secs(said.expires_in.unwrap_or(3600)).saturating_sub(MARGIN);
        self.cached = Some((Secret(token.clone()), now + good_for));
        Ok(token)
    }
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

fn not_signed_in(error: &yup_oauth2::Error, credentials: &Credentials) -> ApiFailure {
    match error {
        yup_oauth2::Error::AuthError(said) => sign_in_refused(said.error.as_str(), credentials),
        yup_oauth2::Error::HttpError(_) | yup_oauth2::Error::HttpClientError(_) => {
            ApiFailure::not_sent("could not reach Google's sign-in")
        }
        // The text of an answer that is not JSON could hold a secret.
        yup_oauth2::Error::JSONError(_) => {
            ApiFailure::not_sent("Google's sign-in sent an invalid answer")
        }
        _ => ApiFailure::fatal(Error::new(
            ErrorKind::Auth,
            format!(
                "could not sign in with the credentials from {}",
                credentials.origin
            ),
        )),
    }
}
