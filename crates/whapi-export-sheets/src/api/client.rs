//! The Sheets API: every call to Google is in this module, so that each compiles once.
//!
//! Calls go through google-sheets4, but for one: a batch of changes is made of that crate's types
//! one at a time and sent by its client, because a whole batch of them takes 6 kB a cell.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use google_sheets4::api::{
    AddSheetRequest, AppendDimensionRequest, BasicFilter, BatchUpdateValuesByDataFilterRequest,
    CellData, CellFormat, CopyPasteRequest, CreateDeveloperMetadataRequest, DataFilter,
    DataFilterValueRange, DeleteSheetRequest, DeveloperMetadata, DeveloperMetadataLocation,
    DeveloperMetadataLookup, DimensionProperties, DimensionRange, ExtendedValue, GridProperties,
    GridRange, NumberFormat, RepeatCellRequest, Request, RowData, Scope, SetBasicFilterRequest,
    Sheet, SheetProperties, Spreadsheet, TextFormat, UpdateCellsRequest,
    UpdateDeveloperMetadataRequest, UpdateDimensionPropertiesRequest, UpdateSheetPropertiesRequest,
};
use google_sheets4::common::{self, Delegate, Retry, remove_json_null_values};
use google_sheets4::hyper::body::Bytes;
use google_sheets4::hyper::{self, header};
use google_sheets4::hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use google_sheets4::{FieldMask, Sheets};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls_platform_verifier::BuilderVerifierExt;
use serde_json::Value;
use url::Url;
use whapi_export::{Error, ErrorKind, Notes, Result};

use crate::api::auth::{Credentials, Secret, Signer};
use crate::api::quota::Bucket;
use crate::api::retry::{Failure, Names, Patience, judge};
use crate::clock::Clock;
use crate::plan::{
    Area, COLUMN_KEY, Change, Filter, STAGING_KEY, STATE_KEY, Snapshot, Tab, a1, index,
};
use crate::rows::{COLUMNS, Rows, WIDTH};

pub(crate) type Connector = HttpsConnector<HttpConnector>;
type Hub = Sheets<Connector>;

/// Google's own address.
pub(crate) const ENDPOINT: &str = "https://sheets.googleapis.com/";
/// A read that takes longer is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// Google itself gives up after 180 seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(240);
/// Signing in takes no longer.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(60);
/// Rows that are in memory as the crate's types at a time.
const ROWS_AT_A_TIME: usize = 100;
/// The most of an answer that is read where only its status or a short JSON matters.
const MOST_ANSWERED: usize = 1 << 20;

/// What a snapshot asks for: no cell.
const SNAPSHOT_FIELDS: &str = "spreadsheetId,sheets(\
     properties(sheetId,title,sheetType,gridProperties(rowCount,columnCount,frozenRowCount)),\
     developerMetadata(metadataId,metadataKey,metadataValue),\
     basicFilter(range,criteria,filterSpecs,sortSpecs),\
     data(startColumn,columnMetadata(developerMetadata(metadataKey,metadataValue))))";

/// Which quota a request counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quota {
    Reads,
    Writes,
}

/// How to read cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Render {
    /// What they hold.
    Values,
    /// What was typed: formulas as such.
    Formulas,
}

/// One spreadsheet, one request at a time.
pub(crate) struct Client {
    hub: Hub,
    http: Http,
    endpoint: Url,
    signer: Signer,
    spreadsheet: String,
    names: Names,
    clock: Clock,
    notes: Notes,
    reads: Bucket,
    writes: Bucket,
    reads_sent: usize,
}

