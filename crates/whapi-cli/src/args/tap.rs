//! The arguments of `tap`.

use std::path::PathBuf;

use clap::Args;

use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
pub(crate) struct TapArgs {
    /// The settings: a JSON file, or a config.toml, of which all channels are read.
    ///
    /// Tokens are never in it. [default: the channels of your config.toml, else the channel of
    /// WHAPI_TOKEN_FILE or WHAPI_TOKEN]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Print the catalog of the streams, without any request.
    #[arg(long)]
    pub(crate) discover: bool,

    /// The catalog with the streams and fields to read. [default: all streams]
    #[arg(long, value_name = "FILE", alias = "properties")]
    pub(crate) catalog: Option<PathBuf>,

    /// The state of the run before.
    ///
    /// Its entries are kept for channels that this run does not prove complete.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
