//! Answers of faults, and damage to other answers.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};

use super::effect::Effect;
use crate::answer::{error, json, typed};

/// Size of a chunk of a long body, in bytes.
const CHUNK: usize = 64 * 1024;

const OUTAGE_PAGE: &str = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>\
    <body><h1>Bad Gateway</h1><p>Please try again in a few minutes.</p></body></html>\n";

/// Returns the answer that replaces the endpoint's.
///
/// `None` for effects that change the endpoint's answer: see [`damage`].
pub(crate) fn replacement(effect: &Effect) -> Option<Response> {
    const DETAILS: &str = "a fault of the emulator";
    Some(match effect {
        Effect::Status(status) => error(*status, DETAILS),
        Effect::RateLimited { retry_after: None } => error(429, DETAILS),
        Effect::RateLimited {
            retry_after: Some(value),
        } => with_header(error(429, DETAILS), header::RETRY_AFTER, value),
        Effect::RetryAfter { status, value } => {
            with_header(error(*status, DETAILS), header::RETRY_AFTER, value)
        }
        Effect::TrialLimit => typed(
            StatusCode::PAYMENT_REQUIRED,
            "application/json",
            r#"{"code":402,"error":"trial version limit exceeded"}"#,
        ),
        Effect::Html => typed(StatusCode::OK, "text/html; charset=utf-8", OUTAGE_PAGE),
        Effect::Json(body) => json(body.clone()),
        Effect::Redirect(to) => with_header(
            typed(StatusCode::FOUND, "text/plain", ""),
            header::LOCATION,
            to,
        ),
        Effect::Endless => json(endless()),
        Effect::CloseConnection => json(broken(Bytes::new())),
        _ => return None,
    })
}

/// Applies an effect to the answer of an endpoint.
pub(crate) async fn damage(effect: &Effect, response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    // Bodies of endpoints are in memory, so reading one cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = body.slice(..body.len() / 2);
    let (length, body) = match effect {
        Effect::CutBody => (body.len() as u64, broken(half)),
        Effect::TruncatedJson => (half.len() as u64, Body::from(half)),
        Effect::HugeBody(size) => {
            let padding = size.saturating_sub(body.len() as u64);
            (body.len() as u64 + padding, padded(body, padding))
        }
        Effect::Drip(interval) => (body.len() as u64, drip(body, *interval)),
        _ => (body.len() as u64, Body::from(body)),
    };
    head.headers.insert(header::CONTENT_LENGTH, length.into());
    Response::from_parts(head, body)
}

/// Returns a body that closes the connection after these bytes.
///
/// Without bytes the server has not sent the head yet: the client gets no answer at all.
fn broken(bytes: Bytes) -> Body {
    let started = !bytes.is_empty();
    let start = stream::iter(started.then_some(Ok(bytes)));
    let end = stream::once(async move {
        if started {
            // The server flushes while the body is pending, and sends nothing after an error.
            tokio::task::yield_now().await;
        }
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    });
    Body::from_stream(start.chain(end))
}

fn endless() -> Body {
    let row = r#"{"id":"999000000001","saved":false},"#;
    let rows = Bytes::from(row.repeat(CHUNK / row.len()));
    let start = Bytes::from_static(br#"{"contacts":["#);
    Body::from_stream(stream::unfold(start, move |next| {
        let rows = rows.clone();
        async { Some((Ok::<_, Infallible>(next), rows)) }
    }))
}

fn padded(body: Bytes, padding: u64) -> Body {
    let spaces = Bytes::from(vec![b' '; CHUNK]);
    let start = (Some(body), padding);
    Body::from_stream(stream::unfold(start, move |(body, left)| {
        let spaces = spaces.clone();
        async move {
            if let Some(body) = body {
                return Some((Ok::<_, Infallible>(body), (None, left)));
            }
            let size = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            (size > 0).then(|| (Ok(spaces.slice(..size)), (None, left - size as u64)))
        }
    }))
}

fn drip(body: Bytes, interval: Duration) -> Body {
    Body::from_stream(stream::unfold(body, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(interval).await;
        Some((Ok::<_, Infallible>(left.split_to(1)), left))
    }))
}

fn with_header(mut response: Response, name: header::HeaderName, value: &str) -> Response {
    // A value that is invalid in a header is left out.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
