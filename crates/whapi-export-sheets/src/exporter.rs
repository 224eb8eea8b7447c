//! The exporter: takes contacts in, and delivers them when all are there.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use url::Url;
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Definition, Error, ErrorKind, Exporter, Forecast,
    Notes, OptionSpec, Result, RunEnd, RunInfo, Summary, Switch, async_trait,
};

use crate::auth::{Credentials, FILE_VARIABLE, TOKEN_VARIABLE, is_safe};
use crate::client::{Client, ENDPOINT, address};
use crate::clock::Clock;
use crate::deliver::{self, Order};
use crate::plan::MOST_BYTES;
use crate::rows::{MOST_TEXT, Rows};

/// The tab that is written when none is named.
const TAB: &str = "Contacts";
/// No id of a spreadsheet is longer.
const LONGEST_ID: usize = 200;
/// No title of a tab is longer.
const LONGEST_TITLE: usize = 100;

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

/// The definition to register: `sheets`, with the options of [`SheetsConfig`].
///
/// # Examples
///
/// ```
/// let sheets = whapi_export_sheets::definition();
/// assert!(sheets.answers_to("sheets") && sheets.answers_to("google-sheets"));
/// assert_eq!(sheets.default_file_name(), None);
/// ```
pub fn definition() -> Definition {
    definition_with(&Clock::System, MOST_BYTES)
}

/// The definition for another time and with smaller requests, for tests.
pub(crate) fn definition_with(clock: &Clock, most_bytes: usize) -> Definition {
    let clock = clock.clone();
    Definition::new(
        "sheets",
        "a tab of a Google spreadsheet, a row per contact",
        move |ctx| {
            let exporter = SheetsExporter::open(&ctx.options()?, ctx.notes().clone(), &clock)?;
            Ok(Box::new(SheetsExporter {
                most_bytes,
                ..exporter
            }))
        },
    )
    .alias("google-sheets")
    .with_capabilities(Capabilities::remote().with_forecasts())
    .option(OptionSpec::new(
        "spreadsheet",
        "ID",
        "the spreadsheet's id: the long part of its address, behind `/d/`",
    ))
    .option(
        OptionSpec::new(
            "tab",
            "TITLE",
            "the tab to write; made when it is not there",
        )
        .default_value(TAB),
    )
    .option(
        OptionSpec::new(
            "mode",
            "replace|upsert",
            "whether contacts that only the tab has go or stay",
        )
        .default_value("replace"),
    )
    .option(OptionSpec::new(
        "credentials",
        "FILE",
        format!("a service account's key or a person's saved permission; else {FILE_VARIABLE}"),
    ))
    .option(OptionSpec::new(
        "token_file",
        "FILE",
        format!("a file with a bearer token; else {TOKEN_VARIABLE}"),
    ))
    .option(OptionSpec::new(
        "endpoint",
        "URL",
        "another address than Google's, for tests; http on loopback only",
    ))
    .option(
        OptionSpec::new(
            "overwrite",
            "on|off",
            "write over what this program did not write",
        )
        .default_value("off"),
    )
}

/// Writes contacts into a tab of a Google spreadsheet.
///
/// Contacts are kept in memory, about 200 bytes each, and written by
/// [`finish`](Exporter::finish): until then the spreadsheet is only read, and dropping or aborting
/// leaves nothing behind. More than 72 MiB of text are an error of the kind
/// [`Unsupported`](ErrorKind::Unsupported).
///
/// Runs on tokio.
pub struct SheetsExporter {
    client: Client,
    spreadsheet: String,
    tab: String,
    mode: Mode,
    overwrite: bool,
    rows: Rows,
    altered: u64,
    /// Credentials that other users of the machine can read, by their place.
    exposed: Option<String>,
    most_bytes: usize,
    /// Contacts that are expected, as long as none came.
    expected: Option<u64>,
}

impl SheetsExporter {
    /// Opens the exporter and reads its credentials. Asks nothing of Google yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an option that cannot be, and when there are no credentials.
    pub fn new(config: &SheetsConfig) -> Result<Self> {
        Self::open(config, Notes::default(), &Clock::System)
    }

    fn open(config: &SheetsConfig, notes: Notes, clock: &Clock) -> Result<Self> {
        let spreadsheet = spreadsheet_id(&config.spreadsheet)?;
        let endpoint = endpoint(config.endpoint.as_deref().unwrap_or(ENDPOINT))?;
        if config.tab.trim().is_empty() || config.tab.chars().count() > LONGEST_TITLE {
            return Err(refused(format!(
                "option `tab`: a title has 1 to {LONGEST_TITLE} characters"
            )));
        }
        let credentials = credentials(config)?;
        let exposed = credentials.exposed.then(|| credentials.origin.clone());
        Ok(Self {
            client: Client::new(
                endpoint,
                spreadsheet.clone(),
                credentials,
                clock.clone(),
                notes,
            )?,
            spreadsheet,
            tab: config.tab.clone(),
            mode: config.mode,
            overwrite: config.overwrite.is_on(),
            rows: Rows::default(),
            altered: 0,
            exposed,
            most_bytes: MOST_BYTES,
            expected: None,
        })
    }
}

