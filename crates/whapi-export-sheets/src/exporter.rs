//! The exporter: collects contacts and writes them at the end of the run.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use whapi_export::fields::{BASE_FIELDS, NAME_WARNINGS};
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Definition, Error, ErrorKind, Exporter, Forecast,
    Needs, OptionSpec, Result, RunEnd, RunInfo, StatusSink, Summary, async_trait,
};
use whapi_http::{Clock, SystemClock};
use whapi_text::counted;

use crate::api::client::{ENDPOINT, SheetsClient};
use crate::api::credentials::{FILE_VARIABLE, TOKEN_VARIABLE, config_error};
use crate::columns::known_fields;
use crate::config::{MAX_TITLE, Mode, SheetsConfig, TAB, credentials, endpoint};
use crate::deliver::{self, WriteRequest};
use crate::plan::MAX_BYTES;
use crate::rows::{MAX_TEXT, Rows};
use crate::spreadsheet::spreadsheet_id;

/// Returns the definition of the format `sheets`, with the options of [`SheetsConfig`].
///
/// # Examples
///
/// ```
/// let sheets = whapi_export_sheets::definition();
/// assert!(sheets.answers_to("sheets") && sheets.answers_to("google-sheets"));
/// assert_eq!(sheets.default_file_name(), None);
/// ```
pub fn definition() -> Definition {
    build_definition(Arc::new(SystemClock::default()), MAX_BYTES, None)
}

/// Returns the [definition] with a file for [`SheetsConfig::sign_in`].
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("google.json");
/// std::fs::write(
///     &path,
///     r#"{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}"#,
/// )?;
///
/// let sheets = whapi_export_sheets::definition_with_sign_in(path);
/// let ctx = OpenContext::new().with_option("spreadsheet", "1AbC-dEf");
/// assert!(sheets.open(&ctx).is_ok());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn definition_with_sign_in(path: impl Into<PathBuf>) -> Definition {
    let clock = Arc::new(SystemClock::default());
    build_definition(clock, MAX_BYTES, Some(path.into()))
}

/// Builds the definition with a given clock and request size, which tests replace.
pub(crate) fn build_definition(
    clock: Arc<dyn Clock>,
    max_bytes: usize,
    sign_in: Option<PathBuf>,
) -> Definition {
    let more = known_fields().skip(BASE_FIELDS.len());
    let more: Vec<_> = more.map(|field| field.name).collect();
    let more = more.join(", ");
    Definition::new(
        "sheets",
        "a tab of a Google spreadsheet, a row per contact",
        move |ctx| {
            let config = SheetsConfig {
                sign_in: sign_in.clone(),
                ..ctx.options()?
            };
            let exporter = SheetsExporter::open(&config, ctx.status().clone(), Arc::clone(&clock))?;
            Ok(Box::new(SheetsExporter {
                max_bytes,
                ..exporter
            }))
        },
    )
    .alias("google-sheets")
    .with_capabilities(Capabilities::remote().with_forecasts())
    .option(OptionSpec::new(
        "spreadsheet",
        "ADDRESS",
        "the spreadsheet's address, as the browser shows it, or its id",
    ))
    .option(
        OptionSpec::new(
            "create",
            "on|off",
            "make a spreadsheet when none is given; not for service accounts",
        )
        .default_value("off"),
    )
    .option(
        OptionSpec::new("tab", "TITLE", "the tab to write; created if it is missing")
            .default_value(TAB),
    )
    .option(
        OptionSpec::new(
            "mode",
            "replace|upsert",
            "whether to remove or keep contacts that are only in the tab",
        )
        .default_value("replace"),
    )
    .option(
        OptionSpec::new(
            "columns",
            "plain|all|NAME,…",
            format!(
                "the columns to write: the {} of the plain CSV; `all`, which adds {more}; or these, \
                 with `id` in front if it is not among them",
                BASE_FIELDS.len()
            ),
        )
        .default_value("plain"),
    )
    .option(OptionSpec::new(
        "credentials",
        "FILE",
        format!(
            "a service account's key or a saved sign-in; otherwise {FILE_VARIABLE}, then `whapi login \
             google`"
        ),
    ))
    .option(OptionSpec::new(
        "token_file",
        "FILE",
        format!("a file with a bearer token; otherwise {TOKEN_VARIABLE}"),
    ))
    .option(OptionSpec::new(
        "endpoint",
        "URL",
        "the address of the Sheets API, for tests; http on loopback only",
    ))
    .option(
        OptionSpec::new(
            "overwrite",
            "on|off",
            "overwrite content that this program did not write",
        )
        .default_value("off"),
    )
}

