//! The arguments that name a channel of the API.

use std::path::PathBuf;

use clap::Args;

/// The channel, its token and the API.
///
/// Every command that sends requests takes them.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// The channel of the configuration to read.
    ///
    /// `export` reads several, in this order: repeatable. [default: the only one, or the one with
    /// `default = true`]
    #[arg(
        long = "channel",
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "demo"
    )]
    pub(crate) channels: Vec<String>,

    /// A file with the token of the channel; `-` is standard input.
    ///
    /// Comes before the token of --channel. [default: the channel's, else the file in
    /// WHAPI_TOKEN_FILE, else the token in WHAPI_TOKEN, else a question on the terminal]
    #[arg(long, value_name = "PATH", conflicts_with = "demo")]
    pub(crate) token_file: Option<PathBuf>,

    /// The address of the Whapi API.
    ///
    /// http only for a loopback host. [default: the channel's, else WHAPI_BASE_URL, else the public
    /// address of Whapi]
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        conflicts_with = "demo"
    )]
    pub(crate) base_url: Option<String>,

    /// The file of the configuration.
    ///
    /// [default: config.toml in the folder whapi of your configuration]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,

    /// Never ask for the token on the terminal.
    #[arg(long)]
    pub(crate) no_input: bool,

    /// Read made-up contacts, without a token.
    ///
    /// From an emulated Whapi API on a loopback port, over real HTTP.
    #[arg(long)]
    pub(crate) demo: bool,

    /// Send at most N requests, retries and the channel check included.
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) max_requests: Option<u64>,
}
