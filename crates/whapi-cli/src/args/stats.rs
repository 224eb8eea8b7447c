//! The arguments of `stats`.

use std::path::PathBuf;

use clap::Args;
use whapi_classify::Standing;

use super::select::{BesideArgs, FilterArgs, SourceArgs};
use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
#[command(mut_arg("reasons", |arg| arg.help(
    "Find out why each contact is visible: asks for chats, groups and blocked ids, too. Counts \
     reasons, groups and the activity of chats"
)))]
pub(crate) struct StatsArgs {
    /// Print the counts as one JSON object on standard output.
    #[arg(long, conflicts_with = "html")]
    pub(crate) json: bool,

    /// Write the counts as one HTML page with plots, which needs nothing else to be shown; `-` is
    /// standard output. An existing file is replaced only when the new one is complete.
    #[arg(long, value_name = "PATH")]
    pub(crate) html: Option<PathBuf>,

    /// Show groups by their names, which strangers choose and which are private. [default: Group 1,
    /// Group 2, … by size]
    #[arg(long)]
    pub(crate) names: bool,

    /// Draw bars of `#`, as by itself where the locale is not UTF-8.
    #[arg(long, conflicts_with_all = ["json", "html"])]
    pub(crate) ascii: bool,

    /// Count only contacts of this standing: saved, discovered or unknown; repeatable. [default:
    /// all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) only: Vec<Standing>,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,

    // Behind the others, because their headings hold for all that follow.
    #[command(flatten)]
    pub(crate) beside: BesideArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}
