//! The `whapi` command line as a library: the built-in exporters, and room for your own.
//!
//! [`App`] is the whole program. Register an exporter, and `--format`, `--set`, the list of
//! exporters, the summary and the exit codes know it:
//!
//! ```no_run
//! use std::process::ExitCode;
//! use whapi_cli::App;
//!
//! fn main() -> ExitCode {
//!     App::new().register(my_exporter::definition()).main()
//! }
//! # mod my_exporter {
//! #     pub fn definition() -> whapi_export::Definition {
//! #         whapi_export_csv::definition()
//! #     }
//! # }
//! ```
//!
//! What a run returns is one of the [`exit`] codes.
//!
//! # Features
//!
//! One for each built-in format, named like it, all on by default: `csv`, `jsonl`, `sheets`, `vcard`,
//! `xlsx`.
//!
//! # What this crate does not do
//!
//! Nothing that another program would want without a command line: fetching is `whapi-fetch`,
//! judging is `whapi-classify`, and running exporters is `whapi-pipeline`.

mod app;
mod args;
mod commands;
mod console;
mod error;
pub mod exit;
mod progress;
mod run_config;
mod runner;
mod signals;
mod source;
mod summary;

pub use app::App;

/// The README's Rust code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
