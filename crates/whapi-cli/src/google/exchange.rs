//! The exchange of the code for a refresh token.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;
use whapi_export::{Error, ErrorKind, Result};
use whapi_http::{Backoff, certificate_problem, is_loopback, tls_config};

use super::attempt::Attempt;
use super::oauth_client::{CONNECTIONS, OAuthClient};

/// The maximum number of tries.
const MAX_TRIES: u32 = 4;
/// The waits between tries.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(4));
/// The maximum time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum time of a try.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum size of an answer, in bytes.
const MAX_ANSWER: usize = 64 << 10;

/// Exchanges the code of a redirect for a refresh token.
///
/// A connection that breaks and a status of 500 or more are tried again, 4 times in all.
///
/// # Errors
///
/// [`ErrorKind::Auth`] if Google refuses the code or the client, sends no refresh token, or grants
/// less than was requested; [`ErrorKind::Destination`] for any other failure. No message shows a secret.
pub(crate) async fn exchange(
    client: &OAuthClient,
    attempt: &Attempt,
    code: &str,
) -> Result<String> {
    let exchange = Exchange {
        client,
        attempt,
        code,
    };
    let answer = exchange.send().await?;
    exchange.read(&answer)
}

struct Exchange<'a> {
    client: &'a OAuthClient,
    attempt: &'a Attempt,
    code: &'a str,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

/// A try that failed.
struct Failure {
    error: Error,
    /// Whether another try may help.
    is_temporary: bool,
}

impl Failure {
    fn temporary(message: impl Into<String>) -> Self {
        Self {
            error: Error::new(ErrorKind::Destination, message),
            is_temporary: true,
        }
    }

    fn fatal(message: impl Into<String>) -> Self {
        Self {
            is_temporary: false,
            ..Self::temporary(message)
        }
    }
}

impl Exchange<'_> {
    async fn send(&self) -> Result<Answer> {
        let http = http_client(&self.client.token_uri)?;
        let form = self.form();
        let mut tries = 1;
        loop {
            match post(&http, &self.client.token_uri, &form).await {
                Ok(answer) => return Ok(answer),
                Err(Failure {
                    error,
                    is_temporary,
                }) => {
                    if !is_temporary || tries == MAX_TRIES {
                        return Err(error);
                    }
                }
            }
            tokio::time::sleep(BACKOFF.delay(tries)).await;
            tries += 1;
        }
    }

    fn form(&self) -> String {
        Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code)
            .append_pair("client_id", &self.client.id)
            .append_pair("client_secret", &self.client.secret)
            .append_pair("redirect_uri", &self.attempt.redirect_uri)
            .append_pair("code_verifier", &self.attempt.verifier)
            .finish()
    }

    fn read(&self, answer: &Answer) -> Result<String> {
        match answer.status {
            200..300 => self.granted(&answer.body),
            status => Err(self.refused(status, &answer.body)),
        }
    }

    fn granted(&self, body: &[u8]) -> Result<String> {
        // The parser's message could quote a token.
        let granted: Granted = serde_json::from_slice(body).map_err(|_| {
            Error::new(
                ErrorKind::Destination,
                "Google's sign-in sent an invalid answer",
            )
        })?;
        let requested = self.attempt.scope.as_str();
        // A missing scope is the one that was requested.
        if let Some(scopes) = granted.scope
            && !scopes.split_whitespace().any(|scope| scope == requested)
        {
            return Err(auth_error(format!(
                "Google did not grant the scope {requested}; sign in again, and tick the box for it \
                 on Google's page"
            )));
        }
        let token = granted.refresh_token.filter(|token| !token.is_empty());
        token.ok_or_else(|| {
            auth_error(format!(
                "Google's sign-in sent no refresh token, by which the program stays signed in; remove \
                 your app at {CONNECTIONS}, and sign in again"
            ))
        })
    }

    fn refused(&self, status: u16, body: &[u8]) -> Error {
        let said: Refusal = serde_json::from_slice(body).unwrap_or_default();
        let Some(code) = said.error.as_str() else {
            let origin = &self.client.origin;
            return auth_error(format!(
                "Google's sign-in failed with status {status}; check `token_uri` in {origin}, and \
                 whether a proxy answers in Google's place"
            ));
        };
        let way_out = match code {
            "invalid_grant" => "it has expired or was used before; sign in again",
            "invalid_client" | "unauthorized_client" | "deleted_client" => {
                "the OAuth client was deleted or its secret was changed; create a new client and give \
                 its file"
            }
            _ => "sign in again",
        };
        let said = match &said.error_description {
            Some(description) => format!("{code}: {description}"),
            None => code.to_owned(),
        };
        let secrets = [
            self.code,
            self.client.secret.as_str(),
            self.attempt.verifier.as_str(),
        ];
        auth_error(format!(
            "Google's sign-in refused the code: {way_out} (Google: {})",
            whapi_secret::quote(&said, &secrets)
        ))
    }
}

/// The fields of an answer that are needed.
#[derive(Deserialize)]
struct Granted {
    refresh_token: Option<String>,
    /// The granted scopes, with spaces between them.
    scope: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Value,
    error_description: Option<String>,
}

fn auth_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Auth, message)
}

fn http_client(url: &Url) -> Result<reqwest::Client> {
    let mut tls = tls_config(url).map_err(|error| {
        Error::new(ErrorKind::Destination, "could not set up TLS").with_source(error)
    })?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("whapi-export/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        // Tries are counted here.
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT);
    if is_loopback(url) {
        http = http.no_proxy();
    }
    http.build().map_err(|error| {
        Error::new(
            ErrorKind::Destination,
            "could not set up the HTTP client for the sign-in",
        )
        .with_source(error)
    })
}

/// Sends the form once and reads the whole answer.
async fn post(http: &reqwest::Client, url: &Url, form: &str) -> Result<Answer, Failure> {
    let request = http
        .post(url.clone())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let mut response = request.send().await.map_err(|error| broken(&error))?;
    let status = response.status().as_u16();
    if status >= 500 {
        return Err(Failure::temporary(format!(
            "Google's sign-in failed with status {status}"
        )));
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ANSWER {
            let max = MAX_ANSWER >> 10;
            return Err(Failure::fatal(format!(
                "Google's sign-in sent an answer of more than {max} KiB"
            )));
        }
    }
    Ok(Answer { status, body })
}

/// Classifies an error of the connection. Its text is not shown, because it can quote the server.
fn broken(error: &reqwest::Error) -> Failure {
    if let Some(problem) = certificate_problem(error) {
        return Failure::fatal(format!(
            "the certificate of Google's sign-in is not valid: {problem}; nothing was sent; check \
             whether a company's proxy or a virus scanner answers in Google's place, and the clock of \
             this computer"
        ));
    }
    Failure::temporary(if error.is_timeout() {
        "Google's sign-in did not answer in time"
    } else {
        "the connection to Google's sign-in failed"
    })
}
