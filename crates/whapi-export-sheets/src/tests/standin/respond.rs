//! Answers requests, including the scripted faults.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use whapi_http::VirtualClock;

use super::call::{Call, read_call};
use super::mask::{Mask, masked};
use super::refused::{Refused, bad, only};
use super::sheet::Sheet;
use super::state::{
    Entry, Fault, ID, Kind, POLLER, QUOTA, READ_ONLY_TOKEN, StandInState, TOKEN, lock,
};
use super::token::token;

pub(super) fn serve(
    stream: &TcpStream,
    state: &std::sync::Weak<Mutex<StandInState>>,
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

/// The bytes of the answer, and whether the connection is closed after them.
fn respond(state: &Mutex<StandInState>, clock: &VirtualClock, call: &Call) -> (Vec<u8>, bool) {
    let mut state = lock(state);
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let kind = match (call.method.as_str(), call.path.as_str()) {
        (_, "/token") => Kind::Token,
        ("GET", _) => Kind::Read,
        (_, path) if path.ends_with("/developerMetadata:search") => Kind::Read,
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
    if let Some(edit) = state.edits.0.remove(&nth) {
        let mut sheets = state.sheets.iter_mut();
        edit(sheets.find(|sheet| sheet.title == "Contacts").unwrap());
    }
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

fn answer(
    state: &mut StandInState,
    clock: &VirtualClock,
    call: &Call,
    body: &Value,
    kind: Kind,
) -> Result<Value, Refused> {
    if kind == Kind::Token {
        return token(&call.body);
    }
    if ![
        TOKEN,
        POLLER,
        READ_ONLY_TOKEN,
        "user-token",
        "service-token",
    ]
    .contains(&call.token.as_str())
    {
        return Err((
            401,
            "Request had invalid authentication credentials.".to_owned(),
        ));
    }
    if call.token == POLLER {
        return state.batch_get(&[&call.query[0].1], "UNFORMATTED_VALUE");
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
    if call.body.len() > state.most_payload {
        return Err(bad("Request payload size exceeds the limit"));
    }
    let rest = call
        .path
        .strip_prefix("/v4/spreadsheets")
        .map(|rest| rest.strip_prefix('/').unwrap_or(rest))
        .ok_or((404, "?".to_owned()))?;
    if call.method == "POST" && rest.is_empty() {
        return state.create(body);
    }
    let what = rest.strip_prefix(ID);
    let what = what.ok_or((404, "Requested entity was not found.".to_owned()))?;
    if call.token == READ_ONLY_TOKEN && call.method != "GET" {
        return Err((
            403,
            "Request had insufficient authentication scopes.".to_owned(),
        ));
    }
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
            let ranges = call.query.iter().filter(|(key, _)| key == "ranges");
            let ranges: Vec<_> = ranges.map(|(_, range)| range.as_str()).collect();
            state.batch_get(&ranges, render)?
        }
        ("POST", "/developerMetadata:search") => state.search_metadata(body)?,
        ("POST", ":batchUpdate") => batch_update(state, body)?,
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

/// Applies all changes of a batch or none.
fn batch_update(state: &mut StandInState, body: &Value) -> Result<Value, Refused> {
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
    Ok(json!({"spreadsheetId": ID, "replies": vec![json!({}); requests.len()]}))
}
