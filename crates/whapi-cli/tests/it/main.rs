//! The program as a child process in its own folder, against an
//! emulated API over real HTTP.
//!
//! Signals and file modes are looked at, which Windows does not have.
#![cfg(unix)]

mod answers;
mod api;
mod canary;
mod channels;
mod check;
mod commands;
mod compare;
mod completion;
mod config;
mod console;
mod destinations;
mod empty;
mod emulate;
mod forecast;
mod formats;
mod json;
mod killed;
mod lists;
mod login;
mod manual;
mod many_channels;
mod memory;
mod partner;
mod plan;
mod programs;
mod progress;
#[cfg(target_os = "linux")]
mod prompt;
mod reasons;
mod saved;
mod saved_channels;
mod sheets;
mod signals;
mod spellings;
mod split;
mod stats;
mod support;
#[cfg(feature = "tap")]
mod tap;
#[cfg(target_os = "linux")]
mod terminal;
mod tls;
mod tmux;
mod token;
mod trouble;
mod usage;
mod written;
