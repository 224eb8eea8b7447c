//! The arguments of `export`.

use std::path::PathBuf;

use clap::Args;
use whapi_classify::Standing;

use super::select::{BesideArgs, FilterArgs, NameArgs, SourceArgs};
use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to write; repeatable, and a comma-separated list works. One fetch feeds all. Left out,
    /// it follows the ending of --output.
    #[arg(short, long = "format", value_name = "NAME", value_delimiter = ',')]
    pub(crate) formats: Vec<String>,

    /// Where one format goes; `-` is standard output. An existing file is replaced only when the
    /// new one is complete. [default: contacts.vcf, contacts.csv, … in the current folder]
    #[arg(short, long, value_name = "PATH", conflicts_with = "output_dir")]
    pub(crate) output: Option<PathBuf>,

    /// A folder for the default file names; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,

    /// Write only contacts of this standing: saved, discovered or unknown; repeatable. The summary
    /// counts all three anyway. [default: all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) only: Vec<Standing>,

    /// Compare with an earlier export of ours, a CSV or JSON Lines file: contacts get a change, and
    /// the summary counts who was added, saved, removed from the address book, renamed, and is gone.
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// Set an option of an exporter; with several formats FORMAT.KEY=VALUE, which always works.
    /// `exporters` lists the options.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,

    /// Print what would be asked of the gate and of each destination, and write nothing. Costs one
    /// small request, or none with --from.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print the summary as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,

    // Behind the others, because their headings hold for all that follow.
    #[command(flatten)]
    pub(crate) beside: BesideArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}
