//! The client of the Sheets API, and the only module that uses google-sheets4.
//!
//! `client.rs` sends one request at a time: `auth.rs` gives its token, `quota.rs` and `retries.rs` its
//! waits, `requests.rs` its body, which `changes.rs` converts. `snapshot.rs`, `outcome.rs` and
//! `failure.rs` read the answers. `http.rs` sends what google-sheets4 does not send.
//!
//! `auth.rs` signs in with `credentials.rs`: it sends a service account's `assertion.rs` or a person's
//! refresh token, and `token_answer.rs` reads the answer.

pub(crate) mod a1;
pub(crate) mod assertion;
mod auth;
mod changes;
pub(crate) mod client;
pub(crate) mod credentials;
mod failure;
mod http;
mod outcome;
mod quota;
pub(crate) mod requests;
mod retries;
mod secret;
mod snapshot;
mod token_answer;
