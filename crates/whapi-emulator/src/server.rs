//! Starting and stopping the gate.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::change::Change;
use crate::channel::{Channel, TotalMode};
use crate::chats::{ACCOUNT, Chats, Lists, lid_of};
use crate::faults::{Fault, Script};
use crate::journal::{Journal, JournalEntry};
use crate::paging::{self, MAX_COUNT};
use crate::people;
use crate::people::person::Person;
use crate::routes;
use crate::state::ApiState;
use crate::wire;

/// A running gate. Dropping it stops it.
///
/// It runs on a thread and a runtime of its own, so it answers whatever the caller's thread does,
/// and goes away with everything that is still open, endless bodies included.
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
    /// Dropped to make the thread end.
    stop: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// The phone number of the channel itself, as `/health` and the groups show it.
    pub const ACCOUNT: &str = ACCOUNT;

    /// A gate yet to be started.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it answers: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The token that it wants to see.
    pub fn token(&self) -> &str {
        &self.state.token
    }

    /// The requests so far, in the order in which they arrived.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.state.journal.entries()
    }

    /// Waits until at least this many requests have arrived since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        // Fails only if the sender is gone, and the gate holds it as long as `self` lives.
        let _ = self
            .state
            .journal
            .subscribe()
            .wait_for(|seen| *seen >= count)
            .await;
    }

    /// The people as they are now.
    pub fn people(&self) -> Vec<Person> {
        self.state.people().clone()
    }

    /// Changes the list, between two answers.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers make a change to hand it over"
    )]
    pub fn change(&self, change: Change) {
        change.apply(&mut self.state.people());
    }

    /// Adds a fault, behind those there are. Requests that have arrived before are counted too.
    pub fn fault(&self, fault: Fault) {
        self.state.script().add(fault);
    }

    /// The LID behind a phone number, as `GET /contacts/lids` tells it for people who were given to
    /// the [`Builder`]: made up from the digits alone. `None` for about one in ten, who have none.
    ///
    /// Among made-up people, every second LID of the list belongs to somebody who is listed with a
    /// phone number, too.
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

    /// One answer of `GET /contacts`, byte for byte as a gate with these people gives it, without
    /// a gate and without its limits on `count`.
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

    /// Stops the gate, cutting whatever is still being answered, and waits until the port is free.
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
            // A gate that panicked has already said so on stderr.
            let _ = thread.join();
        }
    }
}

/// Settings of a gate that is not started yet.
#[derive(Debug, Clone)]
#[must_use = "a gate answers nothing until it is started"]
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
            total: TotalMode::Exact,
            channel: Channel::Auth,
            faults: Vec::new(),
        }
    }
}

impl Builder {
    /// How many people to make up. Default: [`people::DEFAULT_COUNT`].
    pub fn people(mut self, count: usize) -> Self {
        self.made_up = count;
        self.people = None;
        self
    }

    /// Where the made-up people, chats and groups come from. Default: [`people::DEFAULT_SEED`].
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// These people instead of made-up ones, in this order.
    pub fn contacts(mut self, people: Vec<Person>) -> Self {
        self.people = Some(people);
        self
    }

    /// The token that every request must carry as `Authorization: Bearer`. Default: `demo-token`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// The port to listen on, on 127.0.0.1. Default: 0, which is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The most rows that a list answer holds, whatever `count` asks. Default: no cap. 0 counts
    /// as 1.
    pub fn page_cap(mut self, rows: usize) -> Self {
        self.page_cap = rows.max(1);
        self
    }

    /// The highest `count` that is not answered by 400. Default: 500, as documented. 0 counts
    /// as 1.
    pub fn count_limit(mut self, count: u64) -> Self {
        self.count_limit = count.max(1);
        self
    }

    /// Whether list answers name their `offset`; the real gate does so only sometimes. Default:
    /// yes.
    pub fn echo_offset(mut self, echo: bool) -> Self {
        self.echo_offset = echo;
        self
    }

    /// The most participants that `GET /groups` shows of a group; `GET /groups/{id}` shows all.
    /// Default: no cap.
    pub fn participants_cap(mut self, participants: usize) -> Self {
        self.participants_cap = participants;
        self
    }

    /// These chats, groups and blocked ids instead of made-up ones, as the gate shows them.
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

    /// What `total` says in the answers of `GET /contacts`. Default: [`TotalMode::Exact`].
    pub fn total(mut self, total: TotalMode) -> Self {
        self.total = total;
        self
    }

    /// How long every answer takes, the refusals included. Default: no time at all.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The state of the channel. Default: [`Channel::Auth`].
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Adds a fault, behind those there are.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Starts the gate. It answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// When the port is taken, or the system has no thread or socket left.
    #[expect(
        clippy::unused_async,
        reason = "binding to loopback is immediate today; callers should not depend on it"
    )]
    pub async fn start(self) -> io::Result<Emulator> {
        self.start_blocking()
    }

    /// Starts the gate where there is no async runtime, as in a test of a program.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start).
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
                // Nobody may be waiting for the end.
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
        let mut chats = match self.chats {
            Some(lists) => Chats::given(lists, self.participants_cap),
            None => Chats::made_up(&people, self.seed, self.participants_cap),
        };
        if !given {
            chats.pair_lids(&people, self.seed);
        }
        ApiState {
            token: self.token,
            latency: self.latency,
            page_cap: self.page_cap,
            count_limit: self.count_limit,
            echo_offset: self.echo_offset,
            total: self.total,
            channel: self.channel,
            health_asked: AtomicU32::new(0),
            chats,
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
            // The caller waits for exactly this.
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    // Without it, the kernel holds back the end of each answer for 40 ms.
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
