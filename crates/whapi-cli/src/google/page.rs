//! The pages that the browser shows at the end of a sign-in.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// A page. It has no names and no secrets, and loads nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page {
    SignedIn,
    NotAllowed,
    Failed,
    /// The answer to a request that does not belong to the sign-in.
    Unexpected,
}

impl Page {
    fn text(self) -> &'static str {
        match self {
            Self::SignedIn => {
                "You are signed in. You can close this page and go back to the terminal."
            }
            Self::NotAllowed => "You are not signed in: the access was not allowed.",
            Self::Failed => "You are not signed in: the sign-in failed. The terminal says why.",
            Self::Unexpected => "This address does not belong to a sign-in that is waiting.",
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unexpected => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        };
        let headers = [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONNECTION, "close"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>whapi</title>\n\
             <p>{}</p>\n</html>\n",
            self.text()
        );
        (status, headers, Html(body)).into_response()
    }
}
