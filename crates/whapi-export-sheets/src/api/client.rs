//! Sends requests to the Sheets API, one at a time, with sign-in, quota and retries.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use google_sheets4::api::{BatchGetValuesResponse, Spreadsheet};
use google_sheets4::hyper::body::Bytes;
use google_sheets4::hyper::http::request::Builder;
use google_sheets4::hyper::{Request, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;
use whapi_export::{Error, ErrorKind, Result, StatusSink};
use whapi_http::Clock;

use super::a1::{ReadArea, a1};
use super::auth::Signer;
use super::credentials::Credentials;
use super::failure::{ApiFailure, ErrorContext, classify_status};
use super::http::Http;
use super::quota::QuotaWindow;
use super::requests::{NEW_TITLE, body, rows_body, search_body, spreadsheet_body};
use super::retries::Retries;
use super::secret::Secret;
use super::snapshot::{SNAPSHOT_FIELDS, sheet_snapshot};
use crate::plan::{STATE_KEY, SheetChange, SheetSnapshot};
use crate::rows::Rows;

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
        Ok(Self {
            http: Http::new(&endpoint)?,
            error_context: ErrorContext {
                spreadsheet: spreadsheet.clone(),
                account: credentials.account(),
                origin: credentials.origin.clone(),
                secrets: Vec::new(),
            },
            signer: Signer::new(credentials, Arc::clone(&clock)),
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

    /// The account that signs in, for messages.
    pub(crate) fn account(&self) -> &str {
        &self.error_context.account
    }

    pub(crate) fn status(&self) -> &StatusSink {
        &self.status
    }

    /// Makes a spreadsheet with one empty tab of so many columns, and works on it from then on.
    ///
    /// Not retried when it may have been made: then there would be two.
    ///
    /// # Errors
    ///
    /// The error of the last try.
    pub(crate) async fn create_spreadsheet(&mut self, tab: &str, width: usize) -> Result<()> {
        let body = Bytes::from(spreadsheet_body(tab, width));
        let mut retries = self.retries();
        let made: Spreadsheet = loop {
            match self.try_create(body.clone()).await {
                Ok(made) => break made,
                Err(failure) if failure.outcome_unknown => {
                    let message = format!(
                        "{}; a spreadsheet `{NEW_TITLE}` may have been made: look for it in Google \
                         Sheets, and give its address with `sheets.spreadsheet`",
                        failure.error
                    );
                    return Err(Error::new(failure.error.kind(), message));
                }
                Err(failure) => self.wait(&mut retries, failure).await?,
            }
        };
        let id = made.spreadsheet_id.filter(|id| !id.is_empty());
        self.spreadsheet = id.ok_or_else(|| {
            Error::new(
                ErrorKind::Destination,
                "Google Sheets sent an invalid answer",
            )
        })?;
        self.error_context.spreadsheet.clone_from(&self.spreadsheet);
        Ok(())
    }

    async fn try_create(&mut self, body: Bytes) -> Result<Spreadsheet, ApiFailure> {
        let token = self.prepare(Quota::Writes).await?;
        let url = self.url("", &[("fields", "spreadsheetId")]);
        let request = Request::post(url.as_str()).header(header::CONTENT_TYPE, "application/json");
        self.send(request, &token, body, WRITE_TIMEOUT).await
    }

    /// The id of the spreadsheet. Empty before it is made.
    pub(crate) fn spreadsheet(&self) -> &str {
        &self.spreadsheet
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
        let query = [("fields", SNAPSHOT_FIELDS)];
        self.get("", &query).await.map(sheet_snapshot)
    }

    /// Checks that the access token may write, without a write.
    ///
    /// The API answers a search for metadata only with a scope that allows writes, although the search
    /// is a read. The role of the account shows only when it writes. One try: any other failure
    /// returns with the next request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] for a token that lacks the scope.
    pub(crate) async fn check_scope(&mut self) -> Result<()> {
        if self.signer.requests_scope() {
            return Ok(());
        }
        let fields = "matchedDeveloperMetadata(developerMetadata(metadataId))";
        let path = "/developerMetadata:search";
        let body = Bytes::from(search_body(STATE_KEY));
        match self.post(Quota::Reads, path, fields, body).await {
            Err(failure) if failure.error.kind() == ErrorKind::Auth && !failure.token_refused => {
                Err(failure.error)
            }
            _ => Ok(()),
        }
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
        let render = match render {
            Render::Values => "UNFORMATTED_VALUE",
            Render::Formulas => "FORMULA",
        };
        let mut query = vec![
            ("majorDimension", "ROWS"),
            ("valueRenderOption", render),
            ("fields", "valueRanges(values)"),
        ];
        query.extend(ranges.iter().map(|range| ("ranges", range.as_str())));
        let answer: BatchGetValuesResponse = self.get("/values:batchGet", &query).await?;
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
        picked: &[usize],
        part: &Range<usize>,
    ) -> Result<()> {
        let path = "/values:batchUpdateByDataFilter";
        let body = Bytes::from(rows_body(tab, rows, picked, part));
        let mut retries = self.retries();
        loop {
            match self
                .post(Quota::Writes, path, "totalUpdatedRows", body.clone())
                .await
            {
                Ok(()) => return Ok(()),
                Err(failure) => self.wait(&mut retries, failure).await?,
            }
        }
    }

    /// Sends a batch of changes, without retries.
    pub(crate) async fn try_batch(
        &mut self,
        changes: &[SheetChange<'_>],
    ) -> Result<(), ApiFailure> {
        let body = body(changes).into();
        self.post(Quota::Writes, ":batchUpdate", "spreadsheetId", body)
            .await
    }

    /// Sends a reading request. `path` follows the spreadsheet's id.
    async fn get<T: DeserializeOwned>(
        &mut self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, ApiFailure> {
        let token = self.prepare(Quota::Reads).await?;
        let request = Request::get(self.url(path, query).as_str());
        self.send(request, &token, Bytes::new(), READ_TIMEOUT).await
    }

    /// Sends a request with a body. `path` follows the spreadsheet's id.
    ///
    /// A complete answer means that the whole request was applied.
    async fn post(
        &mut self,
        quota: Quota,
        path: &str,
        fields: &str,
        body: Bytes,
    ) -> Result<(), ApiFailure> {
        let token = self.prepare(quota).await?;
        let request = Request::post(self.url(path, &[("fields", fields)]).as_str())
            .header(header::CONTENT_TYPE, "application/json");
        let _: Map<String, Value> = self.send(request, &token, body, WRITE_TIMEOUT).await?;
        Ok(())
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.endpoint.clone();
        let path = format!("{}v4/spreadsheets/{}{path}", url.path(), self.spreadsheet);
        // One that is made has no id yet.
        url.set_path(path.trim_end_matches('/'));
        url.query_pairs_mut()
            .append_pair("alt", "json")
            .extend_pairs(query);
        url
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: Builder,
        token: &str,
        body: Bytes,
        timeout: Duration,
    ) -> Result<T, ApiFailure> {
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = self
            .http
            .send("Google Sheets", request, body, timeout)
            .await?;
        if (200..300).contains(&answer.status) {
            // The parser's message could quote contacts.
            return serde_json::from_slice(&answer.body)
                .map_err(|_| ApiFailure::interrupted("Google Sheets sent an invalid answer"));
        }
        let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
        Err(classify_status(
            answer.status,
            said.as_ref(),
            answer.retry_after.as_deref(),
            self.clock.time_of_day(),
            &self.error_context,
        ))
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
