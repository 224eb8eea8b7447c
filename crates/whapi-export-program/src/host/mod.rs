//! The host: runs a program as an exporter.

mod command;
mod conversation;
mod exporter;
mod lines;
mod log;
mod originals;
mod process;
mod program;
mod split_exporter;
mod timeouts;

pub use command::ProgramCommand;
pub use program::Program;
pub use timeouts::Timeouts;
