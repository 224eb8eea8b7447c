//! The `whapi` command line as a library, with the built-in exporters and your own.
//!
//! [`App`] is the whole program. A registered exporter works with `--format`, `--set`, the list of
//! exporters, the summary and the exit codes:
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
//! A run returns one of the [`exit`] codes.
//!
//! # Features
//!
//! One for each built-in format, all enabled by default: `csv`, `dataset`, `html`, `jsonl`, `sheets`, `vcard`, `xlsx`.
//! `parquet`, which is not enabled by default, writes datasets as Parquet too.
//! `program` runs exporters that are programs of their own.
//! `sheets` includes the commands `login google` and `logout google`; `login` and `logout` at a channel are
//! always there.
//!
//! # What this crate does not do
//!
//! Programs without a command line use the other crates: `whapi-fetch` reads contacts,
//! `whapi-classify` classifies them, and `whapi-pipeline` runs exporters.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod args;
mod blocking;
mod commands;
mod completion;
mod config;
mod config_folder;
mod console;
mod emulator;
mod error;
pub mod exit;
#[cfg(feature = "sheets")]
mod google;
mod guide;
mod hidden_args;
mod private_folder;
#[cfg(feature = "program")]
mod programs;
mod progress;
mod prompt;
mod run_config;
mod runner;
mod shell;
mod signals;
mod source;
mod summary;
mod table;
mod terminal;

pub use app::App;
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
