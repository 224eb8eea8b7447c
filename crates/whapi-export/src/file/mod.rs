//! Files that appear only when they are complete, one or several for a result.
//!
//! A format is an [`Encoder`]; [`FileExporter`] writes what it encodes to one [`Output`], and the
//! module `split` to several files.

mod atomic_file;
mod checksum;
mod encoder;
mod file_exporter;
mod folder;
mod output;
pub(crate) mod split;
mod staged;
pub mod stdout;
mod target;
mod terminal;

pub use checksum::Checksum;
#[cfg(feature = "conformance")]
pub(crate) use checksum::hex;
pub use encoder::{Encoded, Encoder, Message};
pub use file_exporter::FileExporter;
pub use output::{Committed, Output};
pub use split::{Split, SplitFiles};
pub use staged::{StagedFile, StagedFolder};
pub use target::OutputTarget;
