//! The arguments of `exporters`.

#[cfg(feature = "program")]
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ExportersArgs {
    /// Only this format: a built-in one, or a program. [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) exporter: Option<String>,

    /// Print the list as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,

    /// The file of the configuration, which can name programs.
    ///
    /// [default: config.toml in the folder whapi of your configuration]
    #[cfg(feature = "program")]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,
}
