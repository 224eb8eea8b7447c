//! Sending of requests: limits, retries and the reading of answers.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use tracing::debug;
use url::Url;
use whapi_http::{Clock, Permit, Throttle, parse_retry_after};
use whapi_model::{Footprint, Page};
use whapi_text::counted;

use super::broken::{self, Broken};
use super::decode::Decoded;
use super::messages::{self, given_up, status_error, too_long, without_numbers};
use super::reading::{BodyRoom, MAX_BODY, ReadError, Reading};
use super::service::Service;
use super::shared_limit::RequestLimit;
use crate::budget;
use crate::error::{Error, ErrorKind};
use crate::observer::{ListObserver, WaitCause};
use crate::page::{RequestStats, Row};
use crate::retry::{self, RetryPolicy, StatusVerdict};
use crate::token::Token;
use crate::waiting::{Place, Waiting};
use crate::wire;

/// The most bytes of an error answer that are read.
const MAX_ERROR_BODY: usize = 16 << 10;

/// A client for one channel of the Whapi API.
///
/// Cheap to clone; clones share connections, counts and limits.
///
/// The token is sent only in the `Authorization` header, only to this address: redirects are off.
/// Answers may be gzip-compressed, of any number of members; at most 32 MiB of one are read after
/// decoding. An answer above 1 MiB waits until no other such is being read; one with a text above 1
/// MiB or with more than 100,000 values is an error. Of a list that is scanned, pages that come
/// before their turn hold at most 16 MiB; others are read on when it is their turn.
///
/// # Examples
///
/// Each method is a request; [`ApiSource`](crate::ApiSource) reads the whole list.
///
/// ```
/// use whapi_emulator::Emulator;
/// use whapi_fetch::{ChannelState, Client, ScanOptions, Token};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Emulator::builder().people(300).start().await?;
/// let token = Token::new(api.token(), "the example")?;
/// let client = Client::builder(token).base_url(api.base_url()).build()?;
///
/// assert_eq!(client.channel().await?.state, ChannelState::Ready);
/// let page = client.contacts(0, 100).await?;
/// assert_eq!((page.items.len(), page.total), (100, Some(300)));
/// let groups = client.all_groups(ScanOptions::default()).await?;
/// assert!(groups.is_complete());
/// assert!(client.group(&groups.items[0].id).await?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    observer: ListObserver,
}

pub(super) struct Inner {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    pub(super) service: Service,
    pub(super) token: Token,
    pub(super) authorization: HeaderValue,
    pub(super) retry: RetryPolicy,
    pub(super) throttle: Throttle,
    pub(super) max_requests: Option<u64>,
    pub(super) shared_limit: Option<RequestLimit>,
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) waiting: Arc<Waiting>,
    pub(super) bodies: BodyRoom,
    pub(super) clock: Arc<dyn Clock>,
}

/// One request to the API, with all of its tries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The name in logs, without private text.
    pub(crate) name: &'static str,
    /// The path's segments below the base address.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a str,
    pub(crate) max_tries: u32,
    /// The most values that an answer may hold.
    pub(crate) max_values: usize,
    /// Whether status 204 is an answer, which is read as an empty body.
    pub(crate) may_be_empty: bool,
    /// Where the answer waits until it is taken. `None` when it is taken at once.
    pub(crate) place: Option<&'a Place>,
}

/// The result of one try.
enum Attempt<T> {
    Done(T),
    Fatal(Error),
    /// A temporary failure, perhaps with the wait that the API asks for.
    Passing {
        error: Error,
        retry_after: Option<Duration>,
    },
    /// The answer waited for room so long that its connection broke off. There is room now.
    Waited,
}

/// The query of a request for a page.
pub(crate) fn page_query(offset: u64, count: u32) -> String {
    format!("count={count}&offset={offset}")
}

