//! Credentials from options, files and environment variables.

use std::path::Path;

use serde::Deserialize;
use url::Url;
use whapi_export::{Error, ErrorKind, Result};
use whapi_http::is_safe_for_secrets;
use whapi_secret::mode_open_to_others;

use super::assertion::AccountKey;
use super::secret::Secret;

/// The environment variable with a bearer token.
pub(crate) const TOKEN_VARIABLE: &str = "WHAPI_SHEETS_TOKEN";
/// The environment variable with the path of a credentials file, by Google's convention.
pub(crate) const FILE_VARIABLE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
/// Google's token service, the default of `token_uri` in a credentials file.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// The maximum size of a credentials file, in bytes.
const MAX_BYTES: u64 = 64 << 10;

/// Credentials and their origin.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The origin, for messages: ``the file `key.json` (by `sheets.credentials`)``.
    pub(crate) origin: String,
    /// Whether other users of the computer can read the file.
    pub(crate) exposed: bool,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// An access token.
    Bearer(Secret),
    /// An account that requests access tokens from a token service.
    Account { account: Account, token_uri: Url },
}

/// An account at Google.
#[derive(Debug, Clone)]
pub(super) enum Account {
    /// The account of a program.
    Service {
        email: String,
        key: AccountKey,
        key_id: Option<String>,
    },
    /// The account of a person who signed in.
    User {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
    },
}

/// The fields of every kind of credentials file.
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
    /// Checks a bearer token. White space around it is ignored.
    pub(crate) fn bearer(text: &str, origin: String) -> Result<Self> {
        let token = text.trim();
        if token.is_empty() {
            return Err(config_error(format!("the token from {origin} is empty")));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(config_error(format!(
                "the token from {origin} has white space or another invalid character"
            )));
        }
        Ok(Self {
            origin,
            exposed: false,
            kind: Kind::Bearer(Secret(token.to_owned())),
        })
    }

    /// Reads a bearer token from a file.
    pub(crate) fn from_token_file(path: &Path) -> Result<Self> {
        let named_by = "`sheets.token_file`";
        let origin = origin_of(path, named_by);
        let text = read(path, named_by, &origin)?;
        Ok(Self {
            exposed: is_exposed(path),
            ..Self::bearer(&text, origin)?
        })
    }

    /// Reads a service account's key or a person's sign-in from a JSON file.
    pub(crate) fn from_file(path: &Path, named_by: &str) -> Result<Self> {
        let origin = origin_of(path, named_by);
        let text = read(path, named_by, &origin)?;
        Ok(Self {
            exposed: is_exposed(path),
            ..Self::from_json(&text, origin)?
        })
    }

    fn from_json(text: &str, origin: String) -> Result<Self> {
        // The parser's message could quote a secret.
        let file: KeyFile = serde_json::from_str(text).map_err(|error| {
            config_error(format!(
                "the credentials from {origin} are not valid: JSON error in line {}",
                error.line()
            ))
        })?;
        if file.app.is_some() {
            return Err(config_error(format!(
                "the credentials from {origin} are for an OAuth client, not for an account; sign in \
                 with `whapi login google --client FILE`, or give a service account's key"
            )));
        }
        let token_uri = token_uri(file.token_uri.as_deref().unwrap_or(TOKEN_URI), &origin)?;
        Ok(Self {
            exposed: false,
            kind: Kind::Account {
                account: Account::new(file, &origin)?,
                token_uri,
            },
            origin,
        })
    }

    /// The secrets that are sent to Google, which no message may contain.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match &self.kind {
            Kind::Bearer(token) => vec![token.clone()],
            Kind::Account { account, .. } => account.secrets(),
        }
    }

    /// Whether they are those of a service account.
    pub(crate) fn is_service_account(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Account {
                account: Account::Service { .. },
                ..
            }
        )
    }

    /// The account, for messages: its e-mail address, if it is known.
    pub(crate) fn account(&self) -> String {
        match &self.kind {
            Kind::Account {
                account: Account::Service { email, .. },
                ..
            } => format!("`{email}`"),
            _ => "the account that signed in".to_owned(),
        }
    }
}

impl Account {
    fn new(file: KeyFile, origin: &str) -> Result<Self> {
        let lacks =
            |field: &str| config_error(format!("the credentials from {origin} have no `{field}`"));
        match file.kind.as_deref() {
            Some("service_account") => {
                let email = file.client_email.ok_or_else(|| lacks("client_email"))?;
                let Secret(key) = file.private_key.ok_or_else(|| lacks("private_key"))?;
                let key = AccountKey::from_pem(&key).ok_or_else(|| {
                    config_error(format!(
                        "the `private_key` from {origin} is not an RSA key in PEM format"
                    ))
                })?;
                Ok(Self::Service {
                    email,
                    key,
                    key_id: file.private_key_id,
                })
            }
            // Google's own libraries save a person's sign-in without a type.
            Some("authorized_user") | None => Ok(Self::User {
                client_id: file.client_id.ok_or_else(|| lacks("client_id"))?,
                client_secret: file.client_secret.ok_or_else(|| lacks("client_secret"))?,
                refresh_token: file.refresh_token.ok_or_else(|| lacks("refresh_token"))?,
            }),
            // The type is not quoted, because another kind of file may have a secret there.
            Some(_) => Err(config_error(format!(
                "the credentials from {origin} have an unknown type; known types: \
                 `service_account`, `authorized_user`"
            ))),
        }
    }

    /// The secrets that are sent in every sign-in.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            // The private key is not sent.
            Self::Service { .. } => Vec::new(),
            Self::User {
                client_secret,
                refresh_token,
                ..
            } => vec![client_secret.clone(), refresh_token.clone()],
        }
    }
}

fn origin_of(path: &Path, named_by: &str) -> String {
    format!("the file `{}` (by {named_by})", path.display())
}

fn read(path: &Path, named_by: &str, origin: &str) -> Result<String> {
    if whapi_secret::is_secret_not_path(path.as_os_str()) {
        return Err(config_error(format!(
            "{named_by} takes the path of a file, but its value looks like a secret; save the secret \
             in a file that only you can read"
        )));
    }
    let bytes = std::fs::File::open(path)
        .and_then(|file| whapi_secret::read_bounded(file, MAX_BYTES))
        .map_err(|error| config_error(format!("could not read {origin}: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether other users of the computer can read a file.
fn is_exposed(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| mode_open_to_others(&file).is_some())
}

/// An error of the kind [`ErrorKind::Config`].
pub(crate) fn config_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// Checks the address of the token service, to which secrets are sent.
fn token_uri(text: &str, origin: &str) -> Result<Url> {
    Url::parse(text).ok().filter(is_safe_for_secrets).ok_or_else(|| {
        config_error(format!(
            "the credentials from {origin} have a `token_uri` that is neither https nor on this \
             computer"
        ))
    })
}
