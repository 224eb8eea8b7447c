//! The arguments of `dataset`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    #[command(subcommand)]
    pub(crate) command: DatasetCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// Check that every partition is there, unchanged and complete.
    Check(DatasetCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DatasetCheckArgs {
    /// The folder of the dataset, with the folders of its days.
    #[arg(value_name = "ROOT")]
    pub(crate) root: PathBuf,

    /// Print the result as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
