//! Exporters as programs, in any language.
//!
//! A program speaks JSON lines over its standard input and output; `docs/protocol/exporter-v1.md` is the
//! protocol. The host starts it, checks every message, counts what it writes, and makes its file
//! appear only when it is done.
//!
//! - [`Program`] makes a [`Definition`](whapi_export::Definition) of a program, which
//!   [`ProgramCommand::find`] looks for on `PATH`.
//! - [`serve()`] makes a program of a definition.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod host;
mod protocol;
mod serve;

pub use host::{Program, ProgramCommand, Timeouts};
pub use serve::serve;
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
