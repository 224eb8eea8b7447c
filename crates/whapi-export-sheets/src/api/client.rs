//! Sends requests to the Sheets API, one at a time, with sign-in, quota and retries.
//!
//! All requests but `batchUpdate` are sent by google-sheets4. Its call takes a whole batch as one
//! value, which takes 6 kB of memory per cell.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use google_sheets4::Sheets;
use google_sheets4::api::Scope;
use google_sheets4::common;
use google_sheets4::hyper::{self, header};
use serde_json::Value;
use url::Url;
use whapi_export::{Result, StatusSink};
use whapi_http::Clock;

use super::a1::{ReadArea, a1};
use super::auth::Signer;
use super::credentials::Credentials;
use super::failure::{ApiFailure, ErrorContext, classify_status};
use super::http::{Connector, Http};
use super::outcome::FailureRecorder;
use super::quota::QuotaWindow;
use super::requests::{body, values_request};
use super::retries::Retries;
use super::secret::Secret;
use super::snapshot::{SNAPSHOT_FIELDS, sheet_snapshot};
use crate::plan::{SheetChange, SheetSnapshot};
use crate::rows::Rows;

type Hub = Sheets<Connector>;

/// The address of Google's API.
pub(crate) const ENDPOINT: &str = "https://sheets.googleapis.com/";
/// The time-out of a read.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// The time-out of a write. Google itself gives up after 180 seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(240);

/// The quota that a request counts towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quota {
    Reads,
    Writes,
}

/// Which content of cells to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Render {
    /// The values.
    Values,
    /// The values, but formulas instead of their results.
    Formulas,
}

/// A client for one spreadsheet.
pub(crate) struct SheetsClient {
    hub: Hub,
    http: Http,
    endpoint: Url,
    signer: Signer,
    spreadsheet: String,
    error_context: ErrorContext,
    clock: Arc<dyn Clock>,
    status: StatusSink,
    reads: QuotaWindow,
    writes: QuotaWindow,
    reads_sent: usize,
}

impl SheetsClient {
    /// Creates a client. Sends no request.
    pub(crate) fn new(
        endpoint: Url,
        spreadsheet: String,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        status: StatusSink,
    ) -> Result<Self> {
        let http = Http::new(&endpoint)?;
        let mut hub = Sheets::new(http.client(), common::auth::NoToken);
        hub.base_url(endpoint.to_string());
        hub.user_agent(concat!("whapi-export-sheets/", env!("CARGO_PKG_VERSION")).to_owned());
        Ok(Self {
            hub,
            error_context: ErrorContext {
                spreadsheet: spreadsheet.clone(),
                account: credentials.account(),
                origin: credentials.origin.clone(),
                secrets: Vec::new(),
            },
            signer: Signer::new(credentials, Arc::clone(&clock)),
            http,
            endpoint,
            spreadsheet,
            clock,
            status,
            reads: QuotaWindow::default(),
            writes: QuotaWindow::default(),
            reads_sent: 0,
        })
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The number of reads so far, including retries.
    pub(crate) fn reads_sent(&self) -> usize {
        self.reads_sent
    }

    pub(crate) fn status(&self) -> &StatusSink {
        &self.status
    }

    /// Reads the properties and metadata of all tabs.
    pub(crate) async fn read_snapshot(&mut self) -> Result<SheetSnapshot> {
        let mut retries = self.retries();
        loop {
            match self.try_read_snapshot().await {
                Ok(snapshot) => return Ok(snapshot),
                Err(failure) => self.wait(&mut retries, failure).await?,
            }
        }
    }

    async fn try_read_snapshot(&mut self) -> Result<SheetSnapshot, ApiFailure> {
        self.prepare(Quota::Reads).await?;
        let mut recorder = FailureRecorder::default();
        let call = self
            .hub
            .spreadsheets()
            .get(&self.spreadsheet)
            .param("fields", SNAPSHOT_FIELDS)
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut recorder);
        let answer = tokio::time::timeout(READ_TIMEOUT, call.doit()).await;
        let (_, spreadsheet) =
            recorder.outcome(answer, &self.error_context, self.clock.time_of_day())?;
        Ok(sheet_snapshot(spreadsheet))
    }

    /// Reads areas of cells in one request. Gives the cells of each by row.
    ///
    /// Empty cells at the end of a row and empty rows at the end are left out.
    pub(crate) async fn read_values(
        &mut self,
        title: &str,
        areas: &[ReadArea],
        render: Render,
    ) -> Result<Vec<Vec<Vec<Value>>>> {
        let ranges = areas.iter().map(|area| a1(title, area));
        let ranges: Vec<_> = ranges.collect();
        let mut retries = self.retries();
        loop {
            match self.try_read_values(&ranges, render).await {
                Ok(values) => return Ok(values),
                Err(failure) => self.wait(&mut retries, failure).await?,
            }
        }
    }

