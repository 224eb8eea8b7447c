//! The program as a child process in its own folder, against an
//! emulated API over real HTTP.
//!
//! Signals and file modes are looked at, which Windows does not have.
#![cfg(unix)]

mod answers;
mod api;
mod canary;
mod commands;
mod compare;
mod console;
mod destinations;
mod empty;
mod emulate;
mod forecast;
mod formats;
mod json;
mod killed;
mod login;
mod memory;
mod plan;
mod reasons;
mod saved;
mod sheets;
mod signals;
mod spellings;
mod split;
mod stats;
mod support;
mod tls;
mod token;
mod trouble;
mod usage;
mod written;
