//! The channels of a run.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use whapi_emulator::Emulator;
use whapi_fetch::{EnrichmentRequest, RequestLimit};
use whapi_pipeline::{Cancelled, Channel, Pipeline, RunReport};

use crate::args::ExportArgs;
use crate::config;
use crate::console::Console;
use crate::error::CliError;
use crate::source::channel::{ChannelAccess, ChannelSettings, ChannelSource};
use crate::source::channels::{ChannelChoice, accesses, announce_emulated, emulated};
use crate::source::scan_options;
use crate::source::token::read_config;

/// The channels of a run over many.
pub(super) struct Channels {
    accesses: Vec<ChannelAccess>,
    settings: Arc<ChannelSettings>,
    /// The names of all, those that other runs take among them. Empty for those of this run only.
    all: Vec<String>,
    /// The emulated API. Dropping it stops it.
    demo: Option<Emulator>,
}

impl Channels {
    /// The channels that the arguments choose. `None` for a run over one source, which needs none of the
    /// flags for many. Sends nothing, and reads no token.
    pub(super) async fn choose(
        args: &ExportArgs,
        enrichment: EnrichmentRequest,
    ) -> Result<Option<Self>, CliError> {
        let chosen = &args.channels;
        let named = &args.select.source.api.channels;
        if let Some(count) = chosen.demo_channels {
            let (accesses, demo) = emulated(count)?;
            return Self::new(accesses, Some(demo), args, enrichment).map(Some);
        }
        let is_one = named.len() < 2 && chosen.channel_tags.is_empty() && !chosen.all_channels;
        if let Some(shard) = shard_of(args).filter(|_| is_one) {
            return Err(CliError::usage(format!(
                "--shard {shard} shares channels; choose them with --all-channels or --channel-tag"
            )));
        }
        // A partition has the name of its channel, also if there is one only.
        if is_one && !(writes_dataset(args) && is_configured(args)) {
            return Ok(None);
        }
        let api = &args.select.source.api;
        if api.token_file.is_some() {
            return Err(CliError::usage(
                "--token-file has the token of one channel, and several are chosen; give each its own in \
                 config.toml",
            ));
        }
        let config = read_config(api.config.as_deref()).await?;
        let config = config.ok_or_else(config::no_folder)?;
        if is_one && named.is_empty() && config.default_channel().is_none() {
            return Ok(None);
        }
        let choice = ChannelChoice {
            names: named,
            tags: &chosen.channel_tags,
            all: chosen.all_channels,
        };
        let mut found = choice.find(&config)?;
        let all = found.iter().map(|one| one.name.to_string()).collect();
        retain_shard(&mut found, args);
        let accesses = accesses(&config, &found, api.base_url.as_deref())?;
        let mut channels = Self::new(accesses, None, args, enrichment)?;
        channels.all = all;
        Ok(Some(channels))
    }

    fn new(
        accesses: Vec<ChannelAccess>,
        demo: Option<Emulator>,
        args: &ExportArgs,
        enrichment: EnrichmentRequest,
    ) -> Result<Self, CliError> {
        let source = &args.select.source;
        let settings = ChannelSettings {
            options: scan_options(source)?,
            concurrency: usize::from(source.concurrency),
            max_requests: source.api.max_requests,
            max_requests_total: args.channels.max_requests_total.map(RequestLimit::new),
            enrichment,
            first: OnceLock::new(),
        };
        Ok(Self {
            accesses,
            settings: Arc::new(settings),
            all: Vec::new(),
            demo,
        })
    }

    /// Prints that contacts are made up, if they are.
    pub(super) fn announce_demo(&self, console: Console) {
        if let Some(demo) = &self.demo {
            announce_emulated(demo, self.accesses.len(), console);
        }
    }

    /// Runs the channels through a pipeline: a single one as any source, unless its name is wanted.
    pub(super) async fn run(
        self,
        pipeline: Pipeline,
        args: &ExportArgs,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let Self {
            mut accesses,
            settings,
            all,
            demo: _demo,
        } = self;
        // With several runs, each has to write the same columns.
        let is_only_one = accesses.len() == 1 && shard_of(args).is_none();
        if is_only_one && !writes_dataset(args) {
            let mut source = ChannelSource::new(accesses.remove(0), settings);
            return pipeline.run(&mut source, cancel).await;
        }
        let channels = accesses.into_iter().map(|access| {
            let name = access.name.clone();
            let source = ChannelSource::new(access, Arc::clone(&settings));
            Channel::new(name, Box::new(source))
        });
        let at_a_time = usize::from(args.channels.channel_concurrency);
        let at_a_time = NonZeroUsize::new(at_a_time).unwrap_or(NonZeroUsize::MIN);
        pipeline
            .all_channels(all)
            .run_channels(channels.collect(), at_a_time, cancel)
            .await
    }
}

/// Whether the flags can choose several channels.
pub(super) fn may_be_several(args: &ExportArgs) -> bool {
    let chosen = &args.channels;
    args.select.source.api.channels.len() > 1
        || !chosen.channel_tags.is_empty()
        || chosen.all_channels
        || chosen.demo_channels.is_some_and(|count| count > 1)
}

fn writes_dataset(args: &ExportArgs) -> bool {
    let mut formats = args.formats.iter();
    formats.any(|format| format.trim().eq_ignore_ascii_case("dataset"))
}

/// Whether the channel may be one of the configuration.
fn is_configured(args: &ExportArgs) -> bool {
    let source = &args.select.source;
    !source.api.demo && source.from.is_none() && source.api.token_file.is_none()
}

/// Which of several runs this is. `None` for the only one.
#[cfg(feature = "dataset")]
pub(super) fn shard_of(args: &ExportArgs) -> Option<whapi_export_dataset::Shard> {
    args.channels.shard
}

/// Without the feature there are no shards.
#[cfg(not(feature = "dataset"))]
fn shard_of(_: &ExportArgs) -> Option<&'static str> {
    None
}

/// Leaves out the channels of other runs.
fn retain_shard(channels: &mut Vec<&config::Channel>, args: &ExportArgs) {
    #[cfg(feature = "dataset")]
    if let Some(shard) = shard_of(args) {
        channels.retain(|channel| shard.takes(channel.name.as_str()));
    }
    #[cfg(not(feature = "dataset"))]
    let _ = (channels, args);
}
