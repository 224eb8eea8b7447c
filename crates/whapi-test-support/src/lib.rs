//! Shared tools of tests, for `[dev-dependencies]` only.
//!
//! - [`replay_corpus`] runs a fuzz target over its stored inputs.
//! - [`Python`] and [`libreoffice()`] read files with programs that are not ours, and [`Browser`] opens
//!   pages; where they are not installed, a test is skipped with a line on standard error.
//! - [`has_program`] looks for a program of the system, such as a shell.
//! - [`singer_program`] finds Meltano and targets of the Singer protocol.
//! - [`processes_of`] finds what a test has started.
//! - `UntrustedServer`, with the feature `tls`, is a TLS server whose certificate no system trusts.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod browser;
mod corpus;
mod libreoffice;
mod processes;
mod program;
mod python;
mod singer;
mod skip;
#[cfg(feature = "tls")]
mod tls;

pub use browser::Browser;
pub use corpus::replay_corpus;
pub use libreoffice::{Converted, libreoffice};
pub use processes::processes_of;
pub use program::has_program;
pub use python::Python;
pub use singer::singer_program;
#[cfg(feature = "tls")]
pub use tls::UntrustedServer;
