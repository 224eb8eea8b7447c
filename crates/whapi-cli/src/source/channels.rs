//! The channels of a run over many: which are chosen, and where their tokens are.

use std::collections::HashSet;

use whapi_emulator::Emulator;
use whapi_fetch::Token;
use whapi_text::counted;

use super::channel::{ChannelAccess, ChannelToken};
use super::token::base_url;
use crate::config::{self, Config};
use crate::console::Console;
use crate::emulator::{emulated_channels, start};
use crate::error::CliError;

/// Which channels of the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChannelChoice<'a> {
    pub(crate) names: &'a [String],
    pub(crate) tags: &'a [String],
    pub(crate) all: bool,
}

impl ChannelChoice<'_> {
    /// Returns the channels, each once: the named ones in their order, and then those with a tag in the
    /// order of the configuration. The default channel if nothing is chosen.
    pub(crate) fn find<'c>(
        &self,
        config: &'c Config,
    ) -> Result<Vec<&'c config::Channel>, CliError> {
        let mut found: Vec<&config::Channel> = Vec::new();
        let mut known = HashSet::new();
        let mut add = |channel: &'c config::Channel| {
            if known.insert(&channel.name) {
                found.push(channel);
            }
        };
        for name in self.names {
            add(config.channel(name)?);
        }
        for tag in self.tags {
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
        if self.all {
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
}

/// The accesses to channels of the configuration, at the address of the flag or else their own. Reads no
/// token.
pub(crate) fn accesses(
    config: &Config,
    channels: &[&config::Channel],
    url: Option<&str>,
) -> Result<Vec<ChannelAccess>, CliError> {
    let access = |channel: &&config::Channel| {
        Ok(ChannelAccess {
            name: channel.name.to_string(),
            base_url: base_url(url, Some(channel))?,
            token: ChannelToken::Configured((*channel).clone(), config.file.folder().to_owned()),
        })
    };
    channels.iter().map(access).collect()
}

/// Starts an emulated API with so many channels.
pub(crate) fn emulated(count: u16) -> Result<(Vec<ChannelAccess>, Emulator), CliError> {
    let demo = start(emulated_channels(count))?;
    let mut accesses = Vec::with_capacity(usize::from(count));
    for (channel, number) in demo.channels().iter().zip(1..) {
        let token = Token::new(channel.token(), "the emulated Whapi API")?;
        accesses.push(ChannelAccess {
            name: format!("demo-{number}"),
            base_url: demo.base_url().to_owned(),
            token: ChannelToken::Read(token),
        });
    }
    Ok((accesses, demo))
}

/// Prints that the contacts of so many channels are made up.
pub(crate) fn announce_emulated(demo: &Emulator, channels: usize, console: Console) {
    console.info(format_args!(
        "This is a demo: made-up contacts of {} from an emulated Whapi API at {}.",
        counted(channels as u64, "channel"),
        demo.base_url()
    ));
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
