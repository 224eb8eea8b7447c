//! The options of the exporter, and how they are checked.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use url::Url;
use whapi_export::{Result, Switch};
use whapi_http::is_safe_for_secrets;

use crate::api::credentials::{Credentials, FILE_VARIABLE, TOKEN_VARIABLE, config_error};
use crate::columns::Columns;

/// The default of the option `tab`.
pub(crate) const TAB: &str = "Contacts";
/// The maximum length of a tab's title, in characters.
pub(crate) const MAX_TITLE: usize = 100;

/// Whether contacts that are only in the tab are removed or kept: the option `mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// Removes them: the tab holds exactly the contacts of this run, in their order. The default.
    /// After an incomplete scan it works as [`Upsert`](Self::Upsert).
    #[default]
    Replace,
    /// Keeps them. Contacts are found by id and updated in their row; new ones are appended.
    Upsert,
}

/// The options of the exporter.
///
/// # Examples
///
/// A program sets them by methods:
///
/// ```
/// use whapi_export_sheets::{Mode, SheetsConfig};
///
/// let config = SheetsConfig::new("1AbC-dEf")
///     .with_tab("Customers")
///     .with_mode(Mode::Upsert)
///     .with_credentials("key.json");
/// assert_eq!(config.tab, "Customers");
/// ```
///
/// A command line sets them by name:
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
    /// The spreadsheet: its address, as the browser shows it, or its id, which follows `/d/` in the
    /// address. The tab that an address names does not count. Required, unless
    /// [`create`](Self::create) is on.
    pub spreadsheet: String,
    /// Makes a spreadsheet when none is given. Its address is in the summary; a service account cannot
    /// make one. Default: off.
    pub create: Switch,
    /// The title of the tab, 1 to 100 characters. A missing tab is created. Default: `Contacts`.
    pub tab: String,
    /// Whether contacts that are only in the tab are removed. Default: [`Mode::Replace`].
    pub mode: Mode,
    /// Which columns are written. Default: [`Columns::Plain`].
    pub columns: Columns,
    /// A JSON file with a service account's key, or with a person's sign-in as `whapi login google`
    /// or `gcloud auth application-default login` saves it. Default: the file that
    /// `GOOGLE_APPLICATION_CREDENTIALS` names, else [`sign_in`](Self::sign_in).
    #[serde(deserialize_with = "path")]
    pub credentials: Option<PathBuf>,
    /// A file with a bearer token. Takes precedence over `credentials`. Default: the token in
    /// `WHAPI_SHEETS_TOKEN`, which `credentials` takes precedence over.
    #[serde(deserialize_with = "path")]
    pub token_file: Option<PathBuf>,
    /// The address of the Sheets API, for tests. `http` on loopback only. Default: Google's.
    pub endpoint: Option<String>,
    /// A file with a person's sign-in, which is used if it is there and no other credentials are
    /// given. Set by the program; no option of its command line. Default: none.
    #[serde(skip)]
    pub sign_in: Option<PathBuf>,
    /// Overwrites what this program did not write, and allows that notes in the user's own columns
    /// end up beside other contacts. Default: off, which refuses both.
    pub overwrite: Switch,
}

impl SheetsConfig {
    /// Creates the default options for a spreadsheet, given by its address or its id.
    pub fn new(spreadsheet: impl Into<String>) -> Self {
        Self {
            spreadsheet: spreadsheet.into(),
            ..Self::default()
        }
    }

    /// Sets [`create`](Self::create).
    pub fn with_create(mut self, create: Switch) -> Self {
        self.create = create;
        self
    }

    /// Sets [`tab`](Self::tab).
    pub fn with_tab(mut self, title: impl Into<String>) -> Self {
        self.tab = title.into();
        self
    }

    /// Sets [`mode`](Self::mode).
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets [`columns`](Self::columns).
    pub fn with_columns(mut self, columns: Columns) -> Self {
        self.columns = columns;
        self
    }

    /// Sets [`credentials`](Self::credentials).
    pub fn with_credentials(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials = Some(path.into());
        self
    }

    /// Sets [`token_file`](Self::token_file).
    pub fn with_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_file = Some(path.into());
        self
    }

    /// Sets [`endpoint`](Self::endpoint).
    pub fn with_endpoint(mut self, address: impl Into<String>) -> Self {
        self.endpoint = Some(address.into());
        self
    }

    /// Sets [`sign_in`](Self::sign_in).
    pub fn with_sign_in(mut self, path: impl Into<PathBuf>) -> Self {
        self.sign_in = Some(path.into());
        self
    }

    /// Sets [`overwrite`](Self::overwrite).
    pub fn with_overwrite(mut self, overwrite: Switch) -> Self {
        self.overwrite = overwrite;
        self
    }
}

impl Default for SheetsConfig {
    fn default() -> Self {
        Self {
            spreadsheet: String::new(),
            create: Switch::Off,
            tab: TAB.to_owned(),
            mode: Mode::default(),
            columns: Columns::default(),
            credentials: None,
            token_file: None,
            endpoint: None,
            sign_in: None,
            overwrite: Switch::Off,
        }
    }
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?.into()))
}

/// Checks the address of the API, and appends a missing slash.
pub(crate) fn endpoint(text: &str) -> Result<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(is_safe_for_secrets)
        .filter(|url| {
            url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
    let mut url = url.ok_or_else(|| {
        config_error(
            "option `endpoint`: give an `https://` address, or an `http://` address of this computer, \
             without a query",
        )
    })?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Reads the credentials from the first source that is set. `variable` reads the environment.
///
/// The order is `token_file`, `credentials`, `WHAPI_SHEETS_TOKEN`, `GOOGLE_APPLICATION_CREDENTIALS`,
/// `sign_in`. An empty variable counts as not set, and so does a `sign_in` that is not there.
pub(crate) fn credentials(
    config: &SheetsConfig,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Credentials> {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
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
    if let Some(path) = config.sign_in.as_ref().filter(|path| path.exists()) {
        return Credentials::from_file(path, "`whapi login google`");
    }
    Err(config_error(format!(
        "there are no credentials for Google; sign in with `whapi login google`, or give a service \
         account's key or a saved sign-in with `--set sheets.credentials=FILE` or \
         {FILE_VARIABLE}=FILE, or a bearer token with `--set sheets.token_file=FILE` or {TOKEN_VARIABLE}"
    )))
}