impl Client {
    pub(crate) fn new(
        endpoint: Url,
        spreadsheet: String,
        credentials: Credentials,
        clock: Clock,
        notes: Notes,
    ) -> Result<Self> {
        let client = client(&endpoint)?;
        let mut hub = Sheets::new(client.clone(), common::auth::NoToken);
        hub.base_url(endpoint.to_string());
        hub.user_agent(concat!("whapi-export-sheets/", env!("CARGO_PKG_VERSION")).to_owned());
        let http = Http(client);
        Ok(Self {
            hub,
            names: Names {
                spreadsheet: spreadsheet.clone(),
                who: credentials.who(),
                origin: credentials.origin.clone(),
                secrets: Vec::new(),
            },
            signer: Signer::new(credentials, http.clone(), clock.clone()),
            http,
            endpoint,
            spreadsheet,
            clock,
            notes,
            reads: Bucket::default(),
            writes: Bucket::default(),
            reads_sent: 0,
        })
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How many reads there were, tries counted.
    pub(crate) fn reads_sent(&self) -> usize {
        self.reads_sent
    }

    pub(crate) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Reads what the spreadsheet is.
    pub(crate) async fn snapshot(&mut self) -> Result<Snapshot> {
        let mut patience = self.patience();
        loop {
            match self.try_snapshot().await {
                Ok(snapshot) => return Ok(snapshot),
                Err(failure) => self.wait(&mut patience, failure).await?,
            }
        }
    }

    async fn try_snapshot(&mut self) -> Result<Snapshot, Failure> {
        self.prepare(Quota::Reads).await?;
        let mut witness = Witness::default();
        let call = self
            .hub
            .spreadsheets()
            .get(&self.spreadsheet)
            .param("fields", SNAPSHOT_FIELDS)
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut witness);
        let answer = tokio::time::timeout(READ_TIMEOUT, call.doit()).await;
        let (_, spreadsheet) = self.outcome(answer, &witness)?;
        Ok(snapshot(spreadsheet))
    }

    /// Reads cells as rows, without empty cells at the end of a row and empty rows at the end.
    pub(crate) async fn values(
        &mut self,
        title: &str,
        rows: &Range<i32>,
        columns: &Range<i32>,
        render: Render,
    ) -> Result<Vec<Vec<Value>>> {
        let range = a1(title, rows, columns);
        let mut patience = self.patience();
        loop {
            match self.try_values(&range, render).await {
                Ok(values) => return Ok(values),
                Err(failure) => self.wait(&mut patience, failure).await?,
            }
        }
    }

