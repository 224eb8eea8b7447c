//! The Sheets API: what is asked of Google, and what the answers mean.

pub(crate) mod auth;
pub(crate) mod client;
mod http;
mod quota;
pub(crate) mod requests;
mod retry;
mod snapshot;
