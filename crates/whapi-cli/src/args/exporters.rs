//! The arguments of `exporters`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ExportersArgs {
    /// Print the list as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
