//! The channels that the settings choose.

use whapi_emulator::Emulator;

use super::settings::Settings;
use crate::config::no_folder;
use crate::console::Console;
use crate::error::CliError;
use crate::source::channel::{ChannelAccess, ChannelToken};
use crate::source::channels::{ChannelChoice, accesses, emulated};
use crate::source::token::{base_url, in_environment, read_config};

/// The channels that the settings choose, and the emulated API that must live as long.
pub(super) async fn choose(
    settings: &Settings,
    console: Console,
) -> Result<(Vec<ChannelAccess>, Option<Emulator>), CliError> {
    if let Some(count) = settings.demo_channels {
        let (channels, demo) = emulated(count)?;
        return Ok((channels, Some(demo)));
    }
    let url = settings.base_url.as_deref();
    let config = read_config(settings.config_file.as_deref()).await?;
    let choice = ChannelChoice {
        names: &settings.channels,
        tags: &settings.channel_tags,
        all: settings.channels.is_empty() && settings.channel_tags.is_empty(),
    };
    let channels = match config {
        Some(config) if !(choice.all && config.channels.is_empty()) => {
            accesses(&config, &choice.find(&config)?, url)?
        }
        _ if choice.all => vec![of_environment(url, console).await?],
        _ => return Err(no_folder()),
    };
    Ok((channels, None))
}

/// The name of the channel whose token is in the environment.
const OF_ENVIRONMENT: &str = "default";

/// The channel whose token is in the environment, for a run without channels of the configuration.
async fn of_environment(url: Option<&str>, console: Console) -> Result<ChannelAccess, CliError> {
    let token = in_environment(false, console).await?.ok_or_else(|| {
        CliError::usage(
            "there is no channel; add one with `whapi login --channel NAME`, name another config.toml \
             by `config_file`, or set WHAPI_TOKEN_FILE or WHAPI_TOKEN",
        )
    })?;
    Ok(ChannelAccess {
        name: OF_ENVIRONMENT.to_owned(),
        base_url: base_url(url, None)?,
        token: ChannelToken::Read(token),
    })
}
