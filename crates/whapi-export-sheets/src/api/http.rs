//! HTTP requests that google-sheets4 does not send, over the same connections.

use std::time::Duration;

use google_sheets4::common;
use google_sheets4::hyper::body::Bytes;
use google_sheets4::hyper::{self, header};
use google_sheets4::hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;
use whapi_export::{Error, ErrorKind, Result};
use whapi_http::tls_config;

use super::failure::ApiFailure;

pub(super) type Connector = HttpsConnector<HttpConnector>;

/// The time-out of the sign-in.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum size of an answer, in bytes. Only its status or a short JSON is needed.
const MAX_ANSWERED: usize = 1 << 20;

/// The value of the header `Retry-After`.
pub(super) fn retry_after(headers: &hyper::HeaderMap) -> Option<String> {
    let value = headers.get(header::RETRY_AFTER)?;
    Some(value.to_str().ok()?.to_owned())
}

/// An HTTP client.
#[derive(Clone)]
pub(super) struct Http(HyperClient<Connector, common::Body>);

/// The answer to a request.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) body: Bytes,
}

impl Http {
    /// Creates a client for the server of an address.
    pub(super) fn new(url: &Url) -> Result<Self> {
        let config = tls_config(url).map_err(|error| {
            Error::new(ErrorKind::Destination, "could not set up TLS").with_source(error)
        })?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_all_versions()
            .build();
        let client = HyperClient::builder(TokioExecutor::new()).build(connector);
        Ok(Self(client))
    }

    /// The client, for google-sheets4.
    pub(super) fn client(&self) -> HyperClient<Connector, common::Body> {
        self.0.clone()
    }

    /// Sends a form to Google's sign-in.
    pub(super) async fn post_form(&self, url: &Url, form: String) -> Result<Answer, ApiFailure> {
        let request = hyper::Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = self.send("Google's sign-in", request, form.into(), SIGN_IN_TIMEOUT);
        // A token that is granted twice changes nothing.
        sent.await.map_err(|failure| ApiFailure {
            outcome_unknown: false,
            ..failure
        })
    }

    /// Sends a request and reads the whole answer. Messages call the server `name`.
    pub(super) async fn send(
        &self,
        name: &str,
        request: google_sheets4::hyper::http::request::Builder,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Answer, ApiFailure> {
        let body = Full::new(body).map_err(|never| match never {}).boxed();
        let request = request.body(body).map_err(|_| {
            ApiFailure::fatal(Error::new(
                ErrorKind::Config,
                "an address or a token is not valid in an HTTP request",
            ))
        })?;
        let exchange = async {
            let response = self.0.request(request).await.map_err(|_| ())?;
            let status = response.status().as_u16();
            let retry_after = retry_after(response.headers());
            let body = http_body_util::Limited::new(response.into_body(), MAX_ANSWERED);
            let body = body.collect().await.map_err(|_| ())?.to_bytes();
            Ok::<_, ()>(Answer {
                status,
                retry_after,
                body,
            })
        };
        match tokio::time::timeout(timeout, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(())) => Err(ApiFailure::interrupted(format!(
                "the connection to {name} failed"
            ))),
            Err(_) => Err(ApiFailure::interrupted(format!(
                "{name} did not answer in time"
            ))),
        }
    }
}
