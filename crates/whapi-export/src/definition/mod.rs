//! How an exporter is registered and opened: its name, its options, and where its output goes.

mod capabilities;
mod config_fields;
mod context;
mod definition;
mod nearest;
mod option_spec;
mod options;
mod registry;

pub use capabilities::Capabilities;
pub use context::OpenContext;
pub use definition::Definition;
pub use option_spec::OptionSpec;
pub use options::{CommaList, NoOptions, Options, Switch};
pub use registry::Registry;
