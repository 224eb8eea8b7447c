//! `channels list`: the channels of a partner account.

use serde::Serialize;
use time::OffsetDateTime;
use whapi_emulator::Emulator;
use whapi_fetch::whapi_model::Partial;
use whapi_fetch::{
    Client, Error, PartnerChannel, PartnerChannelState, PartnerClient, ScanOptions, Token,
};
use whapi_text::{counted, rfc_3339};

use super::saved::{SavedJson, SavedSummary, save};
use crate::args::PartnerChannelsArgs;
use crate::commands::list::{self, List};
use crate::config::{self, Action, ConfigFile};
use crate::console::Console;
use crate::emulator::{emulated_account, start};
use crate::error::CliError;
use crate::exit;
use crate::runner::{cancellable, run_to_end};
use crate::source::token;
use crate::summary::failure;
use crate::table;

/// The most characters of a name or a mode in the table.
const LONGEST_SHOWN: usize = 60;

#[derive(Serialize)]
struct Channels {
    channels: Vec<Shown>,
    /// Null without `--write-config`.
    config: Option<SavedSummary>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: Option<String>,
    phone: Option<String>,
    project: Option<String>,
    mode: Option<String>,
    state: &'static str,
    /// When it expires, in the format of RFC 3339. Null if that is not known.
    active_till: Option<String>,
    api_url: Option<String>,
    /// Whether the list has a token of it that can be used.
    has_token: bool,
    /// What was done with it in the configuration. Null without `--write-config`.
    config: Option<SavedJson>,
}

pub(super) fn run(args: &PartnerChannelsArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        cancellable(read(args, console)),
        &args.verbosity,
        args.json.then_some(failure),
        console,
    )
}

async fn read(args: &PartnerChannelsArgs, console: Console) -> Result<u8, CliError> {
    let file = if args.write_config {
        let file = ConfigFile::locate(args.config.as_deref());
        Some(file.ok_or_else(config::no_folder)?)
    } else {
        None
    };
    let (client, _demo) = open(args, console).await?;
    let found = client.channels(ScanOptions::default()).await?;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    say_states(&found, now, console);
    let saved = match file {
        Some(file) => Some(save(&client, &found, file, now, console).await?),
        None => None,
    };
    let list = list(found, saved, now);
    Ok(list::print(&list, args.json, console))
}

/// Opens the partner API of the arguments, and the emulated one that must live as long. Sends nothing.
async fn open(
    args: &PartnerChannelsArgs,
    console: Console,
) -> Result<(PartnerClient, Option<Emulator>), CliError> {
    if args.demo {
        let demo = start(emulated_account())?;
        console.info(format_args!(
            "This is a demo: made-up channels from an emulated partner API at {}.",
            demo.base_url()
        ));
        let partner = demo.partner().expect("the account has one");
        let token = Token::new(partner.token(), "the emulated partner API")?;
        let client = client(token, Some(demo.base_url()), args.max_requests)?;
        return Ok((client, Some(demo)));
    }
    let token = token::of_partner(args.partner_token_file.as_deref(), console).await?;
    let client = client(token, args.partner_url.as_deref(), args.max_requests)?;
    Ok((client, None))
}

fn client(
    token: Token,
    url: Option<&str>,
    max_requests: Option<u64>,
) -> Result<PartnerClient, Error> {
    let mut builder = Client::builder(token);
    if let Some(url) = url {
        builder = builder.base_url(url);
    }
    if let Some(most) = max_requests {
        builder = builder.max_requests(most);
    }
    builder.build_partner()
}

/// Says how many channels there are, how many in each state, and what could not be read.
fn say_states(found: &Partial<PartnerChannel>, now: i64, console: Console) {
    let all = found.items.len() as u64;
    if all == 0 {
        if found.is_complete() {
            console.info("This account has no channel.");
        }
        return;
    }
    let states = PartnerChannelState::ALL.iter().filter_map(|state| {
        let channels = found.items.iter();
        let count = channels
            .filter(|channel| channel.state(now) == *state)
            .count();
        (count > 0).then(|| format!("{count} {}", state.as_str()))
    });
    let states: Vec<_> = states.collect();
    console.info(format_args!(
        "{}: {}",
        counted(all, "channel"),
        states.join(", ")
    ));
    let tokenless = found.items.iter().filter(|channel| channel.token.is_none());
    let tokenless = tokenless.count() as u64;
    if tokenless > 0 {
        console.warn(format_args!(
            "the list has no token that can be used for {}",
            counted(tokenless, "channel")
        ));
    }
}

/// The channels for people and for programs.
fn list(
    found: Partial<PartnerChannel>,
    saved: Option<(Vec<SavedJson>, SavedSummary)>,
    now: i64,
) -> List<Channels> {
    let (mut done, config) = match saved {
        Some((channels, summary)) => (channels.into_iter(), Some(summary)),
        None => (Vec::new().into_iter(), None),
    };
    let channels: Vec<_> = found
        .items
        .into_iter()
        .map(|channel| Shown::new(channel, done.next(), now))
        .collect();
    let rows: Vec<_> = channels.iter().map(Shown::cells).collect();
    let table = table::columns(&["STATE", "MODE", "IN CONFIG", "ID", "NAME"], &rows);
    let lacks_some = config.as_ref().is_some_and(|config| config.left_out > 0);
    let mut list = List::new(
        "channels",
        table,
        Channels { channels, config },
        found.missing,
    );
    if lacks_some {
        list.code = exit::INCOMPLETE;
    }
    list
}

impl Shown {
    fn new(channel: PartnerChannel, config: Option<SavedJson>, now: i64) -> Self {
        Self {
            id: channel.id().to_owned(),
            state: channel.state(now).as_str(),
            active_till: channel.active_till.and_then(rfc_3339),
            has_token: channel.token.is_some(),
            name: channel.name,
            phone: channel.phone,
            project: channel.project,
            mode: channel.mode,
            api_url: channel.api_url,
            config,
        }
    }

    fn cells(&self) -> Vec<String> {
        let in_config = self.config.as_ref().map(|config| match &config.name {
            Some(name) => name.clone(),
            None => format!("({})", Action::LeftOut.as_str()),
        });
        vec![
            self.state.to_owned(),
            self.mode.as_deref().map_or(String::new(), cut),
            in_config.unwrap_or_default(),
            self.id.clone(),
            self.name.as_deref().map_or("(no name)".to_owned(), cut),
        ]
    }
}

/// The start of a long text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        let most = "\u{5bb6}".repeat(LONGEST_SHOWN);
        assert_eq!(cut(&most), most);
        assert_eq!(cut(&format!("{most}x")), format!("{most}…"));
    }
}
