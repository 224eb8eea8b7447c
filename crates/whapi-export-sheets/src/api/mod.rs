//! The client of the Sheets API, and the only module that uses google-sheets4: its types of requests
//! and answers, and the hyper that it brings.
//!
//! `client.rs` sends one request at a time: `auth.rs` gives its token, `quota.rs` and `retries.rs` its
//! waits, `requests.rs` its body, which `changes.rs` converts, and `http.rs` sends it. `snapshot.rs` and
//! `failure.rs` read the answers.
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
pub(crate) mod http;
mod quota;
pub(crate) mod requests;
mod retries;
mod secret;
mod snapshot;
mod token_answer;
