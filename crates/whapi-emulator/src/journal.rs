//! The journal of requests and answers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::paging::whole;

/// One request and the status of its answer.
///
/// Contains no token: headers are not recorded, and `token=` in the query becomes
/// `token=[hidden]`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// `GET`, `PUT`, …
    pub method: String,
    /// The path, as sent: `/contacts`.
    pub path: String,
    /// The query as sent, without `?`; empty if the request has none.
    pub query: String,
    /// The `offset` of the query; `None` if missing or not a number.
    pub offset: Option<u64>,
    /// The `count` of the query; `None` if missing or not a number.
    pub count: Option<u64>,
    /// The status of the answer, or `None`.
    ///
    /// `None` before the answer, and if the connection was closed without one.
    pub status: Option<u16>,
    /// When the request arrived, since the start of the emulator.
    pub at: Duration,
    /// Whether the request had the correct token.
    pub authorized: bool,
    /// Number of unanswered requests at that moment, including this one. Requests overlap
    /// reliably only with a latency.
    pub in_flight: usize,
}

/// All requests since the start.
#[derive(Debug)]
pub(crate) struct Journal {
    started: Instant,
    entries: Mutex<Entries>,
    arrived: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Entries {
    list: Vec<JournalEntry>,
    waiting: usize,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            entries: Mutex::default(),
            arrived: watch::Sender::new(0),
        }
    }

    /// Adds a request. It counts as unanswered until the returned value is dropped.
    pub(crate) fn record(
        &self,
        method: &str,
        path: &str,
        query: &str,
        authorized: bool,
    ) -> PendingRequest<'_> {
        let mut entries = self.lock();
        entries.waiting += 1;
        let entry = JournalEntry {
            method: method.to_owned(),
            path: path.to_owned(),
            query: hide_token(query),
            offset: number(query, "offset"),
            count: number(query, "count"),
            status: None,
            at: self.started.elapsed(),
            authorized,
            in_flight: entries.waiting,
        };
        entries.list.push(entry);
        let seen = entries.list.len();
        let (offset, count) = (entries.list[seen - 1].offset, entries.list[seen - 1].count);
        drop(entries);
        self.arrived.send_replace(seen);
        PendingRequest {
            journal: self,
            index: seen - 1,
            offset,
            count,
            status: None,
        }
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.lock().list.clone()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<usize> {
        self.arrived.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request without an answer yet. Dropped without one if the client disconnects.
pub(crate) struct PendingRequest<'a> {
    journal: &'a Journal,
    index: usize,
    pub(crate) offset: Option<u64>,
    pub(crate) count: Option<u64>,
    status: Option<u16>,
}

impl PendingRequest<'_> {
    /// Records the status of the answer; `None` for a closed connection.
    pub(crate) fn finish(mut self, status: Option<u16>) {
        self.status = status;
    }
}

impl Drop for PendingRequest<'_> {
    fn drop(&mut self) {
        let mut entries = self.journal.lock();
        entries.waiting -= 1;
        entries.list[self.index].status = self.status;
    }
}

/// Returns the number of a key in a raw query. The last one counts, as in the endpoints.
fn number(query: &str, key: &str) -> Option<u64> {
    let mut pairs = query.split('&').rev();
    let text = pairs.find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))?;
    whole(text, &(0..=u64::MAX))
}

fn hide_token(query: &str) -> String {
    query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if key.eq_ignore_ascii_case("token") => "token=[hidden]",
            _ => pair,
        })
        .collect::<Vec<_>>()
        .join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_query() {
        assert_eq!(number("count=500&offset=499", "count"), Some(500));
        assert_eq!(number("count=500&offset=499", "offset"), Some(499));
        assert_eq!(number("count=1.0", "count"), Some(1));
        assert_eq!(number("count=-1", "count"), None);
        assert_eq!(number("discount=5", "count"), None);
        assert_eq!(number("", "count"), None);
    }

    #[test]
    fn a_token_in_the_query_is_hidden() {
        assert_eq!(hide_token("count=1&token=abc"), "count=1&token=[hidden]");
        assert_eq!(hide_token(""), "");
    }

    #[test]
    fn overlapping_requests_are_counted() {
        let journal = Journal::new();
        let first = journal.record("GET", "/contacts", "", true);
        let second = journal.record("GET", "/contacts", "", true);
        first.finish(Some(200));
        drop(second);
        journal
            .record("GET", "/contacts", "", true)
            .finish(Some(503));
        let seen: Vec<_> = journal
            .entries()
            .iter()
            .map(|entry| (entry.in_flight, entry.status))
            .collect();
        assert_eq!(seen, [(1, Some(200)), (2, None), (1, Some(503))]);
    }
}