    async fn try_values(
        &mut self,
        range: &str,
        render: Render,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        self.prepare(Quota::Reads).await?;
        let mut witness = Witness::default();
        let call = self
            .hub
            .spreadsheets()
            .values_batch_get(&self.spreadsheet)
            .add_ranges(range)
            .major_dimension("ROWS")
            .value_render_option(match render {
                Render::Values => "UNFORMATTED_VALUE",
                Render::Formulas => "FORMULA",
            })
            .param("fields", "valueRanges(values)")
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut witness);
        let answer = tokio::time::timeout(READ_TIMEOUT, call.doit()).await;
        let (_, answer) = self.outcome(answer, &witness)?;
        let range = answer.value_ranges.into_iter().flatten().next();
        Ok(range.and_then(|range| range.values).unwrap_or_default())
    }

    /// Writes rows into a tab, from its row `top` on. Doing so twice is doing so once, so it is
    /// sent again until the answer says that it happened.
    pub(crate) async fn write_rows(
        &mut self,
        tab: i32,
        rows: &Rows,
        picked: Range<usize>,
    ) -> Result<()> {
        let mut patience = self.patience();
        loop {
            match self.try_write_rows(tab, rows, picked.clone()).await {
                Ok(()) => return Ok(()),
                Err(failure) => self.wait(&mut patience, failure).await?,
            }
        }
    }

    async fn try_write_rows(
        &mut self,
        tab: i32,
        rows: &Rows,
        picked: Range<usize>,
    ) -> Result<(), Failure> {
        self.prepare(Quota::Writes).await?;
        let request = write_request(tab, rows, picked);
        let mut witness = Witness::default();
        let call = self
            .hub
            .spreadsheets()
            .values_batch_update_by_data_filter(request, &self.spreadsheet)
            .param("fields", "totalUpdatedRows")
            .add_scope(Scope::Spreadsheet)
            .delegate(&mut witness);
        let answer = tokio::time::timeout(WRITE_TIMEOUT, call.doit()).await;
        self.outcome(answer, &witness).map(drop)
    }

    /// Sends a batch of changes once.
    pub(crate) async fn try_batch(&mut self, changes: &[Change<'_>]) -> Result<(), Failure> {
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
            .send(request, body(changes).into(), WRITE_TIMEOUT)
            .await?;
        let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
        match answer.status {
            // The whole answer is there, so the whole batch happened.
            200..300 if said.as_ref().is_some_and(Value::is_object) => Ok(()),
            200..300 => Err(Failure::cut(
                "Google Sheets gave an answer that is not understood",
            )),
            status => Err(self.judge(status, said.as_ref(), answer.retry_after.as_deref())),
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.clock.now())
    }

    /// Waits until a request may be tried again.
    pub(crate) async fn wait(&mut self, patience: &mut Patience, failure: Failure) -> Result<()> {
        if failure.signed_out && !self.signer.forget() {
            return Err(failure.error);
        }
        let asked = failure.after.is_some();
        let why = if asked {
            "Google asks for a pause"
        } else {
            "Google did not answer as it should"
        };
        let wait = patience.wait(failure, self.clock.now())?;
        self.pause(wait, why).await;
        Ok(())
    }

    async fn pause(&self, wait: Duration, why: &str) {
        tracing::debug!(seconds = wait.as_secs_f32(), why, "waiting");
        if wait >= Duration::from_secs(1) {
            self.notes.say(&format!(
                "{why}: waiting {} s before the next request",
                wait.as_secs_f32().ceil()
            ));
        }
        self.clock.sleep(wait).await;
    }

    /// Waits for the quota and signs in.
    async fn prepare(&mut self, quota: Quota) -> Result<String, Failure> {
        let signed = tokio::time::timeout(SIGN_IN_TIMEOUT, self.signer.token()).await;
        let token = signed.unwrap_or_else(|_| {
            Err(Failure {
                unknown: false,
                ..Failure::cut("Google's sign-in does not answer")
            })
        })?;
        loop {
            let now = self.clock.now();
            let bucket = match quota {
                Quota::Reads => &mut self.reads,
                Quota::Writes => &mut self.writes,
            };
            let Some(wait) = bucket.wait(now) else {
                bucket.take(now);
                break;
            };
            self.pause(wait, "staying within Google's quota of requests a minute")
                .await;
        }
        self.reads_sent += usize::from(quota == Quota::Reads);
        self.hub.auth = Box::new(token.clone());
        self.names.secrets = self.signer.secrets();
        self.names.secrets.push(Secret::new(token.as_str()));
        Ok(token)
    }

    fn judge(&self, status: u16, body: Option<&Value>, retry_after: Option<&str>) -> Failure {
        let now = self.clock.time_of_day();
        judge(status, body, retry_after, now, &self.names)
    }

    fn outcome<T>(
        &self,
        answer: Result<google_sheets4::Result<T>, tokio::time::error::Elapsed>,
        witness: &Witness,
    ) -> Result<T, Failure> {
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_) => return Err(Failure::cut("Google Sheets does not answer")),
        };
        if let Some(status) = witness.status {
            return Err(self.judge(
                status,
                witness.body.as_ref(),
                witness.retry_after.as_deref(),
            ));
        }
        // Decoding fails when an answer was cut; its text, which may be contacts, is not quoted.
        Err(match error {
            google_sheets4::Error::HttpError(_) => {
                Failure::cut("the connection to Google Sheets failed")
            }
            google_sheets4::Error::JsonDecodeError(..) | google_sheets4::Error::Io(_) => {
                Failure::cut("Google Sheets gave an answer that is not understood")
            }
            _ => Failure::fatal(Error::new(
                ErrorKind::Destination,
                "could not ask Google Sheets",
            )),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint.as_str())
            .field("spreadsheet", &self.spreadsheet)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// Keeps of a refusal what the crate's own error leaves out.
#[derive(Debug, Default)]
struct Witness {
    status: Option<u16>,
    retry_after: Option<String>,
    body: Option<Value>,
}

impl Delegate for Witness {
    fn http_failure(&mut self, response: &common::Response, body: Option<&Value>) -> Retry {
        self.status = Some(response.status().as_u16());
        self.retry_after = retry_after(response.headers());
        self.body = body.cloned();
        Retry::Abort
    }
}

fn retry_after(headers: &hyper::HeaderMap) -> Option<String> {
    let value = headers.get(header::RETRY_AFTER)?;
    Some(value.to_str().ok()?.to_owned())
}

/// Plain requests over the same connections.
#[derive(Clone)]
pub(crate) struct Http(HyperClient<Connector, common::Body>);

/// An answer to a plain request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Bytes,
}