/// Writes contacts into a tab of a Google spreadsheet.
///
/// Contacts are kept in memory, about 200 bytes each with the plain columns, and written by
/// [`finish`](Exporter::finish). Until then the spreadsheet is only read, so an aborted or dropped
/// exporter leaves nothing behind. More than 72 MiB of text are an error of the kind
/// [`Unsupported`](ErrorKind::Unsupported), and so is a run over [several
/// channels](whapi_export::Available::channels), in which an id is not unique. Requires a tokio runtime.
///
/// # Examples
///
/// ```no_run
/// use whapi_export::{ClassifiedContact, Exporter, Result, RunEnd, RunInfo};
/// use whapi_export_sheets::{SheetsConfig, SheetsExporter};
///
/// async fn export(contacts: &[ClassifiedContact]) -> Result<String> {
///     let config = SheetsConfig::new("1AbC-dEf").with_tab("Customers");
///     let mut exporter = Box::new(SheetsExporter::new(&config)?);
///     exporter.begin(&RunInfo::new()).await?;
///     let _report = exporter.write_batch(contacts).await?;
///     Ok(exporter.finish(&RunEnd::complete()).await?.destination)
/// }
/// ```
pub struct SheetsExporter {
    client: SheetsClient,
    /// Whether the spreadsheet is made at the end of the run.
    creates: bool,
    tab: String,
    mode: Mode,
    overwrite: bool,
    rows: Rows,
    altered: u64,
    /// The origin of the credentials, if other users of the computer can read them.
    exposed: Option<String>,
    max_bytes: usize,
    /// What is known when the run begins.
    run: RunInfo,
}

impl SheetsExporter {
    /// Creates an exporter and reads its credentials. Sends no request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an invalid option and for missing credentials.
    pub fn new(config: &SheetsConfig) -> Result<Self> {
        Self::open(
            config,
            StatusSink::default(),
            Arc::new(SystemClock::default()),
        )
    }