impl fmt::Debug for SheetsExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SheetsExporter")
            .field("client", &self.client)
            .field("tab", &self.tab)
            .field("mode", &self.mode)
            .field("contacts", &self.rows.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for SheetsExporter {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.expected = run.expected_contacts;
        deliver::check(&mut self.client, &self.tab, self.overwrite).await
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::written(batch.len());
        for contact in batch {
            report.altered += self.rows.push(contact);
            if self.rows.is_full() {
                return Err(too_much());
            }
        }
        self.altered += report.altered;
        Ok(report)
    }

    async fn finish(self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let this = *self;
        let mut client = this.client;
        let order = Order {
            title: &this.tab,
            mode: this.mode,
            overwrite: this.overwrite,
            rows: &this.rows,
            end,
            most_bytes: this.most_bytes,
        };
        let delivered = deliver::deliver(&mut client, &order).await?;
        let mut summary = Summary::new(address(&this.spreadsheet, Some(delivered.tab)));
        if !delivered.changed {
            summary = summary.with_note("the tab was right already; nothing was written");
        }
        if let Some(origin) = this.exposed {
            summary = summary.with_warning(format!(
                "other users of this machine can read the credentials in {origin}; `chmod 600` \
                 keeps them to you."
            ));
        }
        if this.altered > 0 {
            let cells = if this.altered == 1 { "cell" } else { "cells" };
            summary = summary.with_warning(format!(
                "{} {cells} held NUL or more than 50,000 characters, which no cell takes; they \
                 were cut.",
                this.altered
            ));
        }
        Ok(summary)
    }

    async fn forecast(self: Box<Self>, end: &RunEnd) -> Result<Forecast> {
        let this = *self;
        let mut client = this.client;
        let expected = this.expected.filter(|_| this.rows.len() == 0);
        let rows = match expected {
            Some(count) => Rows::made_up(usize::try_from(count).unwrap_or(usize::MAX)),
            None => this.rows,
        };
        let order = Order {
            title: &this.tab,
            mode: this.mode,
            overwrite: this.overwrite,
            rows: &rows,
            end,
            most_bytes: this.most_bytes,
        };
        let found = deliver::forecast(&mut client, &order, expected.is_some()).await?;
        let count = |amount| u64::try_from(amount).unwrap_or_default();
        let forecast = Forecast::new(address(&this.spreadsheet, found.tab))
            .with_amount("reads", found.reads as u64)
            .with_amount("writes", found.writes as u64)
            .with_amount("bytes", found.bytes as u64)
            .with_amount("cells", count(found.cells));
        Ok(if expected.is_some() {
            forecast.estimated()
        } else {
            forecast
        })
    }
}

fn too_much() -> Error {
    let most = MOST_TEXT >> 20;
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the contacts fill more than {most} MiB, the most that is held for a spreadsheet; \
             formats for files have no such limit"
        ),
    )
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// The id, out of an id or an address.
fn spreadsheet_id(text: &str) -> Result<String> {
    let text = text.trim();
    let id = match text.split_once("/d/") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => text,
    };
    if id.is_empty() {
        return Err(refused(
            "option `spreadsheet` is missing: give the spreadsheet's id, the long part of its \
             address behind `/d/`, with `--set sheets.spreadsheet=ID`",
        ));
    }
    let is_of_an_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.len() > LONGEST_ID || !id.chars().all(is_of_an_id) {
        return Err(refused(
            "option `spreadsheet`: an id has letters, digits, `-` and `_` only",
        ));
    }
    Ok(id.to_owned())
}

/// An address that requests can go to, with a slash at its end.
fn endpoint(text: &str) -> Result<Url> {
    let url = Url::parse(text).ok().filter(is_safe).filter(|url| {
        url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    let mut url = url.ok_or_else(|| {
        refused(
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
fn credentials(config: &SheetsConfig) -> Result<Credentials> {
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
    Err(refused(format!(
        "there are no credentials for Google; give them in one of these ways: a service account's \
         key or a person's saved permission with `--set sheets.credentials=FILE` or \
         {FILE_VARIABLE}=FILE, a bearer token with `--set sheets.token_file=FILE` or \
         {TOKEN_VARIABLE}"
    )))
}
