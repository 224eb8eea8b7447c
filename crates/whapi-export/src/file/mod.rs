//! Files that appear only when they are complete, one or several for a result.

mod atomic_file;
mod folder;
mod output;
pub(crate) mod split;
pub mod stdout;
mod tray;

pub(crate) use output::hex;
pub use output::{Committed, Output, OutputTarget};
pub use split::Split;
pub(crate) use tray::Tray;
