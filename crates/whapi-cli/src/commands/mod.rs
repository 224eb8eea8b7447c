//! The commands.

pub(crate) mod emulate;
pub(crate) mod export;
pub(crate) mod exporters;
#[cfg(feature = "sheets")]
pub(crate) mod login;
#[cfg(feature = "sheets")]
pub(crate) mod logout;
pub(crate) mod stats;
