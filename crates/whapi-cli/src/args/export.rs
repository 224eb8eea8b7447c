//! The arguments of `export`.

use std::path::PathBuf;

use clap::Args;

use super::channels::ChannelsArgs;
use super::select::SelectArgs;
use super::verbosity::VerbosityArgs;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The formats to write; repeatable, and a comma-separated list works.
    ///
    /// Contacts are fetched once for all. [default: by the file extension of --output]
    #[arg(short, long = "format", value_name = "NAME", value_delimiter = ',')]
    pub(crate) formats: Vec<String>,

    /// The output file of a single format; `-` is standard output.
    ///
    /// An existing file is replaced only when the new one is complete. A missing folder is created, for
    /// its owner only. [default: contacts.vcf, contacts.csv, … in the current folder]
    #[arg(short, long, value_name = "PATH", conflicts_with = "output_dir")]
    pub(crate) output: Option<PathBuf>,

    /// The folder for files with default names.
    ///
    /// A missing folder is created, for its owner only.
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) select: SelectArgs,

    #[command(flatten)]
    pub(crate) channels: ChannelsArgs,

    /// Let a run without a single contact replace a result that had some.
    ///
    /// Without it: exit code 8.
    #[arg(long, help_heading = None, hide_short_help = true)]
    pub(crate) allow_empty: bool,

    /// Compare with an earlier export, a CSV or JSON Lines file.
    ///
    /// Contacts get a change, and the summary counts contacts that were added, saved, removed from the
    /// address book, renamed, or are gone.
    #[arg(long, value_name = "FILE", help_heading = None)]
    pub(crate) compare: Option<PathBuf>,

    /// Set an option of a format, such as csv.profile=google; `exporters` lists them.
    ///
    /// FORMAT.KEY=VALUE, or KEY=VALUE with a single format; repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = None)]
    pub(crate) options: Vec<String>,

    /// Print the requests and outputs of a run, and write nothing.
    ///
    /// Sends one small request for each list, or none with --from.
    #[arg(long, help_heading = None)]
    pub(crate) dry_run: bool,

    /// Print the summary as one JSON object on standard output.
    #[arg(long, help_heading = None)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,
}