impl Http {
    /// Sends a form, as a token service wants it.
    pub(crate) async fn post_form(&self, url: &Url, form: String) -> Result<Answer, Failure> {
        let request = hyper::Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.into(), SIGN_IN_TIMEOUT).await
    }

    async fn send(
        &self,
        request: google_sheets4::hyper::http::request::Builder,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Answer, Failure> {
        let body = Full::new(body).map_err(|never| match never {}).boxed();
        let request = request.body(body).map_err(|_| {
            Failure::fatal(Error::new(
                ErrorKind::Config,
                "an address or a token is no text for HTTP",
            ))
        })?;
        let exchange = async {
            let response = self.0.request(request).await.map_err(|_| ())?;
            let status = response.status().as_u16();
            let retry_after = retry_after(response.headers());
            let body = http_body_util::Limited::new(response.into_body(), MOST_ANSWERED);
            let body = body.collect().await.map_err(|_| ())?.to_bytes();
            Ok::<_, ()>(Answer {
                status,
                retry_after,
                body,
            })
        };
        match tokio::time::timeout(timeout, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(())) => Err(Failure::cut("the connection to Google failed")),
            Err(_) => Err(Failure::cut("Google does not answer")),
        }
    }
}

fn client(url: &Url) -> Result<HyperClient<Connector, common::Body>> {
    Ok(HyperClient::builder(TokioExecutor::new()).build(connector(url)?))
}

/// A client as yup-oauth2 wants it.
pub(crate) fn text_client(url: &Url) -> Result<HyperClient<Connector, String>> {
    Ok(HyperClient::builder(TokioExecutor::new()).build(connector(url)?))
}

fn connector(url: &Url) -> Result<Connector> {
    // The provider is named, so it does not matter how many the program has. An address that is
    // plain text is on loopback: nobody is trusted there, and no certificates are read.
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.and_then(|builder| {
        if url.scheme() == "https" {
            let verified = builder.with_platform_verifier()?;
            Ok(verified.with_no_client_auth())
        } else {
            let nobody = rustls::RootCertStore::empty();
            Ok(builder.with_root_certificates(nobody).with_no_client_auth())
        }
    });
    let config = config.map_err(|error| {
        Error::new(ErrorKind::Destination, "could not set up TLS").with_source(error)
    })?;
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_all_versions()
        .build())
}

fn snapshot(spreadsheet: Spreadsheet) -> Snapshot {
    Snapshot {
        tabs: spreadsheet.sheets.into_iter().flatten().map(tab).collect(),
    }
}

fn tab(sheet: Sheet) -> Tab {
    let properties = sheet.properties.unwrap_or_default();
    let grid = properties.grid_properties.unwrap_or_default();
    let (mut state, mut staging) = (None, None);
    for tag in sheet.developer_metadata.into_iter().flatten() {
        let value = tag.metadata_value.unwrap_or_default();
        match tag.metadata_key.as_deref() {
            Some(STATE_KEY) => state = Some((tag.metadata_id.unwrap_or_default(), value)),
            Some(STAGING_KEY) => staging = Some(value),
            _ => {}
        }
    }
    let mut tagged = None;
    for data in sheet.data.into_iter().flatten() {
        let start = data.start_column.unwrap_or_default();
        for (at, column) in (start..).zip(data.column_metadata.into_iter().flatten()) {
            let tagged = tagged.get_or_insert_with(Vec::new);
            for tag in column.developer_metadata.into_iter().flatten() {
                if tag.metadata_key.as_deref() == Some(COLUMN_KEY) {
                    tagged.push((at, tag.metadata_value.unwrap_or_default()));
                }
            }
        }
    }
    let kind = properties.sheet_type.as_deref();
    Tab {
        id: properties.sheet_id.unwrap_or_default(),
        title: properties.title.unwrap_or_default(),
        is_grid: kind.is_none_or(|kind| kind == "GRID"),
        rows: grid.row_count.unwrap_or_default(),
        columns: grid.column_count.unwrap_or_default(),
        frozen_rows: grid.frozen_row_count.unwrap_or_default(),
        state,
        staging,
        tagged,
        filter: sheet.basic_filter.map(filter),
    }
}

