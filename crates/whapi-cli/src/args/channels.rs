//! The arguments of a run over many channels.

use clap::Args;

/// Which channels, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many channels")]
pub(crate) struct ChannelsArgs {
    /// Read the channels of the configuration with this tag.
    ///
    /// Into one result, with a column for the channel. Repeatable.
    #[arg(
        long = "channel-tag",
        value_name = "TAG",
        value_delimiter = ',',
        conflicts_with_all = ["demo", "from", "token_file"]
    )]
    pub(crate) channel_tags: Vec<String>,

    /// Read all channels of the configuration.
    #[arg(long, conflicts_with_all = ["demo", "from", "token_file"])]
    pub(crate) all_channels: bool,

    /// Read the channels that fall to number I of N runs, such as 1/3.
    ///
    /// By their names, so that several machines share the channels without knowing each other.
    #[cfg(feature = "dataset")]
    #[arg(long, value_name = "I/N", conflicts_with_all = ["demo", "from", "token_file"])]
    pub(crate) shard: Option<whapi_export_dataset::Shard>,

    /// Write each person once, and the channels that have them.
    ///
    /// A person is a phone number, or a LID whose number is known. All contacts are kept in memory.
    #[arg(long)]
    pub(crate) merge_channels: bool,

    /// Channels to read in parallel, 1 to 64.
    #[arg(
        long,
        value_name = "N",
        hide_short_help = true,
        default_value_t = crate::source::channel::DEFAULT_CHANNEL_CONCURRENCY,
        value_parser = clap::value_parser!(u8).range(1..=64)
    )]
    pub(crate) channel_concurrency: u8,

    /// Send at most N requests for all channels together.
    ///
    /// --max-requests is for each.
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) max_requests_total: Option<u64>,

    /// Read this many made-up channels, 1 to 300.
    #[arg(
        long,
        value_name = "N",
        requires = "demo",
        hide_short_help = true,
        value_parser = clap::value_parser!(u16).range(1..=300)
    )]
    pub(crate) demo_channels: Option<u16>,
}
