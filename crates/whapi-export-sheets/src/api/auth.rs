//! Who signs in: a service account, a person's saved permission, or a bearer token.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use google_sheets4::yup_oauth2::authenticator::Authenticator;
use google_sheets4::yup_oauth2::{
    self, CustomHyperClientBuilder, ServiceAccountAuthenticator, ServiceAccountKey,
};
use serde::Deserialize;
use url::Url;
use whapi_export::{Error, ErrorKind, Result};

use super::http::{Connector, Http, text_client};
use super::retry::{Failure, SCOPE};
use crate::clock::Clock;

/// Holds a bearer token.
pub(crate) const TOKEN_VARIABLE: &str = "WHAPI_SHEETS_TOKEN";
/// Names a credentials file, by Google's own convention.
pub(crate) const FILE_VARIABLE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
/// Google's token service, for files that do not name another.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// A token is renewed so long before it ends.
const MARGIN: Duration = Duration::from_secs(120);
/// No credentials are longer; a larger file is something else.
const MOST_BYTES: u64 = 64 << 10;

/// Text that never prints.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Google's own words for a message: without these secrets, on one line, at most 300 characters.
pub(crate) fn quote(said: &str, secrets: &[Secret]) -> String {
    let secrets: Vec<_> = secrets.iter().map(|secret| secret.0.as_str()).collect();
    whapi_secret::quote(said, &secrets)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Credentials, and where they are from.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) origin: String,
    /// The file can be read by other users of the machine.
    pub(crate) exposed: bool,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Bearer(Secret),
    ServiceAccount {
        email: String,
        private_key: Secret,
        private_key_id: Option<String>,
        token_uri: Url,
    },
    AuthorizedUser {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
        token_uri: Url,
    },
}

/// A credentials file of any kind.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: Option<String>,
    client_email: Option<String>,
    private_key: Option<Secret>,
    private_key_id: Option<String>,
    token_uri: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    refresh_token: Option<Secret>,
    #[serde(default, rename = "installed", alias = "web")]
    app: Option<serde::de::IgnoredAny>,
}

impl Credentials {
    /// A bearer token, checked; white space around it, such as a last newline, is dropped.
    pub(crate) fn bearer(text: &str, origin: String) -> Result<Self> {
        let token = text.trim();
        if token.is_empty() {
            return Err(refused(format!("the token from {origin} is empty")));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refused(format!(
                "the token from {origin} has white space or a character that no token has"
            )));
        }
        Ok(Self {
            origin,
            exposed: false,
            kind: Kind::Bearer(Secret(token.to_owned())),
        })
    }

    /// A bearer token in a file.
    pub(crate) fn from_token_file(path: &Path) -> Result<Self> {
        let named_by = "`sheets.token_file`";
        let origin = origin_of(path, named_by);
        let text = read(path, named_by, &origin)?;
        Ok(Self {
            exposed: is_exposed(path),
            ..Self::bearer(&text, origin)?
        })
    }

    /// A service account's key or a person's saved permission, as Google's tools write them.
    pub(crate) fn from_file(path: &Path, named_by: &str) -> Result<Self> {
        let origin = origin_of(path, named_by);
        let text = read(path, named_by, &origin)?;
        Ok(Self {
            exposed: is_exposed(path),
            ..Self::from_json(&text, origin)?
        })
    }

    fn from_json(text: &str, origin: String) -> Result<Self> {
        // A parser's own message could quote a secret.
        let file: KeyFile = serde_json::from_str(text).map_err(|error| {
            refused(format!(
                "the credentials from {origin} are not what Google's tools write: the JSON is \
                 wrong in line {}",
                error.line()
            ))
        })?;
        if file.app.is_some() {
            return Err(refused(format!(
                "the credentials from {origin} name a program, not an account; give a service \
                 account's key, or the file that `gcloud auth application-default login` writes"
            )));
        }
        let token_uri = token_uri(file.token_uri.as_deref().unwrap_or(TOKEN_URI), &origin)?;
        let lacks =
            |field: &str| refused(format!("the credentials from {origin} have no `{field}`"));
        let kind = match file.kind.as_deref() {
            Some("service_account") => Kind::ServiceAccount {
                email: file.client_email.ok_or_else(|| lacks("client_email"))?,
                private_key: file.private_key.ok_or_else(|| lacks("private_key"))?,
                private_key_id: file.private_key_id,
                token_uri,
            },
            // Google's own libraries leave the type out of what they save.
            Some("authorized_user") | None => Kind::AuthorizedUser {
                client_id: file.client_id.ok_or_else(|| lacks("client_id"))?,
                client_secret: file.client_secret.ok_or_else(|| lacks("client_secret"))?,
                refresh_token: file.refresh_token.ok_or_else(|| lacks("refresh_token"))?,
                token_uri,
            },
            // Not quoted: a file that is something else may have a secret there.
            Some(_) => {
                return Err(refused(format!(
                    "the credentials from {origin} are of a type that is not known; known: \
                     `service_account`, `authorized_user`"
                )));
            }
        };
        Ok(Self {
            origin,
            exposed: false,
            kind,
        })
    }

    /// What no message may hold: the secrets that are sent to Google.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match &self.kind {
            Kind::Bearer(token) => vec![token.clone()],
            // The key stays here; what it signs is good for a token only as a whole.
            Kind::ServiceAccount { .. } => Vec::new(),
            Kind::AuthorizedUser {
                client_secret,
                refresh_token,
                ..
            } => vec![client_secret.clone(), refresh_token.clone()],
        }
    }

    /// Who it is, for messages: an address that a spreadsheet can be shared with, if it is known.
    pub(crate) fn who(&self) -> String {
        match &self.kind {
            Kind::ServiceAccount { email, .. } => format!("`{email}`"),
            _ => "the account that signed in".to_owned(),
        }
    }
}

