//! A stand-in for the Sheets API, over real HTTP: one spreadsheet with the grid's real rules,
//! quotas, and faults by script. Which of its behaviour is documented and which is assumed stands
//! in `docs/testing/sheets.md`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::clock::VirtualClock;

pub(super) const ID: &str = "1standin-Spreadsheet_id";
pub(super) const TOKEN: &str = "test-token";
/// Somebody else who looks at the spreadsheet all the time: has no quota and is in no journal.
pub(super) const POLLER: &str = "poller-token";
/// Requests of one kind that a user has in a minute.
const QUOTA: usize = 60;
const MOST_PAYLOAD: usize = 2_000_000;
const MOST_CELLS: usize = 10_000_000;

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// This status, without doing anything; with `Retry-After` if there is one.
    Status(u16, Option<&'static str>),
    /// This status and this body as JSON, without doing anything.
    Says(u16, String),
    /// An HTML page with this status, without doing anything.
    Html(u16),
    /// The connection closes before the request is looked at.
    CutBefore,
    /// What was asked for happens, and the connection closes without an answer.
    CutAfter,
    /// What was asked for happens, and then there is this status.
    StatusAfter(u16),
    /// What was asked for happens, and the answer ends in the middle.
    Truncated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
    Token,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) path: String,
    pub(super) bytes: usize,
    /// `None`: cut.
    pub(super) status: Option<u16>,
    pub(super) body: Value,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Val {
    #[default]
    Empty,
    Text(Box<str>),
    Number(f64),
    Formula(Box<str>),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) value: Val,
    pub(super) note: Option<Box<str>>,
    pub(super) is_text_format: bool,
    pub(super) bold: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Meta {
    id: i64,
    key: String,
    value: String,
}

#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) id: i64,
    pub(super) title: String,
    pub(super) hidden: bool,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) frozen: usize,
    pub(super) filter: Option<Value>,
    pub(super) widths: Vec<i64>,
    /// Rows may be shorter than the grid, and fewer.
    pub(super) cells: Vec<Vec<Cell>>,
    tags: Vec<Meta>,
    column_tags: Vec<Vec<Meta>>,
}

impl Sheet {
    pub(super) fn new(id: i64, title: &str, rows: usize, columns: usize) -> Self {
        Self {
            id,
            title: title.to_owned(),
            hidden: false,
            rows,
            columns,
            frozen: 0,
            filter: None,
            widths: vec![100; columns],
            cells: Vec::new(),
            tags: Vec::new(),
            column_tags: vec![Vec::new(); columns],
        }
    }

    pub(super) fn get(&self, row: usize, column: usize) -> Cell {
        let cell = self.cells.get(row).and_then(|row| row.get(column));
        cell.cloned().unwrap_or_default()
    }

    pub(super) fn cell(&mut self, row: usize, column: usize) -> &mut Cell {
        assert!(
            row < self.rows && column < self.columns,
            "inside of the grid"
        );
        if self.cells.len() <= row {
            self.cells.resize(row + 1, Vec::new());
        }
        let row = &mut self.cells[row];
        if row.len() <= column {
            row.resize(column + 1, Cell::default());
        }
        &mut row[column]
    }

    /// What a reader sees, without empty rows and cells at the end.
    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        let area = (0, self.rows, 0, self.columns);
        let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
        let rows = self.values(area, "UNFORMATTED_VALUE");
        let rows = rows
            .iter()
            .map(|row| row.as_array().unwrap().iter().map(text).collect());
        rows.collect()
    }

    fn values(&self, (top, bottom, left, right): Area, render: &str) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        for row in top..bottom.min(self.cells.len()) {
            let cells = &self.cells[row];
            let mut shown: Vec<Value> = Vec::new();
            for cell in cells.iter().take(right).skip(left) {
                shown.push(match &cell.value {
                    Val::Empty => json!(""),
                    Val::Text(text) => json!(text),
                    Val::Number(number) => json!(number),
                    Val::Formula(formula) if render == "FORMULA" => json!(formula),
                    Val::Formula(_) => json!("computed"),
                });
            }
            while shown.last().is_some_and(|last| last == "") {
                shown.pop();
            }
            rows.push(Value::Array(shown));
        }
        while rows.last().is_some_and(|last| last == &json!([])) {
            rows.pop();
        }
        rows
    }

    /// Moves a column with everything on it, as dragging it does.
    pub(super) fn move_column(&mut self, from: usize, to: usize) {
        let columns = self.columns;
        for row in &mut self.cells {
            row.resize(columns, Cell::default());
            let cell = row.remove(from);
            row.insert(to, cell);
        }
        let tags = self.column_tags.remove(from);
        self.column_tags.insert(to, tags);
    }

    pub(super) fn drop_last_column(&mut self) {
        self.columns -= 1;
        self.column_tags.pop();
        self.widths.pop();
        for row in &mut self.cells {
            row.truncate(self.columns);
        }
    }

    pub(super) fn add_column(&mut self) {
        self.columns += 1;
        self.column_tags.push(Vec::new());
        self.widths.push(100);
    }
}

