//! Emulates the Whapi API on loopback: made-up people, documented rules, faults.
//!
//! - [`Emulator`] is a running server; [`Emulator::builder`] returns its settings.
//! - [`Person`] is one row of its list; [`people::made_up`] and [`people::nasty`] return lists.
//! - [`Fault`] is one [`Effect`] on the requests that match a [`Trigger`]; [`ListChange`] changes the
//!   list during a download.
//! - [`JournalEntry`] is one request.
//!
//! It speaks real HTTP, so a client under test uses its real transport. The rules of the API are
//! implemented here from the documentation, without code of the crates that read the API: a
//! mistake in those crates fails a test.
//!
//! # Examples
//!
//! Three of 1,317 contacts are removed before the second page, and a simple loop misses three
//! others:
//!
//! ```
//! use whapi_emulator::{ListChange, Effect, Emulator, Fault, Trigger};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let api = Emulator::builder()
//!     .fault(Fault::new(
//!         Trigger::Request(2),
//!         Effect::Change(ListChange::RemoveAt(vec![10, 20, 30])),
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
//! The loop has seen 1,314 contacts, but not the 1,314 of the list: it has three that were removed,
//! and lacks three that moved to an earlier page.
//!
//! # Endpoints
//!
//! | call | answer |
//! | --- | --- |
//! | `GET /contacts?count&offset` | a page of people; `count` 1 to 500, default 100 |
//! | `GET /contacts/{id}` | one row |
//! | `PUT /contacts` `{phone, name}` | the row; 409 if saved already, 400 unless 4 to 15 digits |
//! | `PATCH /contacts/{id}` `{name}` | 404 for an unknown id, 403 (assumed) if not saved |
//! | `DELETE /contacts/{id}` | as `PATCH`; the person stays in the list with `saved: false` and no `name` |
//! | `GET /contacts/lids?ContactIDList=a,b` | the LIDs of phone numbers; 400 unless all have 7 to 15 digits |
//! | `GET /contacts/ids/{LID}` | the phone number of a LID; 404 if unknown |
//! | `GET /chats`, `GET /groups`, `GET /groups/{id}` | chats and groups of most people who are not saved |
//! | `GET /blacklist`, `GET /health` | blocked ids, the channel's state |
//! | `GET /limits` | what a trial has left; 204 with [`EmulatorBuilder::no_limits`] |
//! | `GET /channels/list?count&offset` | the channels of the account, with [`EmulatorBuilder::and_partner`] |
//!
//! A contact without `saved` can be neither created (409) nor edited or deleted (403).
//!
//! The answers are valid by Whapi's OpenAPI document. For those that programs have seen to differ,
//! [`EmulatorBuilder`] has settings: [`group_cap`](EmulatorBuilder::group_cap),
//! [`device_ids`](EmulatorBuilder::device_ids), [`blocked_lids`](EmulatorBuilder::blocked_lids) and
//! [`huge_numbers`](EmulatorBuilder::huge_numbers). [`Effect::TrialLimit`] is an error of another form.
//!
//! # What this crate does not do
//!
//! It listens only on 127.0.0.1, without TLS, and answers 404 or 405 to every call that is not in
//! the table. Chats and groups are made up at the start and do not change with the people.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address_book;
mod answer;
mod auto_traits;
mod builder;
mod change;
mod channel;
mod chats;
mod faults;
mod journal;
mod lids;
mod paging;
mod partner;
pub mod people;
mod routes;
mod served;
mod server;
mod state;
mod wire;

pub use builder::EmulatorBuilder;
pub use change::ListChange;
pub use channel::{Channel, TotalMode};
pub use faults::{Effect, Fault, Trigger};
pub use journal::JournalEntry;
pub use people::person::Person;
pub use served::ServedChannel;
pub use server::Emulator;

/// Answers of a test's own are its `Value`; re-exported so that callers need no version match.
pub use serde_json;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
