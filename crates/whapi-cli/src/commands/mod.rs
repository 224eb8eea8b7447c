//! The commands.

pub(crate) mod channels;
pub(crate) mod check;
#[cfg(feature = "program")]
pub(crate) mod conformance;
#[cfg(feature = "dataset")]
pub(crate) mod dataset;
pub(crate) mod emulate;
pub(crate) mod export;
pub(crate) mod exporters;
pub(crate) mod groups;
pub(crate) mod labels;
mod list;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod stats;
#[cfg(feature = "tap")]
pub(crate) mod tap;
