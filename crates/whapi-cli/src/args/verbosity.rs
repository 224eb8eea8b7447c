//! The arguments that say how much is printed.

use clap::{ArgAction, Args};

#[derive(Debug, Args)]
#[command(next_help_heading = None)]
pub(crate) struct VerbosityArgs {
    /// Say less on standard error: warnings and errors only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more on standard error; twice for still more. Never names, numbers or the token.
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}
