//! What an exporter is: the trait, what it is given, and what it returns.

mod error;
mod exporter;
mod report;
mod run;
mod status;

pub use error::{Error, ErrorKind, Result};
pub use exporter::Exporter;
pub use report::{BatchReport, Forecast, Part, PartialOutput, ResultChanges, Skipped, Summary};
pub use run::{Available, ChannelEnd, Needs, RunEnd, RunInfo};
pub use status::StatusSink;
