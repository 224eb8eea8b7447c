//! The arguments of `export`.

use std::path::PathBuf;

use clap::Args;

use super::select::SelectArgs;
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

    #[command(flatten)]
    pub(crate) select: SelectArgs,

    /// Compare with an earlier export of ours, a CSV or JSON Lines file: contacts get a change, and
    /// the summary counts who was added, saved, removed from the address book, renamed, and is gone.
    #[arg(long, value_name = "FILE", help_heading = None)]
    pub(crate) compare: Option<PathBuf>,

    /// Set an option of an exporter; with several formats FORMAT.KEY=VALUE, which always works.
    /// `exporters` lists the options.
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = None)]
    pub(crate) options: Vec<String>,

    /// Print what would be asked of the gate and of each destination, and write nothing. Costs one
    /// small request, or none with --from.
    #[arg(long, help_heading = None)]
    pub(crate) dry_run: bool,

    /// Print the summary as one JSON object on standard output.
    #[arg(long, help_heading = None)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
