//! The Sheets API: what is asked of Google, and what the answers mean.

mod a1;
pub(crate) mod address;
mod auth;
pub(crate) mod client;
pub(crate) mod credentials;
mod failure;
mod http;
mod quota;
pub(crate) mod requests;
mod retries;
mod secret;
mod snapshot;
