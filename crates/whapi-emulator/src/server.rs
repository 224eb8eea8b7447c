//! Starting and stopping the emulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::change::ListChange;
use crate::channel::{Channel, TotalMode};
use crate::chats::{ACCOUNT, Chats, Lists};
use crate::faults::{Fault, Script};
use crate::journal::{Journal, JournalEntry};
use crate::lids::{Lids, lid_of};
use crate::paging::{self, MAX_COUNT};
use crate::people;
use crate::people::person::Person;
use crate::routes;
use crate::state::ApiState;
use crate::wire;

/// A running emulator of the API. Dropping it stops it.
///
/// It has its own thread and runtime, so it answers even while the caller's thread is blocked. When
/// it stops, it cuts all open connections.
///
/// # Examples
///
/// ```
/// use whapi_emulator::{Effect, Emulator, Fault, Person, Trigger};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// let api = Emulator::builder()
///     .contacts(vec![Person::new("447700900123").with_saved(true)])
///     .fault(Fault::new(Trigger::Request(1), Effect::Status(503)))
///     .start()
///     .await?;
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = reqwest::Client::new();
/// let get = || client.get(format!("{}/contacts", api.base_url())).bearer_auth(api.token());
///
/// assert_eq!(get().send().await?.status(), 503);
/// assert_eq!(
///     get().send().await?.text().await?,
///     r#"{"contacts":[{"id":"447700900123","saved":true}],"count":1,"total":1,"offset":0}"#
/// );
/// let statuses: Vec<_> = api.journal().iter().map(|entry| entry.status).collect();
/// assert_eq!(statuses, [Some(503), Some(200)]);
/// api.shutdown().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Emulator {
    state: Arc<ApiState>,
    address: SocketAddr,
    base_url: String,
    /// Stops the thread when dropped.
    stop: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// The phone number of the channel, as in `/health` and in groups.
    pub const ACCOUNT: &str = ACCOUNT;

    /// Returns a builder with default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the base URL: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the token that every request needs.
    pub fn token(&self) -> &str {
        &self.state.token
    }

    /// Returns all requests so far, in the order of arrival.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.state.journal.entries()
    }

    /// Waits until at least `count` requests have arrived since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        // Fails only without a sender, which `self` keeps alive.
        let _ = self
            .state
            .journal
            .subscribe()
            .wait_for(|seen| *seen >= count)
            .await;
    }

    /// Returns the current people.
    pub fn people(&self) -> Vec<Person> {
        self.state.people().clone()
    }

    /// Changes the list, between two answers.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers create a change only to pass it"
    )]
    pub fn change(&self, change: ListChange) {
        change.apply(&mut self.state.people());
    }

    /// Adds a fault after the existing ones. Earlier requests count for its trigger.
    pub fn fault(&self, fault: Fault) {
        self.state.script().add(fault);
    }

    /// Computes the LID of a phone number from its digits.
    ///
    /// `None` for about 10% of numbers. `GET /contacts/lids` returns the same for people of
    /// [`Builder::contacts`]. Of made-up people, every second LID of the list is linked to a phone
    /// number of the list instead.
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    ///
    /// let lid = Emulator::lid_of("447700900102").unwrap();
    /// assert!(lid.ends_with("@lid"));
    /// ```
    pub fn lid_of(digits: &str) -> Option<String> {
        lid_of(digits)
    }

    /// Returns the body of an answer of `GET /contacts`, without an emulator.
    ///
    /// The bytes are those that an emulator with these people sends. `count` has no limit.
    ///
    /// ```
    /// use whapi_emulator::{Emulator, Person};
    ///
    /// let people = [Person::new("447700900123"), Person::new("447700900124")];
    /// assert_eq!(
    ///     Emulator::answer(&people, 1, 500),
    ///     r#"{"contacts":[{"id":"447700900124"}],"count":1,"total":2,"offset":1}"#
    /// );
    /// ```
    pub fn answer(people: &[Person], offset: usize, count: usize) -> String {
        let rows = paging::slice(people, offset, count);
        let total = TotalMode::Exact.of(people.len());
        wire::page(
            "contacts",
            rows.iter().map(Person::to_json),
            total,
            Some(offset),
        )
    }

    /// Stops the emulator, and waits until the port is free.
    ///
    /// Open connections are cut.
    pub async fn shutdown(mut self) {
        self.stop = None;
        if let Some(ended) = self.ended.take() {
            // An error means that the thread has ended too.
            let _ = ended.await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // An error is a panic, which is already on standard error.
            let _ = thread.join();
        }
    }
}

