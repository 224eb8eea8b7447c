//! The commands.

pub(crate) mod emulate;
pub(crate) mod export;
pub(crate) mod exporters;
pub(crate) mod stats;
