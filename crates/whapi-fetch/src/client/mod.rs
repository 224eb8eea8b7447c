//! The HTTP client for one channel of a gate.

mod broken;
mod builder;
mod decode;
mod lists;
mod reading;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use tokio::sync::Semaphore;
use tracing::debug;
use url::Url;
use whapi_http::{Clock, Permit, Throttle, parse_retry_after};
use whapi_model::{Footprint, Page};
use whapi_text::counted;

use crate::budget;
use crate::error::{Error, ErrorKind};
use crate::health::{self, ChannelInfo, ChannelState};
use crate::page::{PageSource, RequestStats, Row};
use crate::retry::{self, RetryPolicy, StatusVerdict};
use crate::token::Token;
use crate::waiting::{Place, Waiting};
use crate::wire;

use broken::Broken;
pub use builder::ClientBuilder;
use decode::Decoded;
pub(crate) use lists::NamesLeftOut;
pub(crate) use lists::{CHATS_PAGE, Chats, GROUPS_PAGE, Groups, LIDS_BATCH};
use reading::{ReadError, Reading};

/// Whapi's public gate.
pub const DEFAULT_BASE_URL: &str = "https://gate.whapi.cloud";
/// The most bytes of a decoded answer that are read. A full page is about 60 KB.
const MAX_BODY: usize = 32 << 20;
/// An answer longer than this waits until no other one is being read, so that the memory of
/// several requests at a time stays near that of one. Less where many are read at a time.
const LARGE_BODY: usize = 1 << 20;
/// What one value of an answer may take when it is read: a contact without a name is the most.
const VALUE: usize = 96;
/// The most bytes of an error answer that are read.
const MAX_ERROR_BODY: usize = 16 << 10;
/// As many digits in a row may be a phone number.
const SHORTEST_NUMBER: usize = 5;
/// Tries for the channel's state: it is worth a little patience, not five minutes.
const HEALTH_TRIES: u32 = 3;

/// A client for one channel of a gate. Cheap to clone; clones share connections, counts and
/// limits.
///
/// The token leaves only in the `Authorization` header, only to this address: redirects are off.
/// Answers may be gzip-compressed, of any number of members; at most 32 MiB of one are read after decoding. An answer above
/// 1 MiB waits until no other such is being read; one with a text above 1 MiB or with more than
/// 100,000 values is an error. Of a list that is scanned, pages that come before their turn hold at
/// most 16 MiB; others are read on when it is their turn.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: Url,
    token: Token,
    authorization: HeaderValue,
    retry: RetryPolicy,
    throttle: Throttle,
    max_requests: Option<u64>,
    requests: AtomicU64,
    retries: AtomicU64,
    large_body: Semaphore,
    waiting: Arc<Waiting>,
    /// An answer up to this length may be read beside others.
    small_body: usize,
    names_left_out: NamesLeftOut,
    clock: Arc<dyn Clock>,
}

/// One call of the gate, whatever its tries.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    /// What logs call it; nothing of anybody's.
    name: &'static str,
    /// The path's segments below the base address.
    path: &'a [&'a str],
    query: &'a str,
    max_tries: u32,
    /// The most values that an answer may hold.
    max_values: usize,
    /// Where the answer waits until it is taken. `None` when it is taken at once.
    place: Option<&'a Place>,
}

/// What one try came to.
enum Attempt<T> {
    Done(T),
    Fatal(Error),
    /// Worth another try, perhaps after the time that the gate named.
    Passing {
        error: Error,
        retry_after: Option<Duration>,
    },
    /// The answer waited for room so long that its connection broke off. There is room now.
    Waited,
}

impl Client {
    /// Settings for a client with this token.
    pub fn builder(token: Token) -> ClientBuilder {
        ClientBuilder::new(token)
    }

    /// The gate's address, with a slash at the end.
    pub fn base_url(&self) -> &str {
        self.inner.base.as_str()
    }

