//! Settings of a client.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use url::Url;
use whapi_http::{Clock, SystemClock, Throttle, is_loopback, tls_config};

use super::address::checked_address;
use super::reading::BodyRoom;
use super::request::{Client, Inner};
use super::service::Service;
use super::shared_limit::RequestLimit;
use crate::budget;
use crate::error::{Error, ErrorKind};
use crate::page::DEFAULT_CONCURRENCY;
use crate::retry::RetryPolicy;
use crate::token::Token;
use crate::waiting::Waiting;

/// The address of the Whapi API.
pub const DEFAULT_BASE_URL: &str = "https://gate.whapi.cloud";

impl Client {
    /// Creates the settings of a client with this token.
    pub fn builder(token: Token) -> ClientBuilder {
        ClientBuilder::new(token)
    }
}

/// Settings for a [`Client`].
///
/// # Examples
///
/// ```
/// use whapi_fetch::{Client, Token};
///
/// let token = Token::new("s3cret", "the example")?;
/// let client = Client::builder(token).base_url("http://127.0.0.1:8080").build()?;
/// assert_eq!(client.base_url(), "http://127.0.0.1:8080/");
///
/// let token = Token::new("s3cret", "the example")?;
/// let error = Client::builder(token).base_url("http://api.example").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`http://api.example/` would send the token in clear text; use https, or a loopback address"
/// );
/// # Ok::<(), whapi_fetch::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    token: Token,
    base_url: Option<String>,
    connect_timeout: Duration,
    read_timeout: Duration,
    request_timeout: Duration,
    retry: RetryPolicy,
    concurrency: usize,
    max_requests: Option<u64>,
    shared_limit: Option<RequestLimit>,
    connections: Option<(reqwest::Client, Url)>,
    clock: Arc<dyn Clock>,
}

impl ClientBuilder {
    pub(super) fn new(token: Token) -> Self {
        Self {
            token,
            base_url: None,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(60),
            retry: RetryPolicy::default(),
            concurrency: DEFAULT_CONCURRENCY,
            max_requests: None,
            shared_limit: None,
            connections: None,
            clock: Arc::new(SystemClock::default()),
        }
    }

    /// Sets the address of the API. Default: [`DEFAULT_BASE_URL`].
    ///
    /// `http` is accepted for loopback hosts only, because it sends the token in clear text. The
    /// system's proxy is not used for loopback hosts.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the longest time to connect. Default: 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the longest time without a byte. Default: 30 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Sets the longest time for one try, from connecting to the last byte. Default: 60 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets how often and how long to retry. Default: [`RetryPolicy::default`].
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the most requests in parallel, at least 1. Default: [`DEFAULT_CONCURRENCY`].
    ///
    /// A status 429 halves the number; it grows back slowly.
    pub fn concurrency(mut self, most: usize) -> Self {
        self.concurrency = most.max(1);
        self
    }

    /// Sets the most requests to send, retries and the channel check included. The next one fails
    /// with [`ErrorKind::RequestLimit`] without being sent. Default: no limit.
    pub fn max_requests(mut self, most: u64) -> Self {
        self.max_requests = Some(most);
        self
    }

    /// Sets a limit on requests that other clients share. Requests of all of them count. Default: none.
    pub fn shared_limit(mut self, limit: RequestLimit) -> Self {
        self.shared_limit = Some(limit);
        self
    }

    /// Sends requests over the connections of another client, which was built for another token. Its
    /// timeouts hold then. Default: connections of its own, as also when the other client's address has
    /// another scheme, host or port.
    ///
    /// Many channels at one address share a handshake in this way. Limits, retries and what is sent stay
    /// apart.
    ///
    /// ```
    /// use whapi_fetch::{Client, Token};
    ///
    /// let token = |text| Token::new(text, "the example");
    /// let shop = Client::builder(token("shop-t0ken")?).build()?;
    /// let office = Client::builder(token("office-t0ken")?).connections_of(&shop).build()?;
    /// assert_eq!(office.base_url(), shop.base_url());
    /// # Ok::<(), whapi_fetch::Error>(())
    /// ```
    pub fn connections_of(mut self, other: &Client) -> Self {
        self.connections = Some(other.connections());
        self
    }

    /// Sets the source of time. Default: [`SystemClock`].
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the address is not an `http` or `https` URL, names a user, a
    /// query or a fragment, holds the token, or would send the token in clear text.
    pub fn build(self) -> Result<Client, Error> {
        self.build_of(Service::Channel, DEFAULT_BASE_URL)
    }

    /// Builds the client of the partner API, at this address unless another was set.
    pub(crate) fn build_of_partner(self, default: &str) -> Result<Client, Error> {
        self.build_of(Service::Partner, default)
    }

    fn build_of(self, service: Service, default: &str) -> Result<Client, Error> {
        let base_url = self.base_url.as_deref().unwrap_or(default);
        let base = checked_address(base_url, &self.token)?;
        let http = match &self.connections {
            Some((http, other)) if other.origin() == base.origin() => http.clone(),
            _ => self.connect(&base)?,
        };
        Ok(Client::new(Inner {
            http,
            base,
            service,
            authorization: self.token.authorization(),
            token: self.token,
            retry: self.retry,
            throttle: Throttle::new(
                NonZeroUsize::new(self.concurrency).unwrap_or(NonZeroUsize::MIN),
            ),
            max_requests: self.max_requests,
            shared_limit: self.shared_limit,
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            waiting: Arc::new(Waiting::new(budget::WAITING_PAGES)),
            bodies: BodyRoom::new(self.concurrency),
            clock: self.clock,
        }))
    }

    fn connect(&self, base: &Url) -> Result<reqwest::Client, Error> {
        let mut tls = tls_config(base).map_err(|error| {
            Error::new(ErrorKind::Config, "could not set up TLS").with_source(error)
        })?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("whapi-export/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // Every request is counted, so reqwest must not repeat any.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .timeout(self.request_timeout);
        if is_loopback(base) {
            // A proxy for http would see the token; one for https is elsewhere, and cannot reach
            // this machine's own addresses.
            http = http.no_proxy();
        }
        http.build().map_err(|error| {
            Error::new(ErrorKind::Config, "could not set up the HTTP client").with_source(error)
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token)
            .field("base_url", &self.base_url)
            .field("concurrency", &self.concurrency)
            .field("max_requests", &self.max_requests)
            .finish_non_exhaustive()
    }
}
