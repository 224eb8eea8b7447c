//! The contacts of one channel, with their enrichment.

use std::collections::VecDeque;
use std::fmt;
use std::pin::pin;

use async_trait::async_trait;
use futures_util::future::{Either, select};
use tokio::task::JoinHandle;
use whapi_model::{Contact, ContactId, Footprint, IdKind};

use crate::budget;
use crate::client::{Client, wait_for_start};
use crate::enrichment::{Enrichment, EnrichmentRequest, LidLimits, fetch_lids, fetch_reasons};
use crate::error::{Error, ErrorKind};
use crate::health::ChannelState;
use crate::observer::{FetchEvent, FetchList, Observer};
use crate::scan::{Scan, ScanOptions, ScanReport};
use crate::source::ContactSource;
use crate::task::{AbortOnDrop, join_or_resume_panic};

/// The contacts of one channel of the Whapi API.
///
/// Checks that the channel is ready while it reads the first page, then scans the list. An
/// [`EnrichmentRequest`] is sent once the first page has arrived, in parallel to the other pages.
/// Contacts that arrive meanwhile are kept in memory, at most 8 MiB and a page; the rest of the
/// list is read when they have been taken.
///
/// A list whose ids are no digits and fill more than 32 MiB ends in an error of the kind
/// [`ErrorKind::Api`].
///
/// # Examples
///
/// ```
/// use whapi_emulator::Emulator;
/// use whapi_fetch::{Client, ContactSource, ApiSource, ScanOptions, EnrichmentRequest, Token};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Emulator::builder().people(200).start().await?;
/// let token = Token::new(api.token(), "the example")?;
/// let client = Client::builder(token).base_url(api.base_url()).build()?;
/// let mut source = ApiSource::new(client, ScanOptions::default())
///     .with_enrichment_request(EnrichmentRequest::default().with_reasons(true));
///
/// let reasons = source.enrichment().await?.unwrap().reasons.unwrap();
/// assert!(reasons.chats.is_complete() && reasons.groups.is_complete());
/// assert_eq!(reasons.account.unwrap().as_str(), Emulator::ACCOUNT);
/// assert_eq!(source.next_batch().await?.unwrap().len(), 200);
/// # Ok(())
/// # }
/// ```
pub struct ApiSource {
    client: Client,
    options: ScanOptions,
    enrichment_request: EnrichmentRequest,
    observer: Observer,
    scan: Scan<Client>,
    checked: bool,
    /// Whether the list was read to its end.
    ended: bool,
    account: Option<ContactId>,
    /// Batches read ahead of `next_batch`.
    waiting: VecDeque<Vec<Contact>>,
    /// The size of `waiting`, in bytes.
    held: usize,
    /// The size of the ids that the scan keeps as text, in bytes.
    text_ids: usize,
}

impl ApiSource {
    /// Creates a source. Sends nothing yet.
    pub fn new(client: Client, options: ScanOptions) -> Self {
        Self {
            scan: Scan::new(client.clone(), options.clone()),
            client,
            options,
            enrichment_request: EnrichmentRequest::default(),
            observer: Observer::default(),
            checked: false,
            ended: false,
            account: None,
            waiting: VecDeque::new(),
            held: 0,
            text_ids: 0,
        }
    }

    /// Sets the enrichment to request. Default: none.
    pub fn with_enrichment_request(mut self, enrichment_request: EnrichmentRequest) -> Self {
        self.enrichment_request = enrichment_request;
        self
    }

