//! The arguments of `login` and `logout`.

use std::path::PathBuf;

use clap::Args;
#[cfg(feature = "sheets")]
use clap::Subcommand;

use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LoginArgs {
    #[cfg(feature = "sheets")]
    #[command(subcommand)]
    pub(crate) service: Option<LoginService>,

    #[command(flatten)]
    pub(crate) channel: ChannelLoginArgs,
}

/// The channel whose token is saved.
#[derive(Debug, Args)]
pub(crate) struct ChannelLoginArgs {
    #[command(flatten)]
    pub(crate) name: SavedChannelArgs,

    /// The address of the Whapi API, which is saved with the channel.
    ///
    /// http only for a loopback host. [default: the channel's, else WHAPI_BASE_URL, else the public
    /// address of Whapi]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub(crate) base_url: Option<String>,

    /// Never ask for the token on the terminal.
    ///
    /// Read it from standard input, which must not be one.
    #[arg(long)]
    pub(crate) no_input: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}

/// A channel that `login` saves and `logout` deletes.
#[derive(Debug, Args)]
pub(crate) struct SavedChannelArgs {
    /// The name of the channel in the configuration.
    #[arg(long, value_name = "NAME", default_value = "main")]
    pub(crate) channel: String,

    /// The file of the configuration.
    ///
    /// [default: config.toml in the folder whapi of your configuration]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,
}

#[cfg(feature = "sheets")]
#[derive(Debug, Subcommand)]
pub(crate) enum LoginService {
    /// Sign in to Google in a browser, for `--format sheets`.
    Google(GoogleLoginArgs),
}

#[cfg(feature = "sheets")]
#[derive(Debug, Args)]
pub(crate) struct GoogleLoginArgs {
    /// Your OAuth client: the JSON file that Google's console downloads.
    ///
    /// It has to be of the type "Desktop app".
    #[arg(long, value_name = "FILE")]
    pub(crate) client: PathBuf,

    /// Request access only to the spreadsheets that this program created.
    ///
    /// Without it, to all of your spreadsheets.
    #[arg(long)]
    pub(crate) only_own: bool,

    /// Do not open a browser.
    ///
    /// Open the printed address yourself, on any computer; the address at which the browser ends can be
    /// pasted.
    #[arg(long)]
    pub(crate) no_browser: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LogoutArgs {
    #[cfg(feature = "sheets")]
    #[command(subcommand)]
    pub(crate) service: Option<LogoutService>,

    #[command(flatten)]
    pub(crate) channel: ChannelLogoutArgs,
}

/// The channel whose token is deleted.
#[derive(Debug, Args)]
pub(crate) struct ChannelLogoutArgs {
    #[command(flatten)]
    pub(crate) name: SavedChannelArgs,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}

#[cfg(feature = "sheets")]
#[derive(Debug, Subcommand)]
pub(crate) enum LogoutService {
    /// Delete the saved sign-in at Google.
    Google,
}
