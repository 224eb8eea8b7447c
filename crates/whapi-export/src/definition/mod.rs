//! How an exporter is registered and opened: its name, its options, and where its output goes.

mod context;
mod definition;
mod options;
mod registry;

pub use context::OpenContext;
pub(crate) use definition::OpenFn;
pub use definition::{Capabilities, Definition, OptionSpec};
pub use options::{CommaList, Options, Switch};
pub use registry::Registry;