/// Top, bottom, left, right; the ends are behind the last.
type Area = (usize, usize, usize, usize);

#[derive(Debug, Default)]
struct State {
    sheets: Vec<Sheet>,
    next_tag: i64,
    journal: Vec<Entry>,
    faults: BTreeMap<usize, Fault>,
    every: Option<(usize, Fault)>,
    quotas: BTreeMap<(bool, String), Vec<Duration>>,
    /// Every state that the tab `Contacts` ever had.
    history: Vec<Option<Vec<Vec<String>>>>,
    keeps_history: bool,
    read_only: bool,
}

pub(super) struct StandIn {
    state: Arc<Mutex<State>>,
    clock: Arc<VirtualClock>,
    port: u16,
}

impl StandIn {
    pub(super) fn start(clock: Arc<VirtualClock>) -> Self {
        Self::start_on(0, clock)
    }

    pub(super) fn start_on(port: u16, clock: Arc<VirtualClock>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            sheets: vec![Sheet::new(0, "Sheet1", 1000, 26)],
            next_tag: 1,
            keeps_history: true,
            ..State::default()
        };
        let state = Arc::new(Mutex::new(state));
        let (shared, time) = (Arc::downgrade(&state), Arc::clone(&clock));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.strong_count() == 0 {
                    break;
                }
                let (shared, time) = (shared.clone(), Arc::clone(&time));
                std::thread::spawn(move || {
                    let _ = serve(&stream, &shared, &time);
                });
            }
        });
        Self { state, clock, port }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn clock(&self) -> &Arc<VirtualClock> {
        &self.clock
    }

    pub(super) fn journal(&self) -> Vec<Entry> {
        self.lock().journal.clone()
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.lock()
            .journal
            .iter()
            .filter(|entry| entry.kind == kind)
            .count()
    }

    pub(super) fn forget_journal(&self) {
        let mut state = self.lock();
        state.journal.clear();
        state.faults.clear();
    }

    /// The `nth` request, from 1, goes wrong.
    pub(super) fn fault(&self, nth: usize, fault: Fault) {
        self.lock().faults.insert(nth, fault);
    }

    /// Every request from the `nth` on goes wrong.
    pub(super) fn fault_from(&self, nth: usize, fault: Fault) {
        self.lock().every = Some((nth, fault));
    }

    /// As if somebody had just sent as many requests as there may be in a minute.
    pub(super) fn use_up_quota(&self) {
        let now = self.clock.elapsed();
        for is_read in [true, false] {
            let sent = vec![now; QUOTA];
            self.lock().quotas.insert((is_read, TOKEN.to_owned()), sent);
        }
    }

    pub(super) fn read_only(&self) {
        self.lock().read_only = true;
    }

    pub(super) fn without_history(&self) {
        self.lock().keeps_history = false;
    }

    pub(super) fn history(&self) -> Vec<Option<Vec<Vec<String>>>> {
        self.lock().history.clone()
    }

    pub(super) fn sheet(&self, title: &str) -> Option<Sheet> {
        let state = self.lock();
        state
            .sheets
            .iter()
            .find(|sheet| sheet.title == title)
            .cloned()
    }

    pub(super) fn titles(&self) -> Vec<String> {
        self.lock()
            .sheets
            .iter()
            .map(|sheet| sheet.title.clone())
            .collect()
    }

    /// Looks at the tab `Contacts` over HTTP.
    pub(super) fn poll(port: u16) -> Vec<Vec<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(
            stream,
            "GET /v4/spreadsheets/{ID}/values:batchGet?ranges='Contacts'!A1:L2 HTTP/1.1\r\n\
             Authorization: Bearer {POLLER}\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let body: Value = serde_json::from_str(body).unwrap();
        serde_json::from_value(body["valueRanges"][0]["values"].clone()).unwrap()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Changes a tab as a person would.
    pub(super) fn edit(&self, title: &str, edit: impl FnOnce(&mut Sheet)) {
        let mut state = self.lock();
        edit(
            state
                .sheets
                .iter_mut()
                .find(|sheet| sheet.title == title)
                .unwrap(),
        );
    }

    pub(super) fn add(&self, sheet: Sheet) {
        self.lock().sheets.push(sheet);
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // The thread that accepts looks whether it is still wanted.
        self.state = Arc::default();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Call {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    token: String,
    body: Vec<u8>,
}

fn read_call(reader: &mut impl BufRead) -> std::io::Result<Option<Call>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let url = url::Url::parse(&format!("http://x{target}")).unwrap();
    let mut call = Call {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        token: String::new(),
        body: Vec::new(),
    };
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').unwrap();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => call.body = vec![0; value.trim().parse().unwrap()],
            "authorization" => {
                call.token = value.trim().trim_start_matches("Bearer ").to_owned();
            }
            _ => {}
        }
    }
    reader.read_exact(&mut call.body)?;
    Ok(Some(call))
}

