//! The arguments of `channels`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ChannelsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ChannelsCommand>,

    #[command(flatten)]
    pub(crate) configured: ConfiguredChannelsArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChannelsCommand {
    /// List the channels of a partner account at Whapi, and write them into the configuration.
    List(PartnerChannelsArgs),
}

/// The channels of the configuration.
#[derive(Debug, Args)]
pub(crate) struct ConfiguredChannelsArgs {
    /// Print the list as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    /// The file of the configuration.
    ///
    /// [default: config.toml in the folder whapi of your configuration]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}

/// The channels of a partner account.
#[derive(Debug, Args)]
pub(crate) struct PartnerChannelsArgs {
    /// A file with the token of the partner account; `-` is standard input.
    ///
    /// [default: the file in WHAPI_PARTNER_TOKEN_FILE, else the token in WHAPI_PARTNER_TOKEN]
    #[arg(long, value_name = "PATH", conflicts_with = "demo")]
    pub(crate) partner_token_file: Option<PathBuf>,

    /// Write a token file for each channel, and an entry in the configuration.
    ///
    /// Channels that are there keep their names and settings and get the token of the list. None is
    /// removed.
    #[arg(long, conflicts_with = "demo")]
    pub(crate) write_config: bool,

    /// The file of the configuration that --write-config writes.
    ///
    /// [default: config.toml in the folder whapi of your configuration]
    #[arg(
        long,
        value_name = "FILE",
        requires = "write_config",
        hide_short_help = true
    )]
    pub(crate) config: Option<PathBuf>,

    /// The address of the partner API.
    ///
    /// http only for a loopback host. Tokens of channels may be sent to its host as well as to those of
    /// whapi.cloud. [default: the public address of Whapi]
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        conflicts_with = "demo"
    )]
    pub(crate) partner_url: Option<String>,

    /// List made-up channels, without a token.
    #[arg(long)]
    pub(crate) demo: bool,

    /// Send at most N requests, retries included.
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) max_requests: Option<u64>,

    /// Print the list as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