    /// Calls `observer` with each list, page and wait. Set it before reading starts.
    ///
    /// Events of lists that are read in parallel are interleaved, and come from the tasks that read
    /// them. The observer must not block.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use std::sync::Arc;
    /// use whapi_emulator::Emulator;
    /// use whapi_fetch::{
    ///     ApiSource, Client, ContactSource, EnrichmentRequest, FetchEvent, FetchList, ScanOptions,
    ///     Token,
    /// };
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Emulator::builder().people(200).start().await?;
    /// # let token = Token::new(api.token(), "the example")?;
    /// # let client = Client::builder(token).base_url(api.base_url()).build()?;
    /// let groups = Arc::new(AtomicU64::new(0));
    /// let seen = Arc::clone(&groups);
    /// let mut source = ApiSource::new(client, ScanOptions::default())
    ///     .with_enrichment_request(EnrichmentRequest::default().with_reasons(true))
    ///     .observe(move |event| {
    ///         if let FetchEvent::Page { list: FetchList::Groups, items, .. } = event {
    ///             seen.store(*items, Ordering::Relaxed);
    ///         }
    ///     });
    /// let reasons = source.enrichment().await?.unwrap().reasons.unwrap();
    /// assert_eq!(groups.load(Ordering::Relaxed), reasons.groups.items.len() as u64);
    /// # Ok(())
    /// # }
    /// ```
    pub fn observe(mut self, observer: impl Fn(&FetchEvent) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observer);
        self.client = self
            .client
            .observed_by(self.observer.of(FetchList::Contacts));
        self.scan = Scan::new(self.client.clone(), self.options.clone());
        self
    }

    /// Reads contacts until `task` ends, and returns the task's result.
    async fn read_beside<T>(&mut self, task: JoinHandle<T>) -> Result<T, Error> {
        let mut task = AbortOnDrop(task);
        while !task.0.is_finished() && self.held <= budget::READ_BESIDE {
            if !self.hold_batch().await? {
                break;
            }
        }
        Ok(join_or_resume_panic((&mut task.0).await).await)
    }

    /// Reads a batch and keeps it for [`next_batch`](ContactSource::next_batch). False at the end
    /// of the list.
    async fn hold_batch(&mut self) -> Result<bool, Error> {
        let batch = self.read_batch().await?;
        let read = batch.is_some();
        if let Some(batch) = batch {
            self.held += footprint(&batch);
            self.waiting.push_back(batch);
        }
        Ok(read)
    }

    async fn read_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        loop {
            let page = if self.checked {
                self.scan.next_page().await?
            } else {
                self.checked = true;
                self.client.observer().started();
                self.first_page().await?
            };
            let report = self.scan.report();
            let Some(page) = page else {
                if !self.ended {
                    self.ended = true;
                    self.client.observer().finished(report.complete);
                }
                return Ok(None);
            };
            self.client.observer().scanned(&report);
            self.count_text_ids(&page)?;
            if !page.is_empty() {
                return Ok(Some(page));
            }
        }
    }

    fn count_text_ids(&mut self, batch: &[Contact]) -> Result<(), Error> {
        self.text_ids += batch.iter().map(text_of_id).sum::<usize>();
        if self.text_ids > budget::TEXT_IDS {
            let most = budget::TEXT_IDS >> 20;
            let message =
                format!("the ids in the list that are no numbers fill more than {most} MiB");
            return Err(Error::new(ErrorKind::Api, message));
        }
        Ok(())
    }

    /// Reads the first page and the channel's state at the same time; both must succeed.
    async fn first_page(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        let (state, page) = {
            let state = pin!(self.client.channel());
            let page = pin!(self.scan.next_page());
            match select(state, page).await {
                Either::Left((state, page)) => match state.as_ref().map(|channel| &channel.state) {
                    Ok(ChannelState::Ready | ChannelState::Unknown) => (state, Some(page.await)),
                    _ => (state, None),
                },
                Either::Right((page, state)) => (state.await, Some(page)),
            }
        };
        let channel = state?;
        self.account = channel.account;
        let state = channel.state;
        match page {
            _ if state.error().is_some() => Err(state.error().expect("just seen")),
            _ if state == ChannelState::Starting => {
                wait_for_start(&self.client).await?;
                // A list read from a channel that is not ready may be incomplete.
                self.scan = Scan::new(self.client.clone(), self.options.clone());
                self.scan.next_page().await
            }
            Some(page) => page,
            None => self.scan.next_page().await,
        }
    }
}

fn too_much_for_lids() -> Error {
    let most = budget::HELD_FOR_LIDS >> 20;
    Error::new(
        ErrorKind::Api,
        format!(
            "the list fills more than {most} MiB, the most that is held to look for LIDs; without \
             --resolve-lids and --merge-lids it is read page by page"
        ),
    )
}

/// The size of contacts in memory, in bytes.
fn footprint(contacts: &[Contact]) -> usize {
    contacts.iter().map(Footprint::footprint).sum()
}

/// The bytes that the scan takes to keep an id that does not fit into a number.
fn text_of_id(contact: &Contact) -> usize {
    let id = contact.id();
    let length = id.as_str().len();
    match id.kind() {
        IdKind::Phone => 0,
        IdKind::Lid if length <= LONGEST_LID => 0,
        _ => length + budget::MAP_ENTRY,
    }
}

/// The longest LID that the scan keeps as a number: 16 digits.
const LONGEST_LID: usize = 16 + "@lid".len();

#[async_trait]
impl ContactSource for ApiSource {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        match self.waiting.pop_front() {
            Some(batch) => {
                self.held -= footprint(&batch);
                Ok(Some(batch))
            }
            None => self.read_batch().await,
        }
    }

    fn enrichment_request(&self) -> EnrichmentRequest {
        self.enrichment_request
    }

    async fn enrichment(&mut self) -> Result<Option<Enrichment>, Error> {
        let EnrichmentRequest {
            reasons,
            lids,
            max_lid_lookups: max_lookups,
        } = self.enrichment_request;
        if !self.enrichment_request.any() {
            return Ok(None);
        }
        let mut found = Enrichment::default();
        let mut more = self.hold_batch().await?;
        if reasons {
            let task = tokio::spawn(fetch_reasons(
                self.client.clone(),
                self.options.clone(),
                self.observer.clone(),
            ));
            let mut reasons = self.read_beside(task).await??;
            reasons.account.clone_from(&self.account);
            found.reasons = Some(reasons);
        }
        if lids {
            while more {
                more = self.hold_batch().await?;
                if self.held > budget::HELD_FOR_LIDS {
                    return Err(too_much_for_lids());
                }
            }
            let limits = LidLimits {
                concurrency: self.options.concurrency(),
                max_lookups,
            };
            let client = self.client.observed_by(self.observer.of(FetchList::Lids));
            let account = self.account.as_ref();
            let lids = fetch_lids(&client, &self.waiting, account, limits).await?;
            found.lids = Some(lids);
        }
        Ok(Some(found))
    }

    fn report(&self) -> ScanReport {
        self.scan.report()
    }
}

impl fmt::Debug for ApiSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiSource")
            .field("client", &self.client)
            .field("scan", &self.scan)
            .finish_non_exhaustive()
    }
}
