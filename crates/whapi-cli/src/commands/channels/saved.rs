//! `--write-config`: the channels of a partner account as entries of the configuration.

use serde::Serialize;
use whapi_fetch::whapi_model::Partial;
use whapi_fetch::{DEFAULT_BASE_URL, PartnerChannel, PartnerChannelState, PartnerClient};
use whapi_text::counted;

use crate::blocking::run_blocking;
use crate::config::{
    Action, ConfigFile, ListedAccess, ListedChannel, SavedChannel, SavedList, save_listed,
};
use crate::console::Console;
use crate::error::CliError;

/// What was done with a channel.
#[derive(Debug, Serialize)]
pub(super) struct SavedJson {
    /// The name of its entry. Null if it has none.
    pub(super) name: Option<String>,
    action: &'static str,
    /// Why it is left out, or what was kept.
    note: Option<String>,
}

/// What was done with all channels.
#[derive(Debug, Serialize)]
pub(super) struct SavedSummary {
    path: String,
    added: usize,
    updated: usize,
    unchanged: usize,
    pub(super) left_out: usize,
}

/// Saves the channels of a list, and says what was done. `now` is in seconds since 1970 UTC.
pub(super) async fn save(
    client: &PartnerClient,
    channels: &Partial<PartnerChannel>,
    file: ConfigFile,
    now: i64,
    console: Console,
) -> Result<(Vec<SavedJson>, SavedSummary), CliError> {
    let listed: Vec<_> = channels
        .items
        .iter()
        .map(|one| listed(client, one))
        .collect();
    // On another thread, so that a signal ends it at any moment.
    let saved = run_blocking(move || save_listed(file, &listed)).await?;
    for warning in &saved.warnings {
        console.warn(warning);
    }
    say_notes(&channels.items, &saved.channels, console);
    let summary = SavedSummary::of(&saved);
    console.info(format_args!("{}: {}", summary.path, summary.counts()));
    say_idle(&channels.items, &saved.channels, now, console);
    if channels.is_complete() && saved.not_listed > 0 {
        console.info(format_args!(
            "{} of config.toml not in the list; nothing is removed",
            counted(saved.not_listed as u64, "channel")
        ));
    }
    let channels = saved.channels.into_iter().map(SavedJson::from);
    Ok((channels.collect(), summary))
}

/// A channel of the list with its token, if it may be sent to the address of the list.
fn listed(client: &PartnerClient, channel: &PartnerChannel) -> ListedChannel {
    let access = match (&channel.token, client.address_of(channel)) {
        (None, _) => Err("the list has no token of it that can be used".to_owned()),
        (Some(_), Err(error)) => Err(error.to_string()),
        (Some(token), Ok(address)) => Ok(ListedAccess {
            token: token.clone(),
            base_url: Some(address).filter(|address| address != DEFAULT_BASE_URL),
        }),
    };
    ListedChannel {
        id: channel.id().to_owned(),
        name: channel.name.clone(),
        access,
    }
}

/// Says which channels are left out and what was kept, with the reasons.
fn say_notes(channels: &[PartnerChannel], saved: &[SavedChannel], console: Console) {
    for (channel, saved) in channels.iter().zip(saved) {
        let id = channel.id();
        match (&saved.name, &saved.note) {
            (_, None) => {}
            (None, Some(reason)) => {
                console.warn(format_args!("channel `{id}` is left out: {reason}"));
            }
            (Some(name), Some(note)) => {
                console.info(format_args!("channel `{id}` is `{name}`: {note}"));
            }
        }
    }
}

/// Says how many entries are of channels that do not run.
fn say_idle(channels: &[PartnerChannel], saved: &[SavedChannel], now: i64, console: Console) {
    use PartnerChannelState::{Expired, Stopped};

    let both = channels.iter().zip(saved);
    let idle = both.filter(|(channel, saved)| {
        saved.name.is_some() && matches!(channel.state(now), Stopped | Expired)
    });
    let idle = idle.count() as u64;
    if idle > 0 {
        console.info(format_args!(
            "{} among them stopped or expired; an export of one fails until it runs again",
            counted(idle, "channel")
        ));
    }
}

impl SavedSummary {
    fn of(saved: &SavedList) -> Self {
        let count = |action| {
            let channels = saved.channels.iter();
            channels.filter(|channel| channel.action == action).count()
        };
        Self {
            path: saved.path.display().to_string(),
            added: count(Action::Added),
            updated: count(Action::Updated),
            unchanged: count(Action::Unchanged),
            left_out: count(Action::LeftOut),
        }
    }

    /// `3 added, 1 unchanged`.
    fn counts(&self) -> String {
        let counts = [self.added, self.updated, self.unchanged, self.left_out];
        let counts = counts.into_iter().zip(Action::ALL);
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, action)| format!("{count} {}", action.as_str()))
            .collect();
        if counts.is_empty() {
            "nothing to write".to_owned()
        } else {
            counts.join(", ")
        }
    }
}

impl From<SavedChannel> for SavedJson {
    fn from(saved: SavedChannel) -> Self {
        Self {
            name: saved.name.map(|name| name.to_string()),
            action: match saved.action {
                Action::LeftOut => "left-out",
                action => action.as_str(),
            },
            note: saved.note,
        }
    }
}