    fn open(config: &SheetsConfig, notes: StatusSink, clock: Arc<dyn Clock>) -> Result<Self> {
        let creates = config.create.is_on() && config.spreadsheet.trim().is_empty();
        let spreadsheet = if creates {
            String::new()
        } else {
            spreadsheet_id(&config.spreadsheet)?
        };
        let endpoint = endpoint(config.endpoint.as_deref().unwrap_or(ENDPOINT))?;
        if config.tab.trim().is_empty() || config.tab.chars().count() > MAX_TITLE {
            return Err(config_error(format!(
                "option `tab`: a title has 1 to {MAX_TITLE} characters"
            )));
        }
        let columns = config.columns.resolve()?;
        let credentials = credentials(config, |name| std::env::var_os(name))?;
        if creates && credentials.is_service_account() {
            return Err(config_error(
                "option `create`: a service account cannot make a spreadsheet, because it has no \
                 storage; make one in the browser, share it with the account, and give its address \
                 with `sheets.spreadsheet`",
            ));
        }
        let exposed = credentials.exposed.then(|| credentials.origin.clone());
        Ok(Self {
            client: SheetsClient::new(endpoint, spreadsheet, credentials, clock, notes)?,
            creates,
            tab: config.tab.clone(),
            mode: config.mode,
            overwrite: config.overwrite.is_on(),
            rows: Rows::new(&columns),
            altered: 0,
            exposed,
            max_bytes: MAX_BYTES,
            run: RunInfo::new(),
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
    fn needs(&self) -> Needs {
        let warns = self.rows.columns().find(NAME_WARNINGS.name).is_some();
        Needs::default().with_equal_names(warns)
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        if run.available.channels {
            return Err(several_channels_error());
        }
        self.run = run.clone();
        if self.creates {
            return Ok(());
        }
        let columns = self.rows.columns();
        deliver::check(&mut self.client, &self.tab, columns, self.overwrite).await
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::written(batch.len());
        for contact in batch {
            report.altered += self.rows.push(contact);
            if self.rows.is_full() {
                return Err(too_large_error());
            }
        }
        self.altered += report.altered;
        Ok(report)
    }

    async fn existing(&mut self, end: &RunEnd) -> Result<Option<String>> {
        let removes = self.mode == Mode::Replace && end.is_complete() && !self.creates;
        if !removes {
            return Ok(None);
        }
        let (tab, columns) = (&self.tab, self.rows.columns());
        let rows = deliver::count_existing(&mut self.client, tab, columns, self.overwrite).await?;
        Ok((rows > 0).then(|| format!("the tab `{tab}`, which has {}", counted(rows, "contact"))))
    }

    async fn finish(self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let this = *self;
        let mut client = this.client;
        let request = WriteRequest {
            title: &this.tab,
            mode: this.mode,
            overwrite: this.overwrite,
            rows: &this.rows,
            end,
            max_bytes: this.max_bytes,
        };
        if this.creates {
            client
                .create_spreadsheet(&this.tab, this.rows.width())
                .await?;
        }
        let delivered = deliver::deliver(&mut client, &request).await;
        let delivered = match delivered {
            Err(error) if this.creates => {
                let address = spreadsheet_url(client.spreadsheet(), None);
                let message = format!("{error}; the spreadsheet {address} was made and is empty");
                return Err(Error::new(error.kind(), message));
            }
            delivered => delivered?,
        };
        let address = spreadsheet_url(client.spreadsheet(), Some(delivered.tab));
        let mut summary = Summary::new(address).with_changes(delivered.changes);
        if this.creates {
            summary = summary.with_message(
                "the spreadsheet is new: give its address with `sheets.spreadsheet` next time",
            );
        }
        if delivered.names_kept > 0 {
            summary = summary.with_message(format!(
                "{} kept the name in the tab, since the Whapi API no longer sends it",
                counted(delivered.names_kept, "contact")
            ));
        }
        for what in this.rows.columns().missing(this.run.available) {
            summary = summary.with_message(format!(
                "the {what} were not written; `sheets.columns=all` adds columns for them"
            ));
        }
        if let Some(why) = delivered.unverified {
            summary = summary.with_warning(format!(
                "the tab was written, but it could not be checked whether people moved rows \
                 meanwhile, because {why}"
            ));
        }
        if let Some(origin) = this.exposed {
            summary = summary.with_warning(format!(
                "other users of this computer can read the credentials in {origin}; run `chmod \
                 600` on the file."
            ));
        }
        if this.altered > 0 {
            summary = summary.with_warning(format!(
                "{} had NUL or more than 50,000 characters, which no cell can hold; they were cut.",
                counted(this.altered, "cell")
            ));
        }
        Ok(summary)
    }

    async fn forecast(self: Box<Self>, end: &RunEnd) -> Result<Forecast> {
        let this = *self;
        let mut client = this.client;
        let expected = this.run.expected_contacts.filter(|_| this.rows.len() == 0);
        let rows = match expected {
            Some(count) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Rows::sample(this.rows.columns(), count)
            }
            None => this.rows,
        };
        let request = WriteRequest {
            title: &this.tab,
            mode: this.mode,
            overwrite: this.overwrite,
            rows: &rows,
            end,
            max_bytes: this.max_bytes,
        };
        let is_estimate = expected.is_some();
        let found = deliver::forecast(&mut client, &request, is_estimate, this.creates).await?;
        let count = |amount| u64::try_from(amount).unwrap_or_default();
        let address = if this.creates {
            "a new Google spreadsheet".to_owned()
        } else {
            spreadsheet_url(client.spreadsheet(), found.tab)
        };
        let forecast = Forecast::new(address)
            .with_amount("reads", found.reads as u64)
            .with_amount("writes", found.writes as u64)
            .with_amount("bytes", found.bytes as u64)
            .with_amount("cells", count(found.cells));
        let forecast = match found.changes {
            None => forecast,
            Some(changes) => forecast
                .with_amount("added_rows", changes.added)
                .with_amount("changed_rows", changes.changed)
                .with_amount("removed_rows", changes.removed)
                .with_amount("unchanged_rows", changes.unchanged),
        };
        Ok(if expected.is_some() {
            forecast.estimated()
        } else {
            forecast
        })
    }
}

/// Rows are matched by the id alone, so a contact of one channel would overwrite that of another.
fn several_channels_error() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "a tab has one row for each id, and ids are not unique over several channels; export each \
         channel by itself into a tab of its own, with `--channel NAME --set sheets.tab=NAME`",
    )
}

fn too_large_error() -> Error {
    let max = MAX_TEXT >> 20;
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the contacts have more than {max} MiB of text, the limit of this format; export them to \
             a file instead"
        ),
    )
}

/// The address of a spreadsheet, or of one of its tabs, in a browser.
fn spreadsheet_url(spreadsheet: &str, tab: Option<i32>) -> String {
    let tab = tab.map_or(String::new(), |tab| format!("#gid={tab}"));
    format!("https://docs.google.com/spreadsheets/d/{spreadsheet}/edit{tab}")
}
