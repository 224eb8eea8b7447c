//! The channels of a run.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use whapi_emulator::Emulator;
use whapi_fetch::{EnrichmentRequest, RequestLimit};
use whapi_pipeline::{Cancelled, Channel, Pipeline, RunReport};

use crate::args::ExportArgs;
use crate::config::{self, Config};
use crate::console::Console;
use crate::emulator::{emulated_channels, start};
use crate::error::CliError;
use crate::source::channel::{ChannelAccess, ChannelSettings, ChannelSource, ChannelToken};
use crate::source::scan_options;
use crate::source::token::{base_url, read_config};

/// The channels of a run over many.
pub(super) struct Channels {
    accesses: Vec<ChannelAccess>,
    settings: Arc<ChannelSettings>,
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
            return Self::emulated(count, args, enrichment).map(Some);
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
        let mut found = find(&config, args)?;
        retain_shard(&mut found, args);
        let mut accesses = Vec::with_capacity(found.len());
        for channel in found {
            accesses.push(ChannelAccess {
                name: channel.name.to_string(),
                base_url: base_url(api.base_url.as_deref(), Some(channel))?,
                token: ChannelToken::Configured(channel.clone(), config.file.folder().to_owned()),
            });
        }
        Self::new(accesses, None, args, enrichment).map(Some)
    }

    fn emulated(
        count: u16,
        args: &ExportArgs,
        enrichment: EnrichmentRequest,
    ) -> Result<Self, CliError> {
        let demo = start(emulated_channels(count))?;
        let channels = demo.channels().iter().zip(1..);
        let accesses = channels.map(|(channel, number)| ChannelAccess {
            name: format!("demo-{number}"),
            base_url: demo.base_url().to_owned(),
            token: ChannelToken::Emulated(channel.token().to_owned()),
        });
        let accesses = accesses.collect();
        Self::new(accesses, Some(demo), args, enrichment)
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
            demo,
        })
    }

    /// Prints that contacts are made up, if they are.
    pub(super) fn announce_demo(&self, console: Console) {
        if let Some(demo) = &self.demo {
            console.info(format_args!(
                "This is a demo: made-up contacts of {} channels from an emulated Whapi API at {}.",
                self.accesses.len(),
                demo.base_url()
            ));
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
            demo: _demo,
        } = self;
        if accesses.len() == 1 && !writes_dataset(args) {
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
            .run_channels(channels.collect(), at_a_time, cancel)
            .await
    }
}

/// The channels that the flags choose, each once: those named first, in the order of the flags, and then
/// those with a tag in the order of the configuration.
fn find<'a>(config: &'a Config, args: &ExportArgs) -> Result<Vec<&'a config::Channel>, CliError> {
    let mut found: Vec<&config::Channel> = Vec::new();
    let mut add = |channel: &'a config::Channel| {
        if !found.iter().any(|known| known.name == channel.name) {
            found.push(channel);
        }
    };
    for name in &args.select.source.api.channels {
        add(config.channel(name)?);
    }
    for tag in &args.channels.channel_tags {
        let mut tagged = config
            .channels
            .iter()
            .filter(|one| one.tags.contains(tag))
            .peekable();
        if tagged.peek().is_none() {
            return Err(unknown_tag(config, tag));
        }
        tagged.for_each(&mut add);
    }
    if args.channels.all_channels {
        config.channels.iter().for_each(&mut add);
    }
    if found.is_empty() {
        found.extend(config.default_channel());
    }
    if found.is_empty() {
        return Err(CliError::usage(format!(
            "there is no channel in `{}`; add one with: whapi login --channel NAME",
            config.file.path.display()
        )));
    }
    Ok(found)
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

fn unknown_tag(config: &Config, tag: &str) -> CliError {
    let path = config.file.path.display();
    let tags = config.channels.iter().flat_map(|channel| &channel.tags);
    let mut known: Vec<_> = tags.map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return CliError::usage(format!(
            "no channel in `{path}` has tags; give one some with: tags = [\"NAME\"]"
        ));
    }
    let meant = config::did_you_mean(tag, known.iter().copied());
    let known = known.join(", ");
    CliError::usage(format!(
        "no channel in `{path}` has the tag {}{meant} known: {known}",
        config::quoted_key(tag)
    ))
}
