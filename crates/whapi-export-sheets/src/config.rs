//! The options: how and where the spreadsheet is written.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use url::Url;
use whapi_export::{Error, ErrorKind, Result, Switch};

use crate::api::address::is_secure;
use crate::api::credentials::{Credentials, FILE_VARIABLE, TOKEN_VARIABLE};

/// The tab that is written when none is named.
pub(crate) const TAB: &str = "Contacts";
/// No id of a spreadsheet is longer.
const MAX_ID: usize = 200;
/// No title of a tab is longer.
pub(crate) const MAX_TITLE: usize = 100;

/// What becomes of contacts that the tab has and the scan does not: the option `mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// They go: the tab holds the contacts of this run and nobody else, in their order. The
    /// default. After an incomplete scan it works as [`Upsert`](Self::Upsert).
    #[default]
    Replace,
    /// They stay. Contacts are found by id and brought up to date where they are; new ones go to
    /// the end.
    Upsert,
}

/// How and where the spreadsheet is written.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_sheets::{Mode, SheetsConfig};
///
/// let ctx = OpenContext::new()
///     .with_option("spreadsheet", "1AbC-dEf")
///     .with_option("mode", "upsert");
/// let config: SheetsConfig = ctx.options()?;
/// assert_eq!(config.spreadsheet, "1AbC-dEf");
/// assert_eq!(config.tab, "Contacts");
/// assert_eq!(config.mode, Mode::Upsert);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SheetsConfig {
    /// The spreadsheet's id: the long part of its address, behind `/d/`. The whole address does,
    /// too. Must be given.
    pub spreadsheet: String,
    /// The title of the tab. It is made when it is not there. Default: `Contacts`.
    pub tab: String,
    /// What becomes of contacts that only the tab has. Default: [`Mode::Replace`].
    pub mode: Mode,
    /// A service account's key, or a person's permission as `gcloud auth application-default
    /// login` saves it. Default: the file that `GOOGLE_APPLICATION_CREDENTIALS` names.
    #[serde(deserialize_with = "path")]
    pub credentials: Option<PathBuf>,
    /// A file with a bearer token. Goes before `credentials`. Default: the token in
    /// `WHAPI_SHEETS_TOKEN`, which goes behind `credentials`.
    #[serde(deserialize_with = "path")]
    pub token_file: Option<PathBuf>,
    /// Another address than Google's, for tests. `http` on loopback only. Default: Google's.
    pub endpoint: Option<String>,
    /// Writes over what this program did not write, and lets notes in columns of the user's own
    /// come to stand beside other contacts. Default: off, which refuses both.
    pub overwrite: Switch,
}

impl Default for SheetsConfig {
    fn default() -> Self {
        Self {
            spreadsheet: String::new(),
            tab: TAB.to_owned(),
            mode: Mode::default(),
            credentials: None,
            token_file: None,
            endpoint: None,
            overwrite: Switch::Off,
        }
    }
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?.into()))
}

pub(crate) fn config_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// The id, out of an id or an address.
pub(crate) fn spreadsheet_id(text: &str) -> Result<String> {
    let text = text.trim();
    let id = match text.split_once("/d/") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => text,
    };
    if id.is_empty() {
        return Err(config_error(
            "option `spreadsheet` is missing: give the spreadsheet's id, the long part of its \
             address behind `/d/`, with `--set sheets.spreadsheet=ID`",
        ));
    }
    let is_of_an_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.len() > MAX_ID || !id.chars().all(is_of_an_id) {
        return Err(config_error(
            "option `spreadsheet`: an id has letters, digits, `-` and `_` only",
        ));
    }
    Ok(id.to_owned())
}

/// An address that requests can go to, with a slash at its end.
pub(crate) fn endpoint(text: &str) -> Result<Url> {
    let url = Url::parse(text).ok().filter(is_secure).filter(|url| {
        url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    let mut url = url.ok_or_else(|| {
        config_error(
            "option `endpoint`: an address begins with `https://`, or with `http://` when it is on \
             this machine, and has no query",
        )
    })?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// The credentials from the first place that is named: `token_file`, `credentials`, and then the
/// environment in the same order. A variable that is empty counts as not set.
pub(crate) fn credentials(config: &SheetsConfig) -> Result<Credentials> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(path) = &config.token_file {
        return Credentials::from_token_file(path);
    }
    if let Some(path) = &config.credentials {
        return Credentials::from_file(path, "`sheets.credentials`");
    }
    if let Some(token) = variable(TOKEN_VARIABLE) {
        let origin = format!("the environment variable {TOKEN_VARIABLE}");
        return Credentials::bearer(&token.to_string_lossy(), origin);
    }
    if let Some(path) = variable(FILE_VARIABLE) {
        return Credentials::from_file(&PathBuf::from(path), FILE_VARIABLE);
    }
    Err(config_error(format!(
        "there are no credentials for Google; give them in one of these ways: a service account's \
         key or a person's saved permission with `--set sheets.credentials=FILE` or \
         {FILE_VARIABLE}=FILE, a bearer token with `--set sheets.token_file=FILE` or \
         {TOKEN_VARIABLE}"
    )))
}
