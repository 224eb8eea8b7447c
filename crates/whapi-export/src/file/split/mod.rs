//! Several files in place of one.

mod countries;
mod exporter;
mod files;
mod names;
mod place;
mod report;
mod sorter;
mod split;
mod spool;

pub(crate) use countries::Countries;
pub(crate) use exporter::SplitExporter;
pub use files::SplitFiles;
pub(crate) use files::SplitTarget;
pub use split::Split;

/// The key of the option.
pub(crate) const KEY: &str = "split";
