//! The OAuth client, as Google's console downloads it.

use std::fs::File;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;
use whapi_export::{Error, ErrorKind, Result};
use whapi_http::is_safe_for_secrets;
use whapi_secret::{is_secret_not_path, mode_open_to_others, read_bounded};

/// The maximum size of the file, in bytes.
const MAX_BYTES: u64 = 64 << 10;
/// Google's sign-in page, the default of `auth_uri`.
const AUTH_URI: &str = "https://accounts.google.com/o/oauth2/auth";
/// Google's token service, the default of `token_uri`, in this file and in a credentials file.
pub(super) const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// Google's page on which a person withdraws access.
pub(crate) const CONNECTIONS: &str = "https://myaccount.google.com/connections";
/// The way to another file.
const WAY_OUT: &str =
    "create a client of the type \"Desktop app\" in Google's console, and download its file";

/// An OAuth client of the type "Desktop app".
pub(crate) struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: String,
    /// The page on which a person signs in.
    pub(super) auth_uri: Url,
    /// The service that exchanges the code.
    pub(super) token_uri: Url,
    /// The file, for messages.
    pub(crate) origin: String,
    /// Whether other users of the computer can read the file.
    pub(crate) is_exposed: bool,
}

/// The file. Which key it has depends on the type of the client.
#[derive(Deserialize)]
struct ClientFile {
    installed: Option<Installed>,
    web: Option<IgnoredAny>,
    /// Only in files with the credentials of an account.
    #[serde(rename = "type")]
    account: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Installed {
    client_id: Option<String>,
    client_secret: Option<String>,
    auth_uri: Option<String>,
    token_uri: Option<String>,
}

impl OAuthClient {
    /// Reads the file of `--client`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], for a path that looks like a secret, a file that cannot be read or is
    /// over 64 KiB, and one that is not the file of a client of the type "Desktop app". No message
    /// shows a value of the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if is_secret_not_path(path.as_os_str()) {
            return Err(config_error(
                "--client takes the path of a file, but its value looks like a secret; save it in a \
                 file that only you can read",
            ));
        }
        let origin = format!("`{}`", path.display());
        let unreadable = |error| {
            config_error(format!("could not read the OAuth client in {origin}")).with_source(error)
        };
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?;
        let text = read_bounded(file, MAX_BYTES).map_err(unreadable)?;
        Ok(Self {
            is_exposed: mode_open_to_others(&mode).is_some(),
            ..Self::from_json(&text, origin)?
        })
    }

    fn from_json(text: &[u8], origin: String) -> Result<Self> {
        // The parser's message could quote a secret.
        let file: ClientFile = serde_json::from_slice(text).map_err(|error| {
            let line = error.line();
            config_error(format!(
                "the OAuth client in {origin} is not valid: JSON error in line {line}"
            ))
        })?;
        let installed = match file {
            ClientFile {
                installed: Some(installed),
                ..
            } => installed,
            ClientFile { web: Some(_), .. } => {
                return Err(config_error(format!(
                    "the OAuth client in {origin} is of the type \"Web application\"; {WAY_OUT}"
                )));
            }
            ClientFile {
                account: Some(_), ..
            } => {
                return Err(config_error(format!(
                    "{origin} has the credentials of an account, which need no sign-in; give it to \
                     the export with `--set sheets.credentials=FILE`"
                )));
            }
            _ => {
                return Err(config_error(format!(
                    "{origin} is not the file of an OAuth client; {WAY_OUT}"
                )));
            }
        };
        let required = |field, value: Option<String>| {
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
                config_error(format!(
                    "the OAuth client in {origin} has no `{field}`; {WAY_OUT}"
                ))
            })
        };
        let address = |field, value: Option<String>, default| {
            let address = Url::parse(value.as_deref().unwrap_or(default)).ok();
            address.filter(is_safe_for_secrets).ok_or_else(|| {
                config_error(format!(
                    "the OAuth client in {origin} has a `{field}` that is neither https nor on this \
                     computer"
                ))
            })
        };
        Ok(Self {
            id: required("client_id", installed.client_id)?,
            secret: required("client_secret", installed.client_secret)?,
            auth_uri: address("auth_uri", installed.auth_uri, AUTH_URI)?,
            token_uri: address("token_uri", installed.token_uri, TOKEN_URI)?,
            is_exposed: false,
            origin,
        })
    }
}

