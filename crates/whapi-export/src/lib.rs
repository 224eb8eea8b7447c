//! The exporter contract: implement one trait, register one definition.
//!
//! An exporter takes classified contacts, batch by batch, to one destination: a file, a
//! spreadsheet, somebody's service. It depends on this crate only; the pipeline and the command
//! line know nothing of any format.
//!
//! - [`Exporter`] is the trait: [`write_batch`](Exporter::write_batch) and
//!   [`finish`](Exporter::finish) are required, the rest has defaults.
//! - [`Definition`] is what exists before an exporter does: its name, its options and how to open
//!   it. A [`Registry`] holds definitions by name.
//! - [`Output`] is a file that appears only when it is complete; [`Split`] makes several of one.
//! - The module [`fields`] has the fields that formats with rows and columns share, and
//!   the words for what a format has no field for.
//! - The module [`panics`] turns a library's panic into an error.
//! - The module [`stdout`] says whether standard output is closed.
//! - The module `conformance` (feature `conformance`) is the test suite that every exporter passes.
//!
//! # Examples
//!
//! A complete exporter, one contact a line:
//!
//! ```
//! use std::io::Write;
//! use whapi_export::{
//!     BatchReport, ClassifiedContact, Definition, Exporter, OpenContext, Output, Registry, Result,
//!     RunEnd, RunInfo, Summary, async_trait,
//! };
//!
//! struct Lines(Output);
//!
//! #[async_trait]
//! impl Exporter for Lines {
//!     async fn begin(&mut self, _run: &RunInfo) -> Result<()> {
//!         self.0.prepare()
//!     }
//!
//!     async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
//!         for contact in batch {
//!             writeln!(self.0, "{}", contact.id())?;
//!         }
//!         Ok(BatchReport::written(batch.len()))
//!     }
//!
//!     async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
//!         Ok(self.0.commit()?.into())
//!     }
//! }
//!
//! fn definition() -> Definition {
//!     Definition::new("lines", "one id a line", |ctx: &OpenContext| {
//!         Ok(Box::new(Lines(ctx.output()?)))
//!     })
//!     .extension("txt")
//! }
//!
//! let mut registry = Registry::new();
//! registry.register(definition());
//! assert_eq!(registry.get("lines")?.default_file_name().as_deref(), Some("contacts.txt"));
//! # Ok::<(), whapi_export::Error>(())
//! ```
//!
//! # What this crate does not do
//!
//! It knows no format and no network, runs nothing concurrently and brings no async runtime.

#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
mod definition;
pub mod fields;
mod file;
pub mod panics;
pub mod terminal;

/// The macro that makes `async fn` work in [`Exporter`]; re-exported so that implementers need no
/// version match.
pub use async_trait::async_trait;
pub use whapi_classify::{self, ClassifiedContact};
pub use whapi_model;

pub use contract::{
    BatchReport, Error, ErrorKind, Exporter, Facts, Forecast, Needs, Notes, Part, Partial, Result,
    RunEnd, RunInfo, Skipped, Summary,
};
pub use definition::{
    Capabilities, CommaList, Definition, OpenContext, OptionSpec, Options, Registry, Switch,
};
pub use file::{Committed, Output, OutputTarget, Split, stdout};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_types_cross_threads() {
        fn check<T: Send + Sync>() {}
        fn check_send<T: Send>() {}

        check::<BatchReport>();
        check::<Capabilities>();
        check::<ClassifiedContact>();
        check::<CommaList>();
        check::<Committed>();
        check::<Definition>();
        check::<Error>();
        check::<ErrorKind>();
        check::<Facts>();
        check::<Forecast>();
        check::<Needs>();
        check::<Notes>();
        check::<OpenContext>();
        check::<OptionSpec>();
        check::<Options>();
        check::<Output>();
        check::<OutputTarget>();
        check::<Registry>();
        check::<Part>();
        check::<Partial>();
        check::<RunEnd>();
        check::<RunInfo>();
        check::<Skipped>();
        check::<Split>();
        check::<Summary>();
        check::<Switch>();
        check_send::<Box<dyn Exporter>>();
    }
}