impl Client {
    /// Creates a client without an observer.
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
            observer: ListObserver::default(),
        }
    }

    /// Returns the same client with this observer of its waits.
    pub(crate) fn observed_by(&self, observer: ListObserver) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            observer,
        }
    }

    pub(crate) fn observer(&self) -> &ListObserver {
        &self.observer
    }

    /// Requests sent so far.
    pub(crate) fn sent(&self) -> RequestStats {
        RequestStats {
            requests: self.inner.requests.load(Ordering::Relaxed),
            retries: self.inner.retries.load(Ordering::Relaxed),
        }
    }

    /// The error of a body that is not the list of `what` that was asked for.
    pub(crate) fn unreadable(&self, error: wire::Unreadable, what: &str) -> Error {
        messages::unreadable(&self.inner.token, error, what)
    }

    /// The connections, and the address to which they go.
    pub(super) fn connections(&self) -> (reqwest::Client, Url) {
        (self.inner.http.clone(), self.inner.base.clone())
    }

    /// Returns the address of the API, with a slash at the end.
    pub fn base_url(&self) -> &str {
        self.inner.base.as_str()
    }

    pub(crate) fn token(&self) -> &Token {
        &self.inner.token
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// A call with the client's own limits.
    pub(crate) fn call<'a>(
        &self,
        name: &'static str,
        path: &'a [&'a str],
        query: &'a str,
    ) -> Call<'a> {
        Call {
            name,
            path,
            query,
            max_tries: self.inner.retry.max_tries,
            max_values: budget::MAX_VALUES,
            may_be_empty: false,
            place: None,
        }
    }

    /// Reads a page of a list that is scanned: it has a place among those that wait until it is
    /// dropped.
    pub(crate) async fn page_of<T: Footprint, F>(
        &self,
        list: &'static str,
        offset: u64,
        read: impl FnOnce(Arc<Place>) -> F,
    ) -> Result<Page<Row<T>>, Error>
    where
        F: Future<Output = Result<Page<Row<T>>, Error>>,
    {
        let place = Arc::new(self.inner.waiting.ask(list, offset));
        let page = read(Arc::clone(&place)).await?;
        place.settle(page.items.footprint());
        Ok(page.holding(place))
    }

    pub(crate) async fn get<T>(
        &self,
        call: Call<'_>,
        read: impl Fn(&[u8]) -> Result<T, Error> + Sync,
    ) -> Result<T, Error>
    where
        T: Send,
    {
        let inner = &*self.inner;
        let url = self.url(call);
        let policy = &inner.retry;
        let mut first_try_at = None;
        let mut tries = 0;
        loop {
            let permit = inner.throttle.acquire(inner.clock.as_ref()).await;
            self.count_request()?;
            // Waiting for the throttle is no try.
            let first_try = *first_try_at.get_or_insert_with(|| inner.clock.now());
            if tries > 0 {
                inner.retries.fetch_add(1, Ordering::Relaxed);
            }
            tries += 1;
            let (error, retry_after) = match self.attempt(url.clone(), call, permit, &read).await {
                Attempt::Done(value) => return Ok(value),
                Attempt::Fatal(error) => return Err(error),
                Attempt::Passing { error, retry_after } => (error, retry_after),
                Attempt::Waited => {
                    (first_try_at, tries) = (None, 0);
                    continue;
                }
            };
            if let Some(wait) = retry_after.filter(|wait| *wait > policy.max_retry_after) {
                return Err(too_long(error, wait, policy.max_retry_after));
            }
            // "At once", or a date that our clock says is past, would use up every try at once.
            let retry_after = retry_after.filter(|wait| !wait.is_zero());
            let wait = retry_after.unwrap_or_else(|| policy.delay(tries));
            let elapsed = inner.clock.now() - first_try;
            if tries >= call.max_tries || elapsed + wait > policy.deadline {
                return Err(given_up(error, tries, elapsed));
            }
            let reason = without_numbers(&error.to_string());
            debug!(
                path = call.name,
                tries,
                wait_ms = wait.as_millis(),
                reason,
                "trying again"
            );
            let cause = match retry_after {
                Some(_) => WaitCause::RetryAfter,
                None => WaitCause::Backoff,
            };
            self.observer.waiting(wait, cause);
            if retry_after.is_some() {
                inner.throttle.hold(inner.clock.now() + wait);
            } else {
                inner.clock.sleep(wait).await;
            }
        }
    }

    fn url(&self, call: Call<'_>) -> Url {
        let mut url = self.inner.base.clone();
        url.path_segments_mut()
            .expect("an http address has a path")
            .pop_if_empty()
            .extend(call.path);
        url.set_query(Some(call.query).filter(|query| !query.is_empty()));
        url
    }

    /// Takes one request from the limit, or fails without having sent anything.
    fn count_request(&self) -> Result<(), Error> {
        let shared = self.inner.shared_limit.as_ref();
        if shared.is_some_and(|limit| !limit.take()) {
            return Err(Error::new(
                ErrorKind::RequestLimit,
                "stopped at the limit on requests that was set for all channels together",
            ));
        }
        let most = self.inner.max_requests.unwrap_or(u64::MAX);
        self.inner
            .requests
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sent| {
                (sent < most).then_some(sent + 1)
            })
            .map(|_| ())
            .map_err(|sent| {
                let requests = counted(sent, "request");
                let message = format!("stopped after {requests}, the limit that was set");
                Error::new(ErrorKind::RequestLimit, message)
            })
    }

    async fn attempt<T>(
        &self,
        url: Url,
        call: Call<'_>,
        permit: Permit<'_>,
        read: &(impl Fn(&[u8]) -> Result<T, Error> + Sync),
    ) -> Attempt<T> {
        let inner = &*self.inner;
        let passing = |error, retry_after| Attempt::Passing { error, retry_after };
        let request = inner
            .http
            .get(url)
            .header(AUTHORIZATION, inner.authorization.clone())
            .header(ACCEPT_ENCODING, "gzip");
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return broken_off(&error, &inner.base),
        };
        let status = response.status();
        if call.may_be_empty && status == StatusCode::NO_CONTENT {
            return read(&[]).map_or_else(Attempt::Fatal, Attempt::Done);
        }
        let verdict = retry::classify_status(status);
        if verdict == StatusVerdict::Read {
            let mut decoded = Decoded::of(response, MAX_BODY);
            let mut reading = Reading {
                room: &inner.bodies,
                place: call.place,
                permit: Some(permit),
                waited: false,
            };
            let read = match reading.body(&mut decoded, MAX_BODY).await {
                Ok(body) => reading.value(&body, call.max_values, read).await,
                Err(error) => Err(error),
            };
            return match read {
                Ok(value) => Attempt::Done(value),
                Err(ReadError::Fatal(error)) => Attempt::Fatal(error),
                Err(ReadError::Passing(error)) => passing(error, None),
                Err(ReadError::Cut(_)) if reading.waited => Attempt::Waited,
                Err(ReadError::Cut(error)) => broken_off(&error, &inner.base),
            };
        }
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| parse_retry_after(value, inner.clock.time_of_day()));
        if verdict == StatusVerdict::SlowDown {
            permit.refused(inner.clock.now());
        }
        let mut decoded = Decoded::of(response, MAX_BODY);
        let mut reading = Reading {
            room: &inner.bodies,
            place: None,
            permit: Some(permit),
            waited: false,
        };
        let said = match reading.body(&mut decoded, MAX_ERROR_BODY).await {
            Ok(body) => wire::read_error_message(&body.bytes).filter(|said| !said.is_empty()),
            Err(_) => None,
        };
        let error = status_error(
            &inner.token,
            inner.service,
            verdict,
            status.as_u16(),
            said.as_deref(),
        );
        match verdict {
            StatusVerdict::Passing | StatusVerdict::SlowDown => passing(error, retry_after),
            _ => Attempt::Fatal(error),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base.as_str())
            .field("token", &self.inner.token)
            .finish_non_exhaustive()
    }
}

/// What a connection that failed means for the request.
fn broken_off<T>(error: &reqwest::Error, base: &Url) -> Attempt<T> {
    match broken::classify(error, base) {
        Broken::Certificate(error) => Attempt::Fatal(error),
        Broken::Passing(error) => Attempt::Passing {
            error,
            retry_after: None,
        },
    }
}
