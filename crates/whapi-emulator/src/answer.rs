//! Answers of the API: JSON and errors.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::wire::{self, ErrorBody, ErrorDetail};

/// Returns 200 with a JSON body.
pub(crate) fn json(body: impl Into<Body>) -> Response {
    typed(StatusCode::OK, "application/json", body)
}

/// Returns a status with an error body of the API. An invalid status becomes 500.
pub(crate) fn error(status: u16, details: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = wire::json(&ErrorBody {
        error: ErrorDetail {
            code: status.as_u16(),
            message: status.canonical_reason().unwrap_or("Error"),
            details,
        },
    });
    typed(status, "application/json", body)
}

/// Returns an answer of this media type.
pub(crate) fn typed(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
