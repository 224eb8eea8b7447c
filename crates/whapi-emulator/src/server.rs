//! Starting and stopping the emulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::serve::ListenerExt;
use tokio::sync::oneshot;

use crate::builder::EmulatorBuilder;
use crate::change::ListChange;
use crate::channel::TotalMode;
use crate::chats::ACCOUNT;
use crate::faults::Fault;
use crate::journal::JournalEntry;
use crate::lids::lid_of;
use crate::paging;
use crate::partner;
use crate::people::person::Person;
use crate::routes::{self, Served};
use crate::served::ServedChannel;
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
    /// At least one.
    channels: Vec<ServedChannel>,
    partner: Option<ServedChannel>,
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
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Returns the base URL: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns all channels, in the order of the builder. The other methods are about the first.
    pub fn channels(&self) -> &[ServedChannel] {
        &self.channels
    }

    /// Returns the partner API, whose people are the rows of its list. `None` without
    /// [`EmulatorBuilder::and_partner`].
    pub fn partner(&self) -> Option<&ServedChannel> {
        self.partner.as_ref()
    }

    fn first(&self) -> &ServedChannel {
        &self.channels[0]
    }

    /// Returns the token that every request needs.
    pub fn token(&self) -> &str {
        self.first().token()
    }

    /// Returns all requests so far, in the order of arrival.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.first().journal()
    }

    /// Waits until at least `count` requests have arrived since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        self.first().wait_for_requests(count).await;
    }

    /// Returns the current people.
    pub fn people(&self) -> Vec<Person> {
        self.first().people()
    }

    /// Changes the list, between two answers.
    pub fn change(&self, change: ListChange) {
        self.first().change(change);
    }

    /// Adds a fault after the existing ones. Earlier requests count for its trigger.
    pub fn fault(&self, fault: Fault) {
        self.first().fault(fault);
    }

    /// Computes the LID of a phone number from its digits.
    ///
    /// `None` for about 10% of numbers. `GET /contacts/lids` returns the same for people of
    /// [`EmulatorBuilder::contacts`]. Of made-up people, every second LID of the list is linked to a phone
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

impl EmulatorBuilder {
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
    pub fn start_blocking(mut self) -> io::Result<Emulator> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let base_url = format!("http://{address}");
        let partner = self.take_partner();
        let partner =
            partner.map(|(settings, listings)| partner::serve(settings, listings, &base_url));
        let channels = self.into_channels();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let states = channels.iter().map(|channel| Arc::clone(&channel.0));
        let router = routes::router(Served {
            channels: states.collect(),
            partner: partner.as_ref().map(|partner| Arc::clone(&partner.0)),
        });
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
            channels,
            partner,
            address,
            base_url,
            stop: Some(stop),
            ended: Some(ended),
            thread: Some(thread),
        })
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
