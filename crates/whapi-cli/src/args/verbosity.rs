//! The arguments for the verbosity.

use clap::{ArgAction, Args};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = None)]
pub(crate) struct VerbosityArgs {
    /// Print only warnings and errors on standard error.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Print logs on standard error; repeat for more.
    ///
    /// They never hold names, numbers or the token.
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}
