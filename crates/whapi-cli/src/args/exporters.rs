//! The arguments of `exporters`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ExportersArgs {
    /// Only this format. [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) exporter: Option<String>,

    /// Print the list as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