fn config_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OAuthClient, String> {
        let client = OAuthClient::from_json(text.as_bytes(), "FILE".to_owned());
        client.map_err(|error| error.to_string())
    }

    #[test]
    fn a_desktop_client_is_read_as_google_writes_it() {
        let client = read(
            r#"{"installed":{"client_id":"1-a.apps.googleusercontent.com","project_id":"p",
            "auth_uri":"https://accounts.google.com/o/oauth2/auth",
            "token_uri":"https://www.googleapis.com/oauth2/v3/token",
            "auth_provider_x509_cert_url":"https://www.googleapis.com/oauth2/v1/certs",
            "client_secret":"GOCSPX-1","redirect_uris":["http://localhost"]}}"#,
        );
        let client = client.ok().unwrap();
        assert_eq!(client.id, "1-a.apps.googleusercontent.com");
        assert_eq!(client.secret, "GOCSPX-1");
        assert_eq!(
            client.auth_uri.as_str(),
            "https://accounts.google.com/o/oauth2/auth"
        );
        assert_eq!(
            client.token_uri.as_str(),
            "https://www.googleapis.com/oauth2/v3/token"
        );
        let client = read(r#"{"installed":{"client_id":"a","client_secret":"b"}}"#);
        let client = client.ok().unwrap();
        assert_eq!(client.auth_uri.as_str(), AUTH_URI);
        assert_eq!(client.token_uri.as_str(), TOKEN_URI);
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).err().unwrap(), expected);
    }

    #[test]
    fn other_files_are_refused_with_the_way_out() {
        let way_out = "create a client of the type \"Desktop app\" in Google's console, and download its \
                       file";
        check(
            r#"{"web":{"client_id":"a","client_secret":"hush","redirect_uris":["http://127.0.0.1/"]}}"#,
            &format!("the OAuth client in FILE is of the type \"Web application\"; {way_out}"),
        );
        for kind in ["service_account", "authorized_user"] {
            check(
                &format!(r#"{{"type":"{kind}","client_id":"a","client_secret":"hush"}}"#),
                "FILE has the credentials of an account, which need no sign-in; give it to the export \
                 with `--set sheets.credentials=FILE`",
            );
        }
        check(
            "{}",
            &format!("FILE is not the file of an OAuth client; {way_out}"),
        );
        for (fields, missing) in [
            (r#""client_id":"a""#, "client_secret"),
            (r#""client_id":"a","client_secret":"""#, "client_secret"),
            (r#""client_secret":"hush""#, "client_id"),
        ] {
            check(
                &format!(r#"{{"installed":{{{fields}}}}}"#),
                &format!("the OAuth client in FILE has no `{missing}`; {way_out}"),
            );
        }
    }

    #[test]
    fn a_damaged_file_is_not_quoted() {
        for text in [
            "",
            "{",
            "\"hush\"",
            "{\"installed\":\"hush\"}",
            "[\"hush\"]",
        ] {
            check(
                text,
                "the OAuth client in FILE is not valid: JSON error in line 1",
            );
        }
    }

    #[test]
    fn addresses_must_keep_secrets_safe() {
        for field in ["auth_uri", "token_uri"] {
            for address in ["http://evil.example/", "file:///etc/passwd", "x", ""] {
                check(
                    &format!(
                        r#"{{"installed":{{"client_id":"a","client_secret":"hush","{field}":"{address}"}}}}"#
                    ),
                    &format!(
                        "the OAuth client in FILE has a `{field}` that is neither https nor on this \
                         computer"
                    ),
                );
            }
        }
    }
}