fn filter(filter: BasicFilter) -> Filter {
    let range = filter.range.unwrap_or_default();
    Filter {
        columns: range.start_column_index.unwrap_or_default()
            ..range.end_column_index.unwrap_or_default(),
        end_row: range.end_row_index,
        is_plain: filter.criteria.unwrap_or_default().is_empty()
            && filter.filter_specs.unwrap_or_default().is_empty()
            && filter.sort_specs.unwrap_or_default().is_empty(),
    }
}

/// A batch as JSON. Exact: a plan says how many bytes it will be.
pub(crate) fn body(changes: &[Change<'_>]) -> Vec<u8> {
    let mut body = b"{\"requests\":[".to_vec();
    let mut first = true;
    let mut push = |request: Request| {
        let mut value = serde_json::to_value(request).expect("the crate's types become JSON");
        remove_json_null_values(&mut value);
        if !std::mem::take(&mut first) {
            body.push(b',');
        }
        serde_json::to_writer(&mut body, &value).expect("a buffer takes everything");
    };
    for change in changes {
        match change {
            Change::Cells {
                tab,
                top,
                left,
                rows,
                picked,
                columns,
            } => {
                for (nth, picked) in picked.chunks(ROWS_AT_A_TIME).enumerate() {
                    let top = top + index(nth * ROWS_AT_A_TIME);
                    let area = Area {
                        tab: *tab,
                        rows: top..top + index(picked.len()),
                        columns: *left..left + index(columns.len()),
                    };
                    let row = |row: &usize| {
                        let cells = columns.clone().map(|column| cell(rows.cell(*row, column)));
                        row_data(cells.collect())
                    };
                    push(update_cells(&area, VALUE, picked.iter().map(row).collect()));
                }
            }
            other => push(request(other)),
        }
    }
    body.extend_from_slice(b"]}");
    body
}

/// How long the request is that writes these rows, to the byte.
pub(crate) fn rows_body_len(tab: i32, rows: &Rows, part: &Range<usize>) -> usize {
    let around = write_request(tab, rows, part.start..part.start);
    let mut around = serde_json::to_value(around).expect("the crate's types become JSON");
    // The range is that of all rows.
    around["data"][0]["dataFilter"]["gridRange"]["endRowIndex"] = index(part.end).into();
    remove_json_null_values(&mut around);
    let rows: usize = part.clone().map(|row| rows.json_len(row)).sum();
    around.to_string().len() + rows - usize::from(!part.is_empty())
}

fn write_request(
    tab: i32,
    rows: &Rows,
    picked: Range<usize>,
) -> BatchUpdateValuesByDataFilterRequest {
    let area = Area {
        tab,
        rows: index(picked.start)..index(picked.end),
        columns: 0..index(WIDTH),
    };
    // An empty text and not null: the crate takes nulls out, and the rest would move left.
    let text = |cell: &str| Value::String(cell.to_owned());
    let values = picked.map(|row| rows.row(row).map(text).collect());
    BatchUpdateValuesByDataFilterRequest {
        data: Some(vec![DataFilterValueRange {
            data_filter: Some(DataFilter {
                grid_range: Some(grid_range(&area)),
                ..DataFilter::default()
            }),
            major_dimension: Some("ROWS".to_owned()),
            values: Some(values.collect()),
        }]),
        value_input_option: Some("RAW".to_owned()),
        ..BatchUpdateValuesByDataFilterRequest::default()
    }
}

/// The field of a cell that holds its value.
const VALUE: &str = "userEnteredValue";

#[expect(clippy::too_many_lines, reason = "one arm for each change")]
fn request(change: &Change<'_>) -> Request {
    let empty = Request::default();
    match change {
        Change::AddTab {
            id,
            title,
            rows,
            columns,
            hidden,
        } => Request {
            add_sheet: Some(AddSheetRequest {
                properties: Some(SheetProperties {
                    sheet_id: Some(*id),
                    title: Some(title.clone()),
                    hidden: hidden.then_some(true),
                    grid_properties: Some(GridProperties {
                        row_count: Some(*rows),
                        column_count: Some(*columns),
                        ..GridProperties::default()
                    }),
                    ..SheetProperties::default()
                }),
            }),
            ..empty
        },
        Change::DeleteTab(tab) => Request {
            delete_sheet: Some(DeleteSheetRequest {
                sheet_id: Some(*tab),
            }),
            ..empty
        },
        Change::AddRows { tab, count } => append(*tab, "ROWS", *count),
        Change::AddColumns { tab, count } => append(*tab, "COLUMNS", *count),
        Change::TextFormat(area) => repeat(
            area,
            "userEnteredFormat.numberFormat",
            CellFormat {
                number_format: Some(NumberFormat {
                    type_: Some("TEXT".to_owned()),
                    ..NumberFormat::default()
                }),
                ..CellFormat::default()
            },
        ),
        Change::Bold(area) => repeat(
            area,
            "userEnteredFormat.textFormat.bold",
            CellFormat {
                text_format: Some(TextFormat {
                    bold: Some(true),
                    ..TextFormat::default()
                }),
                ..CellFormat::default()
            },
        ),
        Change::FreezeHeader(tab) => Request {
            update_sheet_properties: Some(UpdateSheetPropertiesRequest {
                fields: Some(mask("gridProperties.frozenRowCount")),
                properties: Some(SheetProperties {
                    sheet_id: Some(*tab),
                    grid_properties: Some(GridProperties {
                        frozen_row_count: Some(1),
                        ..GridProperties::default()
                    }),
                    ..SheetProperties::default()
                }),
            }),
            ..empty
        },
        Change::Width {
            tab,
            columns,
            pixels,
        } => Request {
            update_dimension_properties: Some(UpdateDimensionPropertiesRequest {
                fields: Some(mask("pixelSize")),
                properties: Some(DimensionProperties {
                    pixel_size: Some(*pixels),
                    ..DimensionProperties::default()
                }),
                range: Some(dimension(*tab, columns)),
                ..UpdateDimensionPropertiesRequest::default()
            }),
            ..empty
        },
        Change::SetFilter(area) => Request {
            set_basic_filter: Some(SetBasicFilterRequest {
                filter: Some(BasicFilter {
                    range: Some(grid_range(area)),
                    ..BasicFilter::default()
                }),
            }),
            ..empty
        },
        Change::Clear(area) => update_cells(area, VALUE, Vec::new()),
        Change::Header { tab, left, columns } => {
            let area = Area {
                tab: *tab,
                rows: 0..1,
                columns: *left..left + index(columns.len()),
            };
            let cells = COLUMNS[columns.clone()].iter().map(|name| cell(name));
            update_cells(&area, VALUE, vec![row_data(cells.collect())])
        }
        Change::Copy { from, to } => Request {
            copy_paste: Some(CopyPasteRequest {
                source: Some(grid_range(from)),
                destination: Some(grid_range(to)),
                paste_type: Some("PASTE_VALUES".to_owned()),
                paste_orientation: Some("NORMAL".to_owned()),
            }),
            ..empty
        },
        Change::Note {
            tab,
            row,
            column,
            text,
        } => {
            let area = Area {
                tab: *tab,
                rows: *row..row + 1,
                columns: *column..column + 1,
            };
            let cell = CellData {
                note: Some(text.clone()),
                ..CellData::default()
            };
            update_cells(&area, "note", vec![row_data(vec![cell])])
        }
        Change::TagTab { tab, key, value } => {
            let location = DeveloperMetadataLocation {
                sheet_id: Some(*tab),
                ..DeveloperMetadataLocation::default()
            };
            tag(key, value, location)
        }
        Change::TagColumn { tab, column, value } => {
            let location = DeveloperMetadataLocation {
                dimension_range: Some(dimension(*tab, &(*column..column + 1))),
                ..DeveloperMetadataLocation::default()
            };
            tag(COLUMN_KEY, value, location)
        }
        Change::UpdateTag { id, value } => Request {
            update_developer_metadata: Some(UpdateDeveloperMetadataRequest {
                data_filters: Some(vec![DataFilter {
                    developer_metadata_lookup: Some(DeveloperMetadataLookup {
                        metadata_id: Some(*id),
                        ..DeveloperMetadataLookup::default()
                    }),
                    ..DataFilter::default()
                }]),
                developer_metadata: Some(DeveloperMetadata {
                    metadata_value: Some(value.clone()),
                    ..DeveloperMetadata::default()
                }),
                fields: Some(mask("metadataValue")),
            }),
            ..empty
        },
        Change::Cells { .. } => unreachable!("`body` takes these apart"),
    }
}

fn mask(fields: &str) -> FieldMask {
    FieldMask::new(&[fields])
}

fn append(tab: i32, dimension: &str, count: i32) -> Request {
    Request {
        append_dimension: Some(AppendDimensionRequest {
            sheet_id: Some(tab),
            dimension: Some(dimension.to_owned()),
            length: Some(count),
        }),
        ..Request::default()
    }
}

fn repeat(area: &Area, fields: &str, format: CellFormat) -> Request {
    Request {
        repeat_cell: Some(RepeatCellRequest {
            range: Some(grid_range(area)),
            fields: Some(mask(fields)),
            cell: Some(CellData {
                user_entered_format: Some(format),
                ..CellData::default()
            }),
        }),
        ..Request::default()
    }
}

/// Cells of the area that the rows do not reach are cleared.
fn update_cells(area: &Area, fields: &str, rows: Vec<RowData>) -> Request {
    Request {
        update_cells: Some(UpdateCellsRequest {
            range: Some(grid_range(area)),
            fields: Some(mask(fields)),
            rows: (!rows.is_empty()).then_some(rows),
            start: None,
        }),
        ..Request::default()
    }
}

fn tag(key: &str, value: &str, location: DeveloperMetadataLocation) -> Request {
    Request {
        create_developer_metadata: Some(CreateDeveloperMetadataRequest {
            developer_metadata: Some(DeveloperMetadata {
                metadata_key: Some(key.to_owned()),
                metadata_value: Some(value.to_owned()),
                location: Some(location),
                // Whoever signs in for the next run must see it, from another project too.
                visibility: Some("DOCUMENT".to_owned()),
                metadata_id: None,
            }),
        }),
        ..Request::default()
    }
}

fn cell(text: &str) -> CellData {
    CellData {
        user_entered_value: (!text.is_empty()).then(|| ExtendedValue {
            string_value: Some(text.to_owned()),
            ..ExtendedValue::default()
        }),
        ..CellData::default()
    }
}

fn row_data(cells: Vec<CellData>) -> RowData {
    RowData {
        values: Some(cells),
    }
}

fn grid_range(area: &Area) -> GridRange {
    GridRange {
        sheet_id: Some(area.tab),
        start_row_index: Some(area.rows.start),
        end_row_index: Some(area.rows.end),
        start_column_index: Some(area.columns.start),
        end_column_index: Some(area.columns.end),
    }
}

fn dimension(tab: i32, columns: &Range<i32>) -> DimensionRange {
    DimensionRange {
        sheet_id: Some(tab),
        dimension: Some("COLUMNS".to_owned()),
        start_index: Some(columns.start),
        end_index: Some(columns.end),
    }
}

/// The address at which people see a spreadsheet, or a tab of it.
pub(crate) fn address(spreadsheet: &str, tab: Option<i32>) -> String {
    let tab = tab.map_or(String::new(), |tab| format!("#gid={tab}"));
    format!("https://docs.google.com/spreadsheets/d/{spreadsheet}/edit{tab}")
}
