//! The file with the saved sign-in.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use whapi_export::{Committed, Error, ErrorKind, Output, OutputTarget, Result};

use super::oauth_client::{OAuthClient, TOKEN_URI};
use crate::config_folder::{REQUIRED_VARIABLE, config_folder};
use crate::private_folder::make_private_folder;

/// The file's name in the folder of the configuration.
const FILE_NAME: &str = "google.json";

/// Returns the path of the file, which need not exist.
///
/// # Errors
///
/// [`ErrorKind::Config`] if there is no folder for the configuration.
pub(crate) fn path() -> Result<PathBuf> {
    let folder = config_folder().ok_or_else(|| {
        let message =
            format!("there is no folder for the sign-in; set the variable {REQUIRED_VARIABLE}");
        Error::new(ErrorKind::Config, message)
    })?;
    Ok(folder.join(FILE_NAME))
}

/// Deletes the file. Returns whether it was there.
///
/// # Errors
///
/// [`ErrorKind::Destination`] if the file cannot be deleted.
pub(crate) fn delete(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(destination_error("could not delete", path, error)),
    }
}

/// A sign-in that is going to be saved. Dropping it keeps the earlier one.
pub(crate) struct NewSignIn(Output);

/// A person's sign-in, as Google's own libraries save it.
#[derive(Serialize)]
struct AuthorizedUser<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    refresh_token: &'a str,
    /// Left out for Google's.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_uri: Option<&'a str>,
}

impl NewSignIn {
    /// Creates the folder with mode 0700 if it is missing, and checks that the file can be written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] if it cannot be written, and if another run is writing it.
    pub(crate) fn prepare(path: PathBuf) -> Result<Self> {
        let folder = path.parent().unwrap_or(&path);
        make_private_folder(folder)
            .map_err(|error| destination_error("could not create the folder", folder, error))?;
        let mut output = Output::new(OutputTarget::Path(path));
        output.prepare()?;
        Ok(Self(output))
    }

    /// Writes the file with mode 0600, completely or not at all.
    pub(crate) fn save(self, client: &OAuthClient, refresh_token: &str) -> Result<Committed> {
        let Self(mut output) = self;
        let token_uri = client.token_uri.as_str();
        let user = AuthorizedUser {
            kind: "authorized_user",
            client_id: &client.id,
            client_secret: &client.secret,
            refresh_token,
            token_uri: Some(token_uri).filter(|uri| *uri != TOKEN_URI),
        };
        let mut json = serde_json::to_vec_pretty(&user).expect("texts become JSON");
        json.push(b'\n');
        output.write_all(&json)?;
        output.commit()
    }
}

fn destination_error(what: &str, path: &Path, error: io::Error) -> Error {
    let message = format!("{what} `{}`", path.display());
    Error::new(ErrorKind::Destination, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn the_token_service_of_google_is_left_out() {
        let client = |token_uri| OAuthClient {
            id: "a".to_owned(),
            secret: "b".to_owned(),
            auth_uri: Url::parse("https://accounts.google.com/o/oauth2/auth").unwrap(),
            token_uri: Url::parse(token_uri).unwrap(),
            origin: "`client.json`".to_owned(),
            is_exposed: false,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whapi/google.json");
        let saved = |token_uri| {
            let new = NewSignIn::prepare(path.clone()).unwrap();
            let committed = new.save(&client(token_uri), "c").unwrap();
            assert_eq!(committed.target, OutputTarget::Path(path.clone()));
            fs::read_to_string(&path).unwrap()
        };
        let fields = r#"{
  "type": "authorized_user",
  "client_id": "a",
  "client_secret": "b",
  "refresh_token": "c""#;
        assert_eq!(
            saved("https://oauth2.googleapis.com/token"),
            format!("{fields}\n}}\n")
        );
        assert_eq!(
            saved("https://accounts.google.com/o/oauth2/token"),
            format!(
                "{fields},\n  \"token_uri\": \"https://accounts.google.com/o/oauth2/token\"\n}}\n"
            )
        );
    }
}