    async fn try_read_values(
        &mut self,
        ranges: &[String],
        render: Render,
    ) -> Result<Vec<Vec<Vec<Value>>>, ApiFailure> {
        self.prepare(Quota::Reads).await?;
        let mut recorder = FailureRecorder::default();
        let call = self
            .hub
            .spreadsheets()
            .values_batch_get(&self.spreadsheet)
            .major_dimension("ROWS")
            .value_render_option(match render {
                Render::Values => "UNFORMATTED_VALUE",
                Render::Formulas => "FORMULA",
            })
            .param("fields", "valueRanges(values)")
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut recorder);
        let call = ranges
            .iter()
            .fold(call, |call, range| call.add_ranges(range));
        let answer = tokio::time::timeout(READ_TIMEOUT, call.doit()).await;
        let (_, answer) =
            recorder.outcome(answer, &self.error_context, self.clock.time_of_day())?;
        let found = answer.value_ranges.into_iter().flatten();
        Ok(found
            .map(|range| range.values.unwrap_or_default())
            .collect())
    }

    /// Writes rows into a staging tab, to the same row numbers.
    ///
    /// Idempotent, so it is retried after a lost answer.
    pub(crate) async fn write_rows(
        &mut self,
        tab: i32,
        rows: &Rows,
        picked: Range<usize>,
    ) -> Result<()> {
        let mut retries = self.retries();
        loop {
            match self.try_write_rows(tab, rows, picked.clone()).await {
                Ok(()) => return Ok(()),
                Err(failure) => self.wait(&mut retries, failure).await?,
            }
        }
    }

    async fn try_write_rows(
        &mut self,
        tab: i32,
        rows: &Rows,
        picked: Range<usize>,
    ) -> Result<(), ApiFailure> {
        self.prepare(Quota::Writes).await?;
        let request = values_request(tab, rows, picked);
        let mut recorder = FailureRecorder::default();
        let call = self
            .hub
            .spreadsheets()
            .values_batch_update_by_data_filter(request, &self.spreadsheet)
            .param("fields", "totalUpdatedRows")
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut recorder);
        let answer = tokio::time::timeout(WRITE_TIMEOUT, call.doit()).await;
        recorder
            .outcome(answer, &self.error_context, self.clock.time_of_day())
            .map(drop)
    }

    /// Sends a batch of changes, without retries.
    pub(crate) async fn try_batch(
        &mut self,
        changes: &[SheetChange<'_>],
    ) -> Result<(), ApiFailure> {
        let token = self.prepare(Quota::Writes).await?;
        let mut url = self.endpoint.clone();
        url.set_path(&format!(
            "{}v4/spreadsheets/{}:batchUpdate",
            self.endpoint.path(),
            self.spreadsheet
        ));
        url.set_query(Some("alt=json&fields=spreadsheetId"));
        let request = hyper::Request::post(url.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        let answer = self
            .http
            .send(
                "Google Sheets",
                request,
                body(changes).into(),
                WRITE_TIMEOUT,
            )
            .await?;
        let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
        match answer.status {
            // A complete answer means that the whole batch was applied.
            200..300 if said.as_ref().is_some_and(Value::is_object) => Ok(()),
            200..300 => Err(ApiFailure::interrupted(
                "Google Sheets sent an invalid answer",
            )),
            status => Err(classify_status(
                status,
                said.as_ref(),
                answer.retry_after.as_deref(),
                self.clock.time_of_day(),
                &self.error_context,
            )),
        }
    }

    /// Starts to count the tries of a request.
    pub(crate) fn retries(&self) -> Retries {
        Retries::new(self.clock.now())
    }

    /// Waits before the next try of a request.
    ///
    /// # Errors
    ///
    /// The failure's error, if there is no next try.
    pub(crate) async fn wait(&mut self, retries: &mut Retries, failure: ApiFailure) -> Result<()> {
        if failure.token_refused && !self.signer.forget() {
            return Err(failure.error);
        }
        let asked = failure.retry_after.is_some();
        let why = if asked {
            "Google asks for a pause"
        } else {
            "the request to Google failed"
        };
        let wait = retries.wait(failure, self.clock.now())?;
        self.pause(wait, why).await;
        Ok(())
    }

    async fn pause(&self, wait: Duration, why: &str) {
        tracing::debug!(seconds = wait.as_secs_f32(), why, "waiting");
        if wait >= Duration::from_secs(1) {
            self.status.say(&format!(
                "{why}: waiting {} s before the next request",
                wait.as_secs_f32().ceil()
            ));
        }
        self.clock.sleep(wait).await;
    }

    /// Signs in, waits for the quota, and returns the access token.
    async fn prepare(&mut self, quota: Quota) -> Result<String, ApiFailure> {
        let token = self.signer.token().await?;
        loop {
            let now = self.clock.now();
            let window = match quota {
                Quota::Reads => &mut self.reads,
                Quota::Writes => &mut self.writes,
            };
            let Some(wait) = window.wait(now) else {
                window.take(now);
                break;
            };
            self.pause(wait, "Google's quota of requests per minute is used up")
                .await;
        }
        self.reads_sent += usize::from(quota == Quota::Reads);
        self.hub.auth = Box::new(token.clone());
        self.error_context.secrets = self.signer.secrets();
        self.error_context.secrets.push(Secret::new(token.as_str()));
        Ok(token)
    }
}

impl fmt::Debug for SheetsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SheetsClient")
            .field("endpoint", &self.endpoint.as_str())
            .field("spreadsheet", &self.spreadsheet)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}
