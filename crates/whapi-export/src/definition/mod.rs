//! How an exporter is registered and opened: its name, its options, and where its output goes.

mod config_fields;
mod context;
mod definition;
mod nearest;
mod options;
mod registry;

pub use context::OpenContext;
pub use definition::{Capabilities, Definition, OptionSpec};
pub use options::{CommaList, NoOptions, Options, Switch};
pub use registry::Registry;