/// Settings of an emulator, before its start.
#[derive(Debug, Clone)]
#[must_use = "an emulator answers nothing until it is started"]
pub struct Builder {
    people: Option<Vec<Person>>,
    made_up: usize,
    seed: u64,
    token: String,
    port: u16,
    latency: Duration,
    page_cap: usize,
    count_limit: u64,
    echo_offset: bool,
    participants_cap: usize,
    chats: Option<Lists>,
    lids: Lids,
    total: TotalMode,
    channel: Channel,
    faults: Vec<Fault>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            people: None,
            made_up: people::DEFAULT_COUNT,
            seed: people::DEFAULT_SEED,
            token: "demo-token".to_owned(),
            port: 0,
            latency: Duration::ZERO,
            page_cap: usize::MAX,
            count_limit: MAX_COUNT,
            echo_offset: true,
            participants_cap: usize::MAX,
            chats: None,
            lids: Lids::default(),
            total: TotalMode::Exact,
            channel: Channel::Auth,
            faults: Vec::new(),
        }
    }
}

impl Builder {
    /// Makes up this many people. Default: [`people::DEFAULT_COUNT`].
    pub fn people(mut self, count: usize) -> Self {
        self.made_up = count;
        self.people = None;
        self
    }

    /// Sets the seed of made-up people, chats and groups. Default: [`people::DEFAULT_SEED`].
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Uses these people instead of made-up ones, in this order.
    pub fn contacts(mut self, people: Vec<Person>) -> Self {
        self.people = Some(people);
        self
    }

    /// Sets the token of `Authorization: Bearer`. Default: `demo-token`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// Sets the port on 127.0.0.1. Default: 0, any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Limits the rows of every list answer, below `count`. Default: no limit. 0 counts as 1.
    pub fn page_cap(mut self, rows: usize) -> Self {
        self.page_cap = rows.max(1);
        self
    }

    /// Sets the highest `count`; 400 above it. Default: 500, as documented. 0 counts as 1.
    pub fn count_limit(mut self, count: u64) -> Self {
        self.count_limit = count.max(1);
        self
    }

    /// Sets whether list answers contain `offset`. Default: yes.
    ///
    /// The real API sends it only sometimes.
    pub fn echo_offset(mut self, echo: bool) -> Self {
        self.echo_offset = echo;
        self
    }

    /// Limits the participants of each group in `GET /groups`. Default: no limit.
    ///
    /// `GET /groups/{id}` always returns all of them.
    pub fn participants_cap(mut self, participants: usize) -> Self {
        self.participants_cap = participants;
        self
    }