fn serve(
    stream: &TcpStream,
    state: &std::sync::Weak<Mutex<State>>,
    clock: &VirtualClock,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(call) = read_call(&mut reader)? {
        let Some(state) = state.upgrade() else { break };
        let (bytes, close) = respond(&state, clock, &call);
        let mut writer = stream;
        writer.write_all(&bytes)?;
        if close {
            stream.shutdown(std::net::Shutdown::Both)?;
            break;
        }
    }
    Ok(())
}

/// The bytes of the answer, and whether the connection closes behind them.
fn respond(state: &Mutex<State>, clock: &VirtualClock, call: &Call) -> (Vec<u8>, bool) {
    let mut state = lock(state);
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let kind = match (call.method.as_str(), call.path.as_str()) {
        (_, "/token") => Kind::Token,
        ("GET", _) => Kind::Read,
        _ => Kind::Write,
    };
    if call.token == POLLER {
        let body = answer(&mut state, clock, call, &Value::Null, Kind::Read);
        let body = body.unwrap_or_default().to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        return (format!("{head}{body}").into_bytes(), true);
    }
    state.journal.push(Entry {
        kind,
        path: call.path.clone(),
        bytes: call.body.len(),
        status: None,
        body: body.clone(),
    });
    let nth = state.journal.len();
    let fault = state.faults.remove(&nth).or_else(|| {
        let (from, fault) = state.every.clone()?;
        (nth >= from).then_some(fault)
    });
    let plain = |status: u16, retry: Option<&str>, kind: &str, body: &str| {
        let retry = retry.map_or(String::new(), |at| format!("Retry-After: {at}\r\n"));
        format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{retry}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    match &fault {
        Some(Fault::CutBefore) => return (Vec::new(), true),
        Some(Fault::Status(status, retry)) => {
            state.journal.last_mut().unwrap().status = Some(*status);
            let body = json!({"error": {"code": status, "message": "scripted", "status": "X"}});
            let body = body.to_string();
            return (plain(*status, *retry, "application/json", &body), false);
        }
        Some(Fault::Says(status, body)) => {
            state.journal.last_mut().unwrap().status = Some(*status);
            return (plain(*status, None, "application/json", body), false);
        }
        Some(Fault::Html(status)) => {
            state.journal.last_mut().unwrap().status = Some(*status);
            return (
                plain(*status, None, "text/html", "<!DOCTYPE html><p>Oh no</p>"),
                false,
            );
        }
        _ => {}
    }
    let answered = answer(&mut state, clock, call, &body, kind);
    let (status, answer) = match answered {
        Ok(answer) => (200, answer),
        Err((status, message)) => {
            let status_name = match status {
                401 => "UNAUTHENTICATED",
                403 => "PERMISSION_DENIED",
                404 => "NOT_FOUND",
                429 => "RESOURCE_EXHAUSTED",
                _ => "INVALID_ARGUMENT",
            };
            if kind == Kind::Token {
                let body = json!({ "error": message }).to_string();
                state.journal.last_mut().unwrap().status = Some(status);
                return (plain(status, None, "application/json", &body), false);
            }
            let error = json!({"code": status, "message": message, "status": status_name});
            (status, json!({ "error": error }))
        }
    };
    if kind == Kind::Write && status == 200 && state.keeps_history {
        let live = state.sheets.iter().find(|sheet| sheet.title == "Contacts");
        let live = live.map(Sheet::texts);
        state.history.push(live);
    }
    let text = answer.to_string();
    match fault {
        Some(Fault::CutAfter) => return (Vec::new(), true),
        Some(Fault::StatusAfter(status)) => {
            state.journal.last_mut().unwrap().status = Some(status);
            return (plain(status, None, "text/html", "<p>late</p>"), false);
        }
        Some(Fault::Truncated) => {
            let whole = plain(status, None, "application/json", &text);
            let half = whole.len() - text.len() / 2 - 1;
            return (whole[..half].to_vec(), true);
        }
        _ => {}
    }
    state.journal.last_mut().unwrap().status = Some(status);
    (plain(status, None, "application/json", &text), false)
}

type Refused = (u16, String);

fn bad(message: impl Into<String>) -> Refused {
    (400, message.into())
}

fn answer(
    state: &mut State,
    clock: &VirtualClock,
    call: &Call,
    body: &Value,
    kind: Kind,
) -> Result<Value, Refused> {
    if kind == Kind::Token {
        return token(&call.body);
    }
    if ![TOKEN, POLLER, "user-token", "service-token"].contains(&call.token.as_str()) {
        return Err((
            401,
            "Request had invalid authentication credentials.".to_owned(),
        ));
    }
    if call.token == POLLER {
        return state.batch_get(&call.query[0].1, "UNFORMATTED_VALUE");
    }
    let now = clock.elapsed();
    let sent = state
        .quotas
        .entry((kind == Kind::Read, call.token.clone()))
        .or_default();
    sent.retain(|at| now < *at + Duration::from_secs(60));
    if sent.len() >= QUOTA {
        return Err((429, "Quota exceeded for quota metric".to_owned()));
    }
    sent.push(now);
    if call.body.len() > MOST_PAYLOAD {
        return Err(bad("Request payload size exceeds the limit"));
    }
    let rest = call
        .path
        .strip_prefix("/v4/spreadsheets/")
        .ok_or((404, "?".to_owned()))?;
    let what = rest.strip_prefix(ID);
    let what = what.ok_or((404, "Requested entity was not found.".to_owned()))?;
    if state.read_only && kind == Kind::Write {
        return Err((403, "The caller does not have permission".to_owned()));
    }
    let query = |name: &str| {
        let found = call.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let known = [
        "alt",
        "fields",
        "ranges",
        "majorDimension",
        "valueRenderOption",
    ];
    for (key, _) in &call.query {
        if !known.contains(&key.as_str()) {
            return Err(bad(format!("Unknown name \"{key}\"")));
        }
    }
    let fields = query("fields");
    let answer = match (call.method.as_str(), what) {
        ("GET", "") => state.spreadsheet(),
        ("GET", "/values:batchGet") => {
            let render = query("valueRenderOption").unwrap_or("FORMATTED_VALUE");
            state.batch_get(query("ranges").unwrap_or_default(), render)?
        }
        ("POST", ":batchUpdate") => {
            only(body, &["requests"])?;
            let requests = body["requests"].as_array().filter(|list| !list.is_empty());
            let requests = requests.ok_or_else(|| bad("Must specify at least one request."))?;
            let before = (state.sheets.clone(), state.next_tag);
            for (nth, request) in requests.iter().enumerate() {
                if let Err((status, message)) = state.apply(request) {
                    (state.sheets, state.next_tag) = before;
                    return Err((status, format!("Invalid requests[{nth}]: {message}")));
                }
            }
            json!({"spreadsheetId": ID, "replies": vec![json!({}); requests.len()]})
        }
        ("POST", "/values:batchUpdateByDataFilter") => {
            let before = state.sheets.clone();
            match state.write_values(body) {
                Ok(answer) => answer,
                Err(refused) => {
                    state.sheets = before;
                    return Err(refused);
                }
            }
        }
        _ => return Err((404, "no such method".to_owned())),
    };
    Ok(fields.map_or(answer.clone(), |fields| {
        masked(&answer, &Mask::parse(fields))
    }))
}

/// A field mask: names, each with those below it; nothing below means everything.
#[derive(Debug, Default)]
struct Mask(BTreeMap<String, Mask>);

impl Mask {
    fn parse(text: &str) -> Self {
        Self::read(&mut text.chars().peekable())
    }

    fn read(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Self {
        let mut mask = Self::default();
        let mut name = String::new();
        loop {
            match chars.next() {
                Some('(') => {
                    let below = Self::read(chars);
                    mask.0.insert(std::mem::take(&mut name), below);
                }
                Some(c @ (',' | ')')) => {
                    if !name.is_empty() {
                        mask.0.insert(std::mem::take(&mut name), Self::default());
                    }
                    if c == ')' {
                        return mask;
                    }
                }
                Some(c) => name.push(c),
                None => {
                    if !name.is_empty() {
                        mask.0.insert(name, Self::default());
                    }
                    return mask;
                }
            }
        }
    }
}

fn masked(value: &Value, mask: &Mask) -> Value {
    if mask.0.is_empty() {
        return value.clone();
    }
    match value {
        Value::Array(items) => items.iter().map(|item| masked(item, mask)).collect(),
        Value::Object(object) => {
            let kept = object.iter().filter_map(|(key, value)| {
                let below = mask.0.get(key)?;
                Some((key.clone(), masked(value, below)))
            });
            Value::Object(kept.collect())
        }
        other => other.clone(),
    }
}

/// Refuses names that an object must not have, as Google does.
fn only(value: &Value, names: &[&str]) -> Result<(), Refused> {
    let object = value
        .as_object()
        .ok_or_else(|| bad("Invalid JSON payload received."))?;
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(bad(format!("Unknown name \"{key}\": Cannot find field."))),
        None => Ok(()),
    }
}

fn number(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

impl State {
    fn at(&mut self, id: &Value) -> Result<&mut Sheet, Refused> {
        let id = id.as_i64().unwrap_or_default();
        let sheet = self.sheets.iter_mut().find(|sheet| sheet.id == id);
        sheet.ok_or_else(|| bad(format!("No grid with id: {id}")))
    }

    /// The area of a grid range, which must lie in the grid.
    fn area(&mut self, range: &Value) -> Result<Area, Refused> {
        let names = [
            "sheetId",
            "startRowIndex",
            "endRowIndex",
            "startColumnIndex",
            "endColumnIndex",
        ];
        only(range, &names)?;
        let sheet = self.at(&range["sheetId"])?;
        let area = (
            number(&range["startRowIndex"]).unwrap_or(0),
            number(&range["endRowIndex"]).unwrap_or(sheet.rows),
            number(&range["startColumnIndex"]).unwrap_or(0),
            number(&range["endColumnIndex"]).unwrap_or(sheet.columns),
        );
        let (top, bottom, left, right) = area;
        if top >= bottom || left >= right || bottom > sheet.rows || right > sheet.columns {
            return Err(bad(format!(
                "Range {area:?} exceeds grid limits. Max rows: {}, max columns: {}",
                sheet.rows, sheet.columns
            )));
        }
        Ok(area)
    }

    fn check_size(&self) -> Result<(), Refused> {
        let cells: usize = self
            .sheets
            .iter()
            .map(|sheet| sheet.rows * sheet.columns)
            .sum();
        if cells > MOST_CELLS {
            return Err(bad(
                "This action would increase the number of cells in the workbook above the limit of \
                 10000000 cells.",
            ));
        }
        Ok(())
    }

    fn spreadsheet(&self) -> Value {
        let metas = |tags: &[Meta]| -> Vec<Value> {
            let show = |tag: &Meta| {
                json!({
                    "metadataId": tag.id, "metadataKey": tag.key, "metadataValue": tag.value,
                    "visibility": "DOCUMENT"
                })
            };
            tags.iter().map(show).collect()
        };
        let sheets = self.sheets.iter().enumerate().map(|(index, sheet)| {
            let mut grid = json!({"rowCount": sheet.rows, "columnCount": sheet.columns});
            if sheet.frozen > 0 {
                grid["frozenRowCount"] = json!(sheet.frozen);
            }
            let columns = sheet
                .column_tags
                .iter()
                .zip(&sheet.widths)
                .map(|(tags, width)| {
                    let mut column = json!({"pixelSize": width});
                    if !tags.is_empty() {
                        column["developerMetadata"] = json!(metas(tags));
                    }
                    column
                });
            let mut shown = json!({
                "properties": {
                    "sheetId": sheet.id, "title": sheet.title, "index": index,
                    "sheetType": "GRID", "gridProperties": grid,
                },
                "data": [{"columnMetadata": columns.collect::<Vec<_>>()}],
            });
            if sheet.hidden {
                shown["properties"]["hidden"] = json!(true);
            }
            if !sheet.tags.is_empty() {
                shown["developerMetadata"] = json!(metas(&sheet.tags));
            }
            if let Some(filter) = &sheet.filter {
                shown["basicFilter"] = filter.clone();
            }
            shown
        });
        json!({"spreadsheetId": ID, "sheets": sheets.collect::<Vec<_>>()})
    }

    fn batch_get(&mut self, range: &str, render: &str) -> Result<Value, Refused> {
        let unreadable = || bad(format!("Unable to parse range: {range}"));
        let (title, cells) = range.rsplit_once('!').ok_or_else(unreadable)?;
        let title = title
            .strip_prefix('\'')
            .and_then(|title| title.strip_suffix('\''));
        let title = title.ok_or_else(unreadable)?.replace("''", "'");
        let (from, to) = cells.split_once(':').ok_or_else(unreadable)?;
        let (left, top) = a1(from).ok_or_else(unreadable)?;
        let (right, bottom) = a1(to).ok_or_else(unreadable)?;
        let sheet = self.sheets.iter().find(|sheet| sheet.title == title);
        let sheet = sheet.ok_or_else(unreadable)?;
        if bottom > sheet.rows || right > sheet.columns {
            return Err(bad(format!("Range ({range}) exceeds grid limits.")));
        }
        let values = sheet.values((top - 1, bottom, left - 1, right), render);
        let mut answer = json!({"range": range, "majorDimension": "ROWS"});
        if !values.is_empty() {
            answer["values"] = Value::Array(values);
        }
        Ok(json!({"spreadsheetId": ID, "valueRanges": [answer]}))
    }

    fn write_values(&mut self, body: &Value) -> Result<Value, Refused> {
        only(body, &["data", "valueInputOption"])?;
        if body["valueInputOption"] != "RAW" {
            return Err(bad("'valueInputOption' is required but not specified"));
        }
        let mut count = 0;
        for data in body["data"].as_array().into_iter().flatten() {
            only(data, &["dataFilter", "majorDimension", "values"])?;
            only(&data["dataFilter"], &["gridRange"])?;
            let range = &data["dataFilter"]["gridRange"];
            let (top, bottom, left, right) = self.area(range)?;
            let rows = data["values"].as_array().ok_or_else(|| bad("no values"))?;
            if top + rows.len() > bottom {
                return Err(bad(
                    "Requested writing within range, but tried writing to row",
                ));
            }
            count += rows.len();
            let sheet = self.at(&range["sheetId"])?;
            for (row, cells) in (top..).zip(rows) {
                let cells = cells.as_array().ok_or_else(|| bad("Invalid value"))?;
                if left + cells.len() > right {
                    return Err(bad(
                        "Requested writing within range, but tried writing to column",
                    ));
                }
                for (column, cell) in (left..).zip(cells) {
                    match cell {
                        // Skipped, as documented.
                        Value::Null => {}
                        Value::String(text) => sheet.cell(row, column).value = text_value(text)?,
                        other => {
                            sheet.cell(row, column).value =
                                Val::Number(other.as_f64().unwrap_or_default());
                        }
                    }
                }
            }
        }
        Ok(json!({"spreadsheetId": ID, "totalUpdatedRows": count}))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each request")]
    fn apply(&mut self, request: &Value) -> Result<(), Refused> {
        let object: &Map<_, _> = request.as_object().ok_or_else(|| bad("Invalid value"))?;
        let (name, value) = object.iter().next().ok_or_else(|| bad("No request set"))?;
        if object.len() != 1 {
            return Err(bad("oneof field 'kind' is already set"));
        }
        match name.as_str() {
            "addSheet" => {
                only(value, &["properties"])?;
                let properties = &value["properties"];
                only(
                    properties,
                    &["sheetId", "title", "hidden", "gridProperties"],
                )?;
                let grid = &properties["gridProperties"];
                only(grid, &["rowCount", "columnCount", "frozenRowCount"])?;
                let id = properties["sheetId"]
                    .as_i64()
                    .ok_or_else(|| bad("the stand-in wants an id"))?;
                let title = properties["title"].as_str().unwrap_or_default();
                if self.sheets.iter().any(|sheet| sheet.title == title) {
                    return Err(bad(format!(
                        "A sheet with the name \"{title}\" already exists."
                    )));
                }
                if self.sheets.iter().any(|sheet| sheet.id == id) {
                    return Err(bad(format!("Sheet with id {id} already exists")));
                }
                let rows = number(&grid["rowCount"]).unwrap_or(1000);
                let columns = number(&grid["columnCount"]).unwrap_or(26);
                let mut sheet = Sheet::new(id, title, rows, columns);
                sheet.hidden = properties["hidden"] == true;
                self.sheets.push(sheet);
                self.check_size()?;
            }
            "deleteSheet" => {
                only(value, &["sheetId"])?;
                let id = self.at(&value["sheetId"])?.id;
                self.sheets.retain(|sheet| sheet.id != id);
                if self.sheets.iter().all(|sheet| sheet.hidden) {
                    return Err(bad(
                        "You can't remove all the visible sheets in a document.",
                    ));
                }
            }
            "appendDimension" => {
                only(value, &["sheetId", "dimension", "length"])?;
                let length = number(&value["length"]).unwrap_or(0);
                let sheet = self.at(&value["sheetId"])?;
                match value["dimension"].as_str() {
                    Some("ROWS") => sheet.rows += length,
                    Some("COLUMNS") => (0..length).for_each(|_| sheet.add_column()),
                    _ => return Err(bad("No dimension")),
                }
                self.check_size()?;
            }
            "updateSheetProperties" => {
                only(value, &["fields", "properties"])?;
                only(&value["properties"], &["sheetId", "gridProperties"])?;
                if value["fields"] != "gridProperties.frozenRowCount" {
                    return Err(bad("the stand-in does not know these fields"));
                }
                let frozen = number(&value["properties"]["gridProperties"]["frozenRowCount"]);
                let sheet = self.at(&value["properties"]["sheetId"])?;
                sheet.frozen = frozen.unwrap_or(0);
                if sheet.frozen >= sheet.rows {
                    return Err(bad("You can't freeze all visible rows on the sheet."));
                }
            }
            "updateDimensionProperties" => {
                only(value, &["fields", "properties", "range"])?;
                let pixels = value["properties"]["pixelSize"].as_i64();
                let (start, end) = self.columns(&value["range"])?;
                let sheet = self.at(&value["range"]["sheetId"])?;
                sheet.widths[start..end].fill(pixels.ok_or_else(|| bad("no size"))?);
            }
            "setBasicFilter" => {
                only(value, &["filter"])?;
                only(&value["filter"], &["range"])?;
                self.area(&value["filter"]["range"])?;
                let sheet = self.at(&value["filter"]["range"]["sheetId"])?;
                sheet.filter = Some(value["filter"].clone());
            }
            "repeatCell" => {
                only(value, &["range", "cell", "fields"])?;
                let (top, bottom, left, right) = self.area(&value["range"])?;
                let format = &value["cell"]["userEnteredFormat"];
                let fields = value["fields"].as_str().unwrap_or_default().to_owned();
                let sheet = self.at(&value["range"]["sheetId"])?;
                for row in top..bottom {
                    for column in left..right {
                        let cell = sheet.cell(row, column);
                        match fields.as_str() {
                            "userEnteredFormat.numberFormat" => {
                                cell.is_text_format = format["numberFormat"]["type"] == "TEXT";
                            }
                            "userEnteredFormat.textFormat.bold" => {
                                cell.bold = format["textFormat"]["bold"] == true;
                            }
                            _ => return Err(bad("the stand-in does not know these fields")),
                        }
                    }
                }
            }
            "updateCells" => {
                only(value, &["range", "rows", "fields"])?;
                let (top, bottom, left, right) = self.area(&value["range"])?;
                let fields = value["fields"].as_str().unwrap_or_default().to_owned();
                let empty = Vec::new();
                let rows = value["rows"].as_array().unwrap_or(&empty);
                if rows.len() > bottom - top {
                    return Err(bad("Attempting to write more rows than the range has"));
                }
                let sheet = self.at(&value["range"]["sheetId"])?;
                for row in top..bottom {
                    let cells = rows.get(row - top).and_then(|row| row["values"].as_array());
                    if cells.is_some_and(|cells| cells.len() > right - left) {
                        return Err(bad("Attempting to write more columns than the range has"));
                    }
                    for column in left..right {
                        let new = cells.and_then(|cells| cells.get(column - left));
                        let new = new.unwrap_or(&Value::Null);
                        let cell = sheet.cell(row, column);
                        match fields.as_str() {
                            "userEnteredValue" => {
                                let value = &new["userEnteredValue"];
                                if value.is_object() {
                                    only(value, &["stringValue"])?;
                                }
                                cell.value =
                                    text_value(value["stringValue"].as_str().unwrap_or(""))?;
                            }
                            "note" => cell.note = new["note"].as_str().map(Into::into),
                            _ => return Err(bad("the stand-in does not know these fields")),
                        }
                    }
                }
            }
            "copyPaste" => {
                only(
                    value,
                    &["source", "destination", "pasteType", "pasteOrientation"],
                )?;
                let from = self.area(&value["source"])?;
                let to = self.area(&value["destination"])?;
                if (from.1 - from.0, from.3 - from.2) != (to.1 - to.0, to.3 - to.2) {
                    return Err(bad("the stand-in copies areas of one size only"));
                }
                if value["pasteType"] != "PASTE_VALUES" {
                    return Err(bad("the stand-in pastes values only"));
                }
                let source = self.at(&value["source"]["sheetId"])?.clone();
                let sheet = self.at(&value["destination"]["sheetId"])?;
                for row in 0..from.1 - from.0 {
                    for column in 0..from.3 - from.2 {
                        let value = source.get(from.0 + row, from.2 + column).value;
                        sheet.cell(to.0 + row, to.2 + column).value = value;
                    }
                }
            }
            "createDeveloperMetadata" => {
                only(value, &["developerMetadata"])?;
                let meta = &value["developerMetadata"];
                only(
                    meta,
                    &["metadataKey", "metadataValue", "location", "visibility"],
                )?;
                if meta["visibility"] != "DOCUMENT" {
                    return Err(bad("Developer metadata must have a visibility"));
                }
                let tag = Meta {
                    id: self.next_tag,
                    key: meta["metadataKey"].as_str().unwrap_or_default().to_owned(),
                    value: meta["metadataValue"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                };
                self.next_tag += 1;
                let location = &meta["location"];
                if location["dimensionRange"].is_object() {
                    only(location, &["dimensionRange"])?;
                    let (start, end) = self.columns(&location["dimensionRange"])?;
                    if end - start != 1 {
                        return Err(bad("a location is a single row or column"));
                    }
                    let sheet = self.at(&location["dimensionRange"]["sheetId"])?;
                    sheet.column_tags[start].push(tag);
                } else {
                    only(location, &["sheetId"])?;
                    let sheet = self.at(&location["sheetId"])?;
                    sheet.tags.push(tag);
                    let size: usize = sheet
                        .tags
                        .iter()
                        .map(|tag| tag.key.len() + tag.value.len())
                        .sum();
                    if size > 30_000 {
                        return Err(bad("too much metadata"));
                    }
                }
            }
            "updateDeveloperMetadata" => {
                only(value, &["dataFilters", "developerMetadata", "fields"])?;
                let id = value["dataFilters"][0]["developerMetadataLookup"]["metadataId"].as_i64();
                if value["fields"] != "metadataValue" {
                    return Err(bad("the stand-in does not know these fields"));
                }
                let mut tags = self.sheets.iter_mut().flat_map(|sheet| &mut sheet.tags);
                let tag = tags.find(|tag| Some(tag.id) == id);
                let tag = tag.ok_or_else(|| bad("No developer metadata matches"))?;
                let text = value["developerMetadata"]["metadataValue"].as_str();
                tag.value = text.unwrap_or_default().to_owned();
            }
            other => return Err(bad(format!("Unknown name \"{other}\": Cannot find field."))),
        }
        Ok(())
    }

    fn columns(&mut self, range: &Value) -> Result<(usize, usize), Refused> {
        only(range, &["sheetId", "dimension", "startIndex", "endIndex"])?;
        if range["dimension"] != "COLUMNS" {
            return Err(bad("the stand-in knows columns only"));
        }
        let columns = self.at(&range["sheetId"])?.columns;
        let start = number(&range["startIndex"]).unwrap_or(0);
        let end = number(&range["endIndex"]).unwrap_or(columns);
        if start >= end || end > columns {
            return Err(bad("Range exceeds grid limits"));
        }
        Ok((start, end))
    }
}

fn text_value(text: &str) -> Result<Val, Refused> {
    if text.encode_utf16().count() > 50_000 {
        return Err(bad(
            "Your input contains more than the maximum of 50000 characters in a single cell.",
        ));
    }
    Ok(if text.is_empty() {
        Val::Empty
    } else {
        Val::Text(text.into())
    })
}

/// Column and row, from 1.
fn a1(text: &str) -> Option<(usize, usize)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let letters = text[..digits].bytes();
    let column = letters.fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A' + 1));
    Some((column, text[digits..].parse().ok()?))
}

/// The sign-in: a person's refresh token, or a service account's signed claims.
fn token(body: &[u8]) -> Result<Value, Refused> {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let refused = |why: &str| (400, why.to_owned());
    match form.get("grant_type").map(String::as_str) {
        Some("refresh_token") => {
            let expected = [
                ("client_id", "ci"),
                ("client_secret", "cs"),
                ("refresh_token", "rt"),
            ];
            if expected
                .iter()
                .any(|(key, value)| form.get(*key).map(String::as_str) != Some(*value))
            {
                return Err(refused("invalid_grant"));
            }
            Ok(json!({"access_token": "user-token", "expires_in": 3600, "token_type": "Bearer"}))
        }
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {
            let claims = form.get("assertion").and_then(|jwt| jwt.split('.').nth(1));
            let claims = claims
                .and_then(base64url)
                .ok_or_else(|| refused("invalid_grant"))?;
            let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
            if claims["scope"] != "https://www.googleapis.com/auth/spreadsheets"
                || claims["iss"] != "robot@example.iam.gserviceaccount.com"
            {
                return Err(refused("invalid_scope"));
            }
            Ok(json!({"access_token": "service-token", "expires_in": 3600, "token_type": "Bearer"}))
        }
        _ => Err(refused("unsupported_grant_type")),
    }
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let at = alphabet.iter().position(|known| *known == letter)?;
        bits = bits << 6 | u32::try_from(at).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}
