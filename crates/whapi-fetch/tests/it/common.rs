//! An emulated API, a client with a virtual clock, and the result of a run.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, JournalEntry, Person, Trigger};
use whapi_fetch::{
    ApiSource, Client, ClientBuilder, Clock, ContactSource, Error, ScanOptions, ScanReport, Token,
};
use whapi_http::VirtualClock;
use whapi_model::Contact;

pub(crate) const TOKEN: &str = "s3cret-t0ken";
pub(crate) const FAULT: &str = "a fault of the emulator";

/// People with ids that tell their place: 447700900000, 447700900001, …
pub(crate) fn numbered(count: usize) -> Vec<Person> {
    people_from(0, count)
}

/// `count` people of whom none is among the first `start` of [`numbered`].
pub(crate) fn people_from(start: usize, count: usize) -> Vec<Person> {
    (start..start + count)
        .map(|place| Person::new(format!("447{place:09}")).with_saved(place % 2 == 0))
        .collect()
}

/// An API and the clock of the clients that ask it.
pub(crate) struct Setup {
    pub(crate) api: Emulator,
    pub(crate) clock: Arc<VirtualClock>,
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) ids: Vec<String>,
    pub(crate) report: ScanReport,
    pub(crate) error: Option<Error>,
}

pub(crate) async fn start(api: EmulatorBuilder) -> Setup {
    Setup {
        api: api.token(TOKEN).start().await.unwrap(),
        clock: Arc::new(VirtualClock::new()),
    }
}

/// An API with 1,317 people.
pub(crate) fn usual() -> EmulatorBuilder {
    Emulator::builder().contacts(numbered(1317))
}

pub(crate) fn always(effect: Effect) -> Fault {
    Fault::new(Trigger::Always, effect)
}

impl Setup {
    pub(crate) fn builder(&self) -> ClientBuilder {
        let token = Token::new(TOKEN, "the test").unwrap();
        Client::builder(token)
            .base_url(self.api.base_url())
            .clock(Arc::clone(&self.clock) as Arc<dyn Clock>)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// What one page fails with.
    pub(crate) async fn page_error(&self) -> Error {
        self.client().contacts(0, 500).await.unwrap_err()
    }

    pub(crate) async fn scan(&self) -> Run {
        scan(self.client(), ScanOptions::default()).await
    }

    /// One request at a time, so that the order of answers is known.
    pub(crate) async fn scan_one_by_one(&self) -> Run {
        let client = self.builder().concurrency(1).build().unwrap();
        let options = ScanOptions::default().with_concurrency(1).unwrap();
        scan(client, options).await
    }

    /// The offsets of the requests for contacts, sorted: requests under way together may arrive
    /// in any order.
    pub(crate) fn offsets(&self) -> Vec<u64> {
        let mut offsets: Vec<_> = self
            .pages()
            .iter()
            .map(|entry| entry.offset.unwrap())
            .collect();
        offsets.sort_unstable();
        offsets
    }

    pub(crate) fn pages(&self) -> Vec<JournalEntry> {
        let mut journal = self.api.journal();
        journal.retain(|entry| entry.path == "/contacts");
        journal
    }

    /// The sum of all waits in whole seconds, as error messages count it.
    pub(crate) fn waited(&self) -> u64 {
        self.clock.sleeps().iter().sum::<Duration>().as_secs()
    }
}

pub(crate) async fn scan(client: Client, options: ScanOptions) -> Run {
    drain(&mut ApiSource::new(client, options)).await
}

pub(crate) async fn drain(source: &mut dyn ContactSource) -> Run {
    let mut ids = Vec::new();
    let error = loop {
        match source.next_batch().await {
            Ok(Some(batch)) => {
                assert!(!batch.is_empty());
                ids.extend(
                    batch
                        .iter()
                        .map(|contact: &Contact| contact.id().to_string()),
                );
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let unique: HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "an id came twice");
    Run {
        ids,
        report: source.report(),
        error,
    }
}

impl Run {
    /// Complete, with all of these people.
    #[track_caller]
    pub(crate) fn assert_complete_with(&self, people: &[Person]) {
        assert_eq!(self.error.as_ref().map(ToString::to_string), None);
        assert_eq!(self.report.reasons, Vec::<String>::new());
        assert!(self.report.complete);
        let seen: HashSet<&str> = self.ids.iter().map(String::as_str).collect();
        let missing: Vec<_> = people
            .iter()
            .filter(|person| !seen.contains(person.id.as_str()))
            .map(|person| &person.id)
            .collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[track_caller]
    pub(crate) fn assert_incomplete(&self, reasons: &[&str]) {
        assert_eq!(self.error.as_ref().map(ToString::to_string), None);
        assert_eq!(self.report.reasons, reasons);
        assert!(!self.report.complete);
    }

    /// Passes, pages, requests, retries.
    pub(crate) fn counts(&self) -> (u32, u64, u64, u64) {
        let report = &self.report;
        (report.passes, report.pages, report.requests, report.retries)
    }
}

/// Every text that an error can show: its message, its causes and its `Debug`.
pub(crate) fn all_texts(error: &Error) -> String {
    let mut texts = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause: Option<&dyn StdError> = error.source();
    while let Some(error) = cause {
        write!(texts, "\n{error}\n{error:?}").unwrap();
        cause = error.source();
    }
    texts
}
