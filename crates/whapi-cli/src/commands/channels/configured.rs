//! `channels`: lists what is configured. Sends no request and reads no token.

use serde::Serialize;

use crate::args::ConfiguredChannelsArgs;
use crate::commands::list::{self, List};
use crate::config::{self, Channel, Config, TokenPlace};
use crate::console::Console;
use crate::error::CliError;
use crate::runner::{cancellable, run_to_end};
use crate::source::token;
use crate::summary::failure;
use crate::table;

#[derive(Serialize)]
struct Channels {
    /// The file of the configuration.
    config: String,
    channels: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    /// Whether commands use it without `--channel`.
    default: bool,
    tags: Vec<String>,
    token: Place,
    /// Null for the public address.
    base_url: Option<String>,
    /// The id at Whapi. Null if it is not known.
    id: Option<String>,
}

/// Where a token is.
#[derive(Serialize)]
struct Place {
    /// `file`, `command` or `variable`.
    kind: &'static str,
    /// The path, the program without its arguments, or the name of the variable.
    place: String,
}

pub(super) fn run(args: &ConfiguredChannelsArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        cancellable(show(args, console)),
        &args.verbosity,
        args.json.then_some(failure),
        console,
    )
}

async fn show(args: &ConfiguredChannelsArgs, console: Console) -> Result<u8, CliError> {
    let config = token::read_config(args.config.as_deref()).await?;
    let config = config.ok_or_else(config::no_folder)?;
    let path = config.file.path.display();
    if config.channels.is_empty() {
        console.info(format_args!(
            "There is no channel in {path}. Add one with `whapi login`, or those of a partner account \
             with `whapi channels list --write-config`."
        ));
    }
    let channels: Vec<_> = config
        .channels
        .iter()
        .map(|one| shown(&config, one))
        .collect();
    let rows: Vec<_> = channels.iter().map(Shown::cells).collect();
    let list = List::new(
        "channels",
        table::columns(&["NAME", "DEFAULT", "TAGS", "TOKEN", "ADDRESS"], &rows),
        Channels {
            config: path.to_string(),
            channels,
        },
        Vec::new(),
    );
    Ok(list::print(&list, args.json, console))
}

fn shown(config: &Config, channel: &Channel) -> Shown {
    let default = config.default_channel();
    let public = |url: &&String| url.trim_end_matches('/') == whapi_fetch::DEFAULT_BASE_URL;
    Shown {
        name: channel.name.to_string(),
        default: default.is_some_and(|default| default.name == channel.name),
        tags: channel.tags.clone(),
        token: Place::of(&channel.token),
        base_url: channel
            .base_url
            .as_ref()
            .filter(|url| !public(url))
            .cloned(),
        id: channel.id.clone(),
    }
}

impl Place {
    fn of(token: &TokenPlace) -> Self {
        let (kind, place) = match token {
            TokenPlace::File(path) => ("file", path.display().to_string()),
            // Its arguments may be private.
            TokenPlace::Command(words) => ("command", words[0].clone()),
            TokenPlace::Variable(name) => ("variable", name.clone()),
        };
        Self { kind, place }
    }
}

impl Shown {
    fn cells(&self) -> Vec<String> {
        let default = if self.default { "default" } else { "" };
        vec![
            self.name.clone(),
            default.to_owned(),
            self.tags.join(", "),
            format!("{} {}", self.token.kind, self.token.place),
            self.base_url.clone().unwrap_or_default(),
        ]
    }
}
