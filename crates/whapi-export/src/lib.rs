//! The exporter contract: encode a file format with one method, or implement the whole trait.
//!
//! An exporter takes classified contacts, batch by batch, to one destination: a file, a
//! spreadsheet, a service. It depends on this crate only; the pipeline and the command line know
//! nothing of any format.
//!
//! - [`Encoder`] is for files: it turns a contact into bytes. [`FileExporter`] does the rest: the
//!   file that appears only when it is complete, standard output, the checksum, and several files
//!   in place of one ([`Split`]).
//! - [`Exporter`] is the contract of every exporter, and the trait to implement for a service or a
//!   format that has to seek. [`Output`] is the file for those, and [`StagedFile`] and [`StagedFolder`]
//!   are for what another program writes.
//! - [`Definition`] is an exporter's name, its options and how to open it. A [`Registry`] holds
//!   definitions by name.
//! - The module [`fields`] has the fields that formats with rows and columns share, and the words for
//!   what a format has no field for.
//! - The module [`stdout`] finds out whether standard output is closed.
//! - The module `conformance` (feature `conformance`) is the test suite that every exporter passes.
//!
//! # Examples
//!
//! A complete file format, one contact a line:
//!
//! ```
//! use whapi_export::{
//!     ClassifiedContact, Definition, Encoded, Encoder, NoOptions, Registry, Result,
//! };
//!
//! struct Ids;
//!
//! impl Encoder for Ids {
//!     fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
//!         out.extend_from_slice(format!("{}\n", contact.id()).as_bytes());
//!         Ok(Encoded::written())
//!     }
//! }
//!
//! let ids = Definition::file("ids", "one id a line", |_: NoOptions| Ok(Ids)).extension("txt");
//! let mut registry = Registry::new();
//! registry.register(ids);
//! assert_eq!(registry.get("ids")?.default_file_name().as_deref(), Some("contacts.txt"));
//! # Ok::<(), whapi_export::Error>(())
//! ```
//!
//! # What this crate does not do
//!
//! It knows no format and no network, runs nothing concurrently and brings no async runtime.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
mod definition;
pub mod fields;
mod file;

/// The macro that makes `async fn` work in [`Exporter`]; re-exported so that implementers need no
/// version match.
pub use async_trait::async_trait;
/// Options of exporters implement its `Deserialize`; re-exported so that implementers need no version
/// match.
pub use serde;
pub use whapi_classify::{self, ClassifiedContact};
pub use whapi_model;

pub use contract::{
    Available, BatchReport, ChannelEnd, Error, ErrorKind, Exporter, Forecast, Needs, Part,
    PartialOutput, Result, ResultChanges, RunEnd, RunInfo, Skipped, StatusSink, Summary,
};
pub use definition::{
    Capabilities, CommaList, Definition, NoOptions, OpenContext, OptionSpec, Options, Registry,
    Switch,
};
pub use file::{
    Checksum, Committed, Encoded, Encoder, FileExporter, Message, Output, OutputTarget, Split,
    SplitFiles, StagedFile, StagedFolder, stdout,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
