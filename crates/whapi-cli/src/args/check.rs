//! The arguments of `check`.

use clap::Args;

use super::api::ApiArgs;
use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Print the result as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) api: ApiArgs,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