    /// One page of contacts: `GET /contacts`. A row without a usable id is `None` in its place.
    ///
    /// Passing failures are tried again by the [`RetryPolicy`].
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`] but `Input` and `Channel`.
    pub async fn contacts(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        self.contacts_in(None, offset, count).await
    }

    async fn contacts_in(
        &self,
        place: Option<&Place>,
        offset: u64,
        count: u32,
    ) -> Result<Page<Row>, Error> {
        let query = format!("count={count}&offset={offset}");
        let call = Call {
            place,
            ..self.call("contacts", &["contacts"], &query)
        };
        let answer = self
            .get(call, |body| {
                wire::read_answer(body).map_err(|error| self.unreadable(error, "contacts"))
            })
            .await?;
        debug!(
            offset,
            count,
            rows = answer.rows.len(),
            total = answer.total,
            "page"
        );
        Ok(Page::new(offset, answer.rows).with_total(answer.total))
    }

    /// The channel's state and the account behind it: `GET /health?wakeup=false`, which wakes nobody
    /// up. Tried at most 3 times.
    ///
    /// For a gate without that call, one that fails to answer it, and an answer of unknown shape the
    /// state is [`ChannelState::Unknown`], which is no verdict.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Token`] when the gate refuses the token with 401 or 403, and
    /// [`ErrorKind::RequestLimit`].
    pub async fn channel(&self) -> Result<ChannelInfo, Error> {
        let call = Call {
            max_tries: HEALTH_TRIES,
            ..self.call("health", &["health"], "wakeup=false")
        };
        match self.get(call, |body| Ok(wire::read_health(body))).await {
            Ok(health) => Ok(ChannelInfo {
                state: health::judge(health.state.as_deref()),
                account: health.account,
            }),
            Err(error) => match (error.kind(), error.status()) {
                (ErrorKind::Token, Some(404)) => Ok(ChannelInfo::unknown()),
                (ErrorKind::Token | ErrorKind::RequestLimit, _) => Err(error),
                _ => Ok(ChannelInfo::unknown()),
            },
        }
    }

    /// The state alone of [`channel`](Self::channel).
    ///
    /// # Errors
    ///
    /// As for [`channel`](Self::channel).
    pub async fn channel_state(&self) -> Result<ChannelState, Error> {
        Ok(self.channel().await?.state)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// A call with the client's own limits.
    fn call<'a>(&self, name: &'static str, path: &'a [&'a str], query: &'a str) -> Call<'a> {
        Call {
            name,
            path,
            query,
            max_tries: self.inner.retry.max_tries,
            max_values: budget::MAX_VALUES,
            place: None,
        }
    }

    /// Reads a page of a list that is scanned: it has a place among those that wait until it is
    /// dropped.
    async fn page_of<T: Footprint, F>(
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

    async fn get<T>(
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
            // Waiting for a place, or while another request holds everybody, is no try.
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
            Err(error) => return broken_off(&error),
        };
        let status = response.status();
        let verdict = retry::judge(status);
        if verdict == StatusVerdict::Read {
            let mut decoded = Decoded::of(response, MAX_BODY);
            let mut reading = Reading {
                client: inner,
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
                Err(ReadError::Cut(error)) => broken_off(&error),
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
            client: inner,
            place: None,
            permit: Some(permit),
            waited: false,
        };
        let said = match reading.body(&mut decoded, MAX_ERROR_BODY).await {
            Ok(body) => wire::read_error_message(&body.bytes).filter(|said| !said.is_empty()),
            Err(_) => None,
        };
        let error = self.status_error(verdict, status.as_u16(), said.as_deref());
        match verdict {
            StatusVerdict::Passing | StatusVerdict::SlowDown => passing(error, retry_after),
            _ => Attempt::Fatal(error),
        }
    }

    fn status_error(&self, verdict: StatusVerdict, status: u16, said: Option<&str>) -> Error {
        let said = said.map_or(String::new(), |said| format!(": {}", self.quote(said)));
        let origin = self.inner.token.origin();
        let (kind, message) = match verdict {
            StatusVerdict::Token if status == 404 => (
                ErrorKind::Token,
                format!(
                    "the gate knows no such channel (404){said}; check the token from {origin} and the gate's address"
                ),
            ),
            StatusVerdict::Token => (
                ErrorKind::Token,
                format!("the gate refused the token from {origin} ({status}){said}"),
            ),
            StatusVerdict::Quota => (
                ErrorKind::Quota,
                format!("the channel's quota is used up ({status}){said}"),
            ),
            StatusVerdict::SlowDown => (
                ErrorKind::Quota,
                format!("the gate wants fewer requests ({status}){said}"),
            ),
            StatusVerdict::BadRequest => (
                ErrorKind::Gate,
                format!("the gate refused the request ({status}){said}"),
            ),
            StatusVerdict::Passing | StatusVerdict::Read => {
                (ErrorKind::Gate, format!("the gate failed ({status}){said}"))
            }
            StatusVerdict::Unexpected if (300..400).contains(&status) => (
                ErrorKind::Gate,
                format!(
                    "the gate wants to redirect ({status}), which is never followed, since the token would leave with it"
                ),
            ),
            StatusVerdict::Unexpected => (
                ErrorKind::Gate,
                format!("the gate gave an answer that it never should ({status}){said}"),
            ),
        };
        Error::new(kind, message).with_status(status)
    }

    /// The gate's own words for a message, without the token.
    fn quote(&self, said: &str) -> String {
        self.inner.token.quote(said)
    }

    fn unreadable(&self, error: wire::Unreadable, what: &str) -> Error {
        match error {
            wire::Unreadable::Json(error) => Error::new(
                ErrorKind::Gate,
                "the gate answered something that is not the JSON it promises",
            )
            .with_source(error),
            wire::Unreadable::GateError(said) => {
                let said = self.quote(&said);
                Error::new(
                    ErrorKind::Gate,
                    format!("the gate answered with an error: {said}"),
                )
            }
            wire::Unreadable::Other => Error::new(
                ErrorKind::Gate,
                format!("the gate answered JSON that holds no list of {what}"),
            ),
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

#[async_trait]
impl PageSource for Client {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        self.page_of("contacts", offset, |place| async move {
            self.contacts_in(Some(&place), offset, count).await
        })
        .await
    }

    fn stats(&self) -> RequestStats {
        RequestStats {
            requests: self.inner.requests.load(Ordering::Relaxed),
            retries: self.inner.retries.load(Ordering::Relaxed),
        }
    }
}

/// What a connection that failed means for the request.
fn broken_off<T>(error: &reqwest::Error) -> Attempt<T> {
    match broken::judge(error) {
        Broken::Certificate(error) => Attempt::Fatal(error),
        Broken::Passing(error) => Attempt::Passing {
            error,
            retry_after: None,
        },
    }
}

/// For logs: the gate's own words may name somebody by number.
fn without_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(at);
        let length = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        masked.push_str(before);
        if length < SHORTEST_NUMBER {
            masked.push_str(&digits[..length]);
        } else {
            masked.push_str("[number]");
        }
        rest = &digits[length..];
    }
    masked + rest
}

fn given_up(error: Error, tries: u32, elapsed: Duration) -> Error {
    error.and(format_args!(
        "gave up after {} in {} s",
        counted(tries.into(), "try"),
        elapsed.as_secs()
    ))
}

fn too_long(error: Error, wait: Duration, most: Duration) -> Error {
    error.and(format_args!(
        "it asks to wait {} s, longer than the {} s that are waited for",
        wait.as_secs(),
        most.as_secs()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_and_statuses_stay() {
        for (text, expected) in [
            ("", ""),
            ("busy (503)", "busy (503)"),
            ("+447700900101: gone", "+[number]: gone"),
            ("1234 12345", "1234 [number]"),
            ("84958372615243@lid, 447700900101", "[number]@lid, [number]"),
        ] {
            assert_eq!(without_numbers(text), expected);
        }
    }
}
