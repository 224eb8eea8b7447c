//! The order and number of page requests.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use tokio::runtime::Handle;
use whapi_model::Page;

use super::options::ScanOptions;
use super::overlap::shared_rows;
use crate::error::{Error, ErrorKind};
use crate::page::{Listed, PageSource, Row};
use crate::task::{AbortOnDrop, join_or_resume_panic};

/// What a page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The next rows, from the last ones before on.
    Next,
    /// The rows that a short page left out, while pages behind it are under way.
    Fill,
    /// Whether there are rows behind the last one. The answer is not read as a page.
    Behind,
    /// Whether the last row is still the last one, after an empty answer behind it.
    Last,
}

/// A page asked for, by its place and size.
#[derive(Debug, Clone, Copy)]
struct Asked {
    offset: u64,
    count: u32,
}

/// The requests of one reading.
pub(super) struct Pager<T> {
    concurrency: usize,
    max_contacts: u64,
    /// Rows to ask for at a time.
    ask: u32,
    /// Rows that a full page really has: less than was asked when the API caps it.
    full: u64,
    /// The fewest rows that a page had which reached further than those before it.
    smallest: u64,
    in_flight: FuturesOrdered<BoxFuture<'static, Result<Page<Row<T>>, Error>>>,
    /// What is in flight, in the order of the list.
    queue: VecDeque<Asked>,
    /// The last place for which a page was planned ahead.
    planned: u64,
    requests: u64,
    /// The highest total of any answer.
    longest: Option<u64>,
}

impl<T: Listed> Pager<T> {
    /// A pager that has sent the request for the first page.
    pub(super) fn new(ask: u32, options: &ScanOptions) -> Self {
        Self {
            concurrency: options.concurrency(),
            max_contacts: options.max_contacts(),
            ask,
            full: u64::from(ask),
            smallest: u64::from(ask),
            in_flight: FuturesOrdered::new(),
            queue: VecDeque::new(),
            planned: 0,
            requests: 1,
            longest: None,
        }
    }

    /// Rows that a full page has.
    pub(super) fn full(&self) -> u64 {
        self.full
    }

    /// Rows that neighbouring pages share.
    pub(super) fn shared(&self) -> u64 {
        shared_rows(self.full)
    }

    /// Whether no page is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn note_total(&mut self, total: u64) {
        self.longest = self.longest.max(Some(total));
    }

    /// Sets how many rows a full page has.
    pub(super) fn set_full(&mut self, rows: u64) {
        self.full = rows;
        self.smallest = self.smallest.min(rows);
    }

    /// Notes a page shorter than a full one that reached further.
    pub(super) fn note_short(&mut self, rows: u64) {
        self.smallest = self.smallest.min(rows);
    }

    /// The next page in the order of the list, and what it was asked for. Rows are covered up to
    /// `end`; `purpose` is what to ask for once no page is under way; `fill` is whether gaps before
    /// those that are get filled.
    pub(super) async fn next<S: PageSource<T> + 'static>(
        &mut self,
        source: &Arc<S>,
        end: u64,
        purpose: Purpose,
        fill: bool,
    ) -> Result<(Purpose, Page<Row<T>>), Error> {
        let shared = self.shared();
        let Some(front) = self.queue.front().copied() else {
            let offset = match purpose {
                Purpose::Behind => end,
                // One row more than pages share: an API that gives just these looks different.
                Purpose::Last => end.saturating_sub(shared + 1),
                Purpose::Next | Purpose::Fill => end.saturating_sub(shared),
            };
            // Pages planned ahead later, for a list that grows, must not start before this one.
            self.planned = self.planned.max(offset);
            let page = self.ask_now(&**source, offset, self.ask, end).await?;
            return Ok((purpose, page));
        };
        if fill && front.offset + shared > end {
            // A page before this one was short: read what it left out, up to the shared rows.
            let offset = end.saturating_sub(shared);
            let rows = front.offset + shared - offset;
            let count = self.ask.min(u32::try_from(rows).unwrap_or(u32::MAX));
            let page = self.ask_now(&**source, offset, count, end).await?;
            return Ok((Purpose::Fill, page));
        }
        let page = self.in_flight.next().await.expect("a page was submitted");
        self.queue.pop_front();
        Ok((Purpose::Next, page?))
    }

    /// Asks for the pages that the total promises, a bounded number at a time, and for the proof
    /// of the end where the last of them would be full.
    pub(super) fn plan_ahead<S: PageSource<T> + 'static>(
        &mut self,
        source: &Arc<S>,
        total: u64,
        end: u64,
    ) -> Result<(), Error> {
        while self.queue.len() < self.concurrency && self.planned + self.full <= total {
            self.planned += self.full - self.shared();
            let asked = Asked {
                offset: self.planned,
                count: self.ask,
            };
            self.count_request(end)?;
            let source = Arc::clone(source);
            self.in_flight.push_back(under_way(async move {
                source.page(asked.offset, asked.count).await
            }));
            self.queue.push_back(asked);
        }
        Ok(())
    }

    /// Whether an answer for a place far behind `start` has the same rows.
    pub(super) async fn answers_alike_far_behind<S: PageSource<T>>(
        &mut self,
        source: &S,
        start: u64,
        end: u64,
        same: impl Fn(&[Row<T>]) -> bool,
    ) -> Result<bool, Error> {
        // So far that the list cannot have grown to there since the last answer.
        let known = self.longest.unwrap_or(self.max_contacts);
        let far = known
            .max(start + self.full)
            .saturating_mul(2)
            .saturating_add(10 * u64::from(self.ask));
        let page = self.ask_now(source, far, self.ask, end).await?;
        Ok(same(&page.items))
    }

    async fn ask_now<S: PageSource<T>>(
        &mut self,
        source: &S,
        offset: u64,
        count: u32,
        end: u64,
    ) -> Result<Page<Row<T>>, Error> {
        self.count_request(end)?;
        source.page(offset, count).await
    }

    fn count_request(&mut self, end: u64) -> Result<(), Error> {
        // A list that shrinks, or whose total is too low, took the requests that it took.
        let rows = self.longest.map_or(self.max_contacts, |longest| {
            longest.max(end).min(self.max_contacts)
        });
        let most = rows
            .div_ceil(self.smallest - shared_rows(self.smallest))
            .saturating_mul(3)
            .saturating_add(10);
        if self.requests >= most {
            return Err(Error::new(
                ErrorKind::Api,
                format!(
                    "the list did not end within {most} requests, far more than it should take"
                ),
            ));
        }
        self.requests += 1;
        Ok(())
    }
}

/// Runs a request in a task until it is dropped, so that a slow consumer causes no timeout.
fn under_way<T: Send + 'static>(
    request: impl Future<Output = T> + Send + 'static,
) -> BoxFuture<'static, T> {
    let Ok(runtime) = Handle::try_current() else {
        // Sources other than the client may run without tokio.
        return Box::pin(request);
    };
    let mut task = AbortOnDrop(runtime.spawn(request));
    Box::pin(async move {
        let done = (&mut task.0).await;
        join_or_resume_panic(done).await
    })
}
