//! A Whapi gate on loopback with made-up people, the documented rules, and faults on request.
//!
//! - [`Emulator`] is a running gate; [`Emulator::builder`] says what it is to be like.
//! - [`Person`] is one row of its list; [`people::made_up`] and [`people::nasty`] make lists.
//! - [`Fault`] says what goes wrong and [`Trigger`]; [`Change`] is how the list moves meanwhile.
//! - [`JournalEntry`] is one request as it arrived.
//!
//! It speaks real HTTP, so a client under test uses its real transport. What it knows of the gate
//! is written here once more, from the documentation, and shares no code with the crates that
//! read the gate: a misreading there shows here.
//!
//! # Examples
//!
//! Three of 1,317 contacts vanish during the second page, and a plain loop misses three others:
//!
//! ```
//! use whapi_emulator::{Change, Effect, Emulator, Fault, Trigger};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let api = Emulator::builder()
//!     .fault(Fault::new(
//!         Trigger::Request(2),
//!         Effect::Change(Change::RemoveAt(vec![10, 20, 30])),
//!     ))
//!     .start()
//!     .await?;
//! # let _ = rustls::crypto::ring::default_provider().install_default();
//! let client = reqwest::Client::new();
//! let mut seen = 0;
//! for offset in [0, 500, 1000] {
//!     let url = format!("{}/contacts?count=500&offset={offset}", api.base_url());
//!     let body = client.get(url).bearer_auth(api.token()).send().await?.text().await?;
//!     seen += body.matches(r#""id":"#).count();
//! }
//! assert_eq!(seen, 1314);
//! assert_eq!(api.people().len(), 1314);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The 1,314 seen are not the 1,314 there are: three of those seen are gone, and three of those
//! that are there were never seen.
//!
//! # Endpoints
//!
//! | call | answer |
//! | --- | --- |
//! | `GET /contacts?count&offset` | a page of people; `count` 1 to 500, default 100 |
//! | `GET /contacts/{id}` | one row |
//! | `PUT /contacts` `{phone, name}` | the row; 409 when it is saved already, 400 unless 4 to 15 digits |
//! | `PATCH /contacts/{id}` `{name}` | 404 for nobody, 403 (assumed) when not saved |
//! | `DELETE /contacts/{id}` | as `PATCH`; the person stays listed with `saved: false` and no `name` |
//! | `GET /contacts/lids?ContactIDList=a,b` | the LIDs behind phone numbers |
//! | `GET /chats`, `GET /groups`, `GET /groups/{id}` | what explains most of the people who are not saved |
//! | `GET /blacklist`, `GET /health`, `GET /limits` | blocked ids, the channel's state, 204 |
//!
//! A contact that does not say whether it is saved can be neither created (409) nor edited or
//! deleted (403).
//!
//! # What this crate does not do
//!
//! It listens on 127.0.0.1 only and without TLS. It does not send messages, and answers 404 for
//! every call that is not in the table. Chats and groups are made up once, at the start, and do
//! not follow when the people change.

mod address_book;
mod answer;
mod change;
mod channel;
mod chats;
mod faults;
mod journal;
mod paging;
pub mod people;
mod routes;
mod server;
mod state;
mod wire;

pub use change::Change;
pub use channel::{Channel, TotalMode};
pub use faults::{Effect, Fault, Trigger};
pub use journal::JournalEntry;
pub use people::person::Person;
pub use server::{Builder, Emulator};