fn origin_of(path: &Path, named_by: &str) -> String {
    format!("the file `{}` (by {named_by})", path.display())
}

fn read(path: &Path, named_by: &str, origin: &str) -> Result<String> {
    if whapi_secret::is_secret_not_path(path.as_os_str()) {
        return Err(refused(format!(
            "{named_by} takes the path of a file, and the value is no file but looks like a secret \
             itself; put that into a file for yourself only"
        )));
    }
    let bytes = std::fs::File::open(path)
        .and_then(|file| whapi_secret::read_bounded(file, MOST_BYTES))
        .map_err(|error| refused(format!("could not read {origin}: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether other users of this machine can read a file. Not looked at on Windows.
fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let others = |file: std::fs::Metadata| file.permissions().mode() & 0o077 != 0;
        std::fs::metadata(path).is_ok_and(|file| file.is_file() && others(file))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// Secrets go to this address: it is `https`, or on this machine.
fn token_uri(text: &str, origin: &str) -> Result<Url> {
    Url::parse(text).ok().filter(is_safe).ok_or_else(|| {
        refused(format!(
            "the credentials from {origin} have a `token_uri` that is neither https nor loopback"
        ))
    })
}

/// Whether an address is `https`, or `http` on loopback.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Gives a token for each request, and renews it in time.
pub(crate) struct Signer {
    credentials: Credentials,
    http: Http,
    clock: Clock,
    service: Option<Authenticator<Connector>>,
    /// A person's token, and when to renew it.
    cached: Option<(Secret, Instant)>,
    renew: bool,
}

impl Signer {
    pub(crate) fn new(credentials: Credentials, http: Http, clock: Clock) -> Self {
        Self {
            credentials,
            http,
            clock,
            service: None,
            cached: None,
            renew: false,
        }
    }

    /// What no message may hold, but for the token that is good now.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.credentials.secrets()
    }

    /// Forgets a token that was refused. `false` when there is no way to get another.
    pub(crate) fn forget(&mut self) -> bool {
        self.cached = None;
        self.renew = true;
        !matches!(self.credentials.kind, Kind::Bearer(_))
    }

    /// A token that is good now.
    pub(crate) async fn token(&mut self) -> Result<String, Failure> {
        match &self.credentials.kind {
            Kind::Bearer(Secret(token)) => Ok(token.clone()),
            Kind::ServiceAccount { .. } => self.service_token().await,
            Kind::AuthorizedUser { .. } => self.user_token().await,
        }
    }

    async fn service_token(&mut self) -> Result<String, Failure> {
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
            let client = text_client(token_uri).map_err(Failure::fatal)?;
            let built = ServiceAccountAuthenticator::with_client(
                key,
                CustomHyperClientBuilder::from(client),
            );
            // Only the key's form can be wrong here; the cause could quote it.
            let service = built.build().await.map_err(|_| {
                Failure::fatal(refused(format!(
                    "the `private_key` from {origin} is not an RSA key as Google gives it"
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
        checked(token, origin)
    }

    async fn user_token(&mut self) -> Result<String, Failure> {
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
            unreachable!("called for a person only")
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("client_id", client_id)
            .append_pair("client_secret", &client_secret.0)
            .append_pair("refresh_token", &refresh_token.0)
            .finish();
        let answer = self.http.post_form(token_uri, form).await?;
        if answer.status >= 500 || matches!(answer.status, 408 | 429) {
            return Err(Failure {
                unknown: false,
                ..Failure::cut(format!(
                    "Google's sign-in failed with status {}",
                    answer.status
                ))
            });
        }
        let said: TokenAnswer = serde_json::from_slice(&answer.body).unwrap_or_default();
        let Some(Secret(token)) = said.access_token else {
            let reason = said.error.unwrap_or_else(|| answer.status.to_string());
            return Err(sign_in_refused(&reason, &self.credentials));
        };
        let token = checked(&token, origin)?;
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

/// What stands in a header must be able to.
fn checked(token: &str, origin: &str) -> Result<String, Failure> {
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::fatal(Error::new(
            ErrorKind::Auth,
            format!("Google's sign-in with {origin} gave no token that can be used"),
        )));
    }
    Ok(token.to_owned())
}

fn sign_in_refused(reason: &str, credentials: &Credentials) -> Failure {
    let reason = quote(reason, &credentials.secrets());
    let origin = &credentials.origin;
    Failure::fatal(Error::new(
        ErrorKind::Auth,
        format!(
            "Google's sign-in refused the credentials from {origin}: {reason}; make new ones, and \
             check this machine's clock"
        ),
    ))
}

fn not_signed_in(error: &yup_oauth2::Error, credentials: &Credentials) -> Failure {
    match error {
        yup_oauth2::Error::AuthError(said) => sign_in_refused(said.error.as_str(), credentials),
        yup_oauth2::Error::HttpError(_) | yup_oauth2::Error::HttpClientError(_) => Failure {
            unknown: false,
            ..Failure::cut("could not reach Google's sign-in")
        },
        // An answer that is no JSON is a server that fails. Its text stays out of the message.
        yup_oauth2::Error::JSONError(_) => Failure {
            unknown: false,
            ..Failure::cut("Google's sign-in gave an answer that is not understood")
        },
        _ => Failure::fatal(Error::new(
            ErrorKind::Auth,
            format!(
                "could not sign in with the credentials from {}",
                credentials.origin
            ),
        )),
    }
}