    /// Uses these chats, groups and blocked ids instead of made-up ones.
    ///
    /// Chats and groups are the JSON that the API returns.
    ///
    /// ```
    /// use serde_json::json;
    /// use whapi_emulator::Emulator;
    ///
    /// let api = Emulator::builder()
    ///     .chats_and_groups(
    ///         vec![json!({"id": "447700900101@s.whatsapp.net", "type": "contact", "timestamp": 1})],
    ///         vec![json!({"id": "120363000000000001@g.us", "name": "Padel", "participants": []})],
    ///         vec!["447700900102".to_owned()],
    ///     )
    ///     .start_blocking()?;
    /// # drop(api);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn chats_and_groups(
        mut self,
        chats: Vec<Value>,
        groups: Vec<Value>,
        blacklist: Vec<String>,
    ) -> Self {
        self.chats = Some(Lists {
            chats,
            groups,
            blacklist,
        });
        self
    }

    /// Adds the phone number behind a LID. `GET /contacts/ids/{LID}` returns it, and
    /// `GET /contacts/lids` does not. Default: for people of [`contacts`](Self::contacts) none, and
    /// for a quarter of the made-up LIDs a number that is not listed.
    ///
    /// ```
    /// use whapi_emulator::{Emulator, Person};
    ///
    /// let api = Emulator::builder()
    ///     .contacts(vec![Person::new("84958372615243@lid")])
    ///     .phone_of_lid("84958372615243@lid", "447700900101")
    ///     .start_blocking()?;
    /// # drop(api);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn phone_of_lid(mut self, lid: impl Into<String>, digits: impl Into<String>) -> Self {
        self.lids.add_phone(lid.into(), digits.into());
        self
    }

    /// Refuses requests for the LID behind this phone number with status 400, as the API does with
    /// a number that it does not accept. Default: only numbers without 7 to 15 digits.
    pub fn refuse_lid_of(mut self, digits: impl Into<String>) -> Self {
        self.lids.refuse(digits.into());
        self
    }

    /// Sets `total` in the answers of `GET /contacts`. Default: [`TotalMode::Exact`].
    pub fn total(mut self, total: TotalMode) -> Self {
        self.total = total;
        self
    }

    /// Delays every answer, errors included. Default: no delay.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the state of the channel. Default: [`Channel::Auth`].
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Adds a fault after the existing ones.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Starts the emulator. It answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// If the port is in use, or the system has no thread or socket left.
    #[expect(
        clippy::unused_async,
        reason = "binding to loopback is immediate today; callers should not depend on it"
    )]
    pub async fn start(self) -> io::Result<Emulator> {
        self.start_blocking()
    }

    /// Starts the emulator without an async runtime.
    ///
    /// # Errors
    ///
    /// Like [`start`](Self::start).
    pub fn start_blocking(self) -> io::Result<Emulator> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(self.into_state());
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let router = routes::router(Arc::clone(&state));
        let (ready, started) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("whapi-emulator".to_owned())
            .spawn(move || {
                serve(listener, router, stopped, &ready);
                // The receiver is gone if the emulator was dropped.
                let _ = end.send(());
            })?;
        started.recv().map_err(io::Error::other)??;
        Ok(Emulator {
            state,
            address,
            base_url: format!("http://{address}"),
            stop: Some(stop),
            ended: Some(ended),
            thread: Some(thread),
        })
    }

    fn into_state(self) -> ApiState {
        let given = self.people.is_some();
        let people = self
            .people
            .unwrap_or_else(|| people::made_up(self.made_up, self.seed));
        let chats = match self.chats {
            Some(lists) => Chats::given(lists, self.participants_cap),
            None => Chats::made_up(&people, self.seed, self.participants_cap),
        };
        let mut lids = self.lids;
        if !given {
            lids.make_up(&people, self.seed);
        }
        ApiState {
            token: self.token,
            latency: self.latency,
            page_cap: self.page_cap,
            count_limit: self.count_limit,
            echo_offset: self.echo_offset,
            total: self.total,
            channel: self.channel,
            health_requests: AtomicU32::new(0),
            chats,
            lids,
            journal: Journal::new(),
            people: Mutex::new(people),
            script: Mutex::new(Script::new(self.faults)),
        }
    }
}

/// Serves until `stopped` fires or its sender is dropped.
fn serve(
    listener: TcpListener,
    router: axum::Router,
    stopped: oneshot::Receiver<()>,
    ready: &std::sync::mpsc::Sender<io::Result<()>>,
) {
    let start = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        Ok((runtime, listener))
    };
    let (runtime, listener) = match start() {
        Ok(started) => started,
        Err(error) => {
            // The caller is waiting for this message.
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    // Without TCP_NODELAY the kernel delays the end of each answer by 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    runtime.block_on(async {
        tokio::select! {
            _ = axum::serve(listener, router) => {}
            _ = stopped => {}
        }
    });
}
