//! HTTP requests to Google.

use std::error::Error as StdError;
use std::time::Duration;

use google_sheets4::hyper::body::Bytes;
use google_sheets4::hyper::http::request::Builder;
use google_sheets4::hyper::{Request, header};
use google_sheets4::hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;
use whapi_export::{Error, ErrorKind, Result};
use whapi_http::{certificate_problem, tls_config};

use super::failure::ApiFailure;

/// The time-out of the sign-in.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum size of an answer, in bytes.
pub(crate) const MAX_ANSWER: usize = 64 << 20;
const USER_AGENT: &str = concat!("whapi-export-sheets/", env!("CARGO_PKG_VERSION"));

/// An HTTP client.
pub(super) struct Http(HyperClient<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// The answer to a request.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The value of the header `Retry-After`.
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

    /// Sends a form to Google's sign-in.
    pub(super) async fn post_form(&self, url: &Url, form: String) -> Result<Answer, ApiFailure> {
        let request = Request::post(url.as_str())
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
        request: Builder,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Answer, ApiFailure> {
        let request = request.header(header::USER_AGENT, USER_AGENT);
        let request = request.body(Full::new(body)).map_err(|_| {
            ApiFailure::fatal(Error::new(
                ErrorKind::Config,
                "an address or a token is not valid in an HTTP request",
            ))
        })?;
        let exchange = async {
            let response = self.0.request(request).await;
            let response = response.map_err(|error| connection_failed(name, &error))?;
            let retry_after = response.headers().get(header::RETRY_AFTER);
            Ok(Answer {
                status: response.status().as_u16(),
                retry_after: retry_after.and_then(|value| Some(value.to_str().ok()?.to_owned())),
                body: Limited::new(response.into_body(), MAX_ANSWER)
                    .collect()
                    .await
                    .map_err(|error| answer_failed(name, &*error))?
                    .to_bytes(),
            })
        };
        let timed_out = |_| {
            Err(ApiFailure::interrupted(format!(
                "{name} did not answer in time"
            )))
        };
        tokio::time::timeout(timeout, exchange)
            .await
            .unwrap_or_else(timed_out)
    }
}

/// Classifies the error of a connection. Its text is not shown, because it can quote the server.
fn connection_failed(name: &str, error: &(dyn StdError + 'static)) -> ApiFailure {
    let Some(problem) = certificate_problem(error) else {
        return ApiFailure::interrupted(format!("the connection to {name} failed"));
    };
    ApiFailure::fatal(Error::new(
        ErrorKind::Destination,
        format!(
            "the certificate of {name} is not valid: {problem}; nothing was sent; check whether a \
             company's proxy or a virus scanner answers in Google's place, and the clock of this \
             computer"
        ),
    ))
}

fn answer_failed(name: &str, error: &(dyn StdError + 'static)) -> ApiFailure {
    if !error.is::<LengthLimitError>() {
        return connection_failed(name, error);
    }
    let max = MAX_ANSWER >> 20;
    ApiFailure {
        outcome_unknown: true,
        ..ApiFailure::fatal(Error::new(
            ErrorKind::Destination,
            format!("{name} sent an answer of more than {max} MiB"),
        ))
    }
}
