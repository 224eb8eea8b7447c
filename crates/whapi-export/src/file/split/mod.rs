//! Several files in place of one.

mod countries;
mod exporter;
mod names;
mod place;
mod report;
mod sorter;
mod split;
mod spool;

pub(crate) use countries::Countries;
pub(crate) use exporter::{SplitExporter, SplitTarget};
pub use split::Split;

/// The key of the option.
pub(crate) const KEY: &str = "split";
