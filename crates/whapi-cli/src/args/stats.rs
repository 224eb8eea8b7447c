//! The arguments of `stats`.

use std::path::PathBuf;

use clap::Args;

use super::select::{NAMES_HEADING, SelectArgs};
use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
#[command(mut_arg("only", |arg| arg
    .help("Count only contacts of this status: saved, discovered or unknown")
    .long_help("Count only contacts of this status: saved, discovered or unknown.\n\n\
                Repeatable. [default: all]")))]
#[command(mut_arg("reasons", |arg| arg
    .help("Find out why each contact is visible")
    .long_help("Find out why each contact is visible.\n\n\
                Requests chats, groups and blocked ids too, and counts reasons, groups and the \
                activity of chats.")))]
// Names matter to --name-contains only, so the help does not list these flags.
#[command(mut_args(|arg| {
    let hidden = arg.get_help_heading() == Some(NAMES_HEADING);
    if hidden { arg.hide(true) } else { arg }
}))]
pub(crate) struct StatsArgs {
    /// Print the counts as one JSON object on standard output.
    #[arg(long, conflicts_with = "html")]
    pub(crate) json: bool,

    /// Write the counts as one HTML page with plots; `-` is standard output.
    ///
    /// The page has no scripts and no links. An existing file is replaced only when the new one is
    /// complete. A missing folder is created, for its owner only.
    #[arg(long, value_name = "PATH")]
    pub(crate) html: Option<PathBuf>,

    /// Show the names of groups, which are private.
    ///
    /// [default: Group 1, Group 2, … by size]
    #[arg(long)]
    pub(crate) names: bool,

    /// Draw bars with `#`.
    ///
    /// This is the default if the locale is not UTF-8.
    #[arg(long, conflicts_with_all = ["json", "html"])]
    pub(crate) ascii: bool,

    #[command(flatten)]
    pub(crate) select: SelectArgs,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
