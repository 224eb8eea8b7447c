//! `login` at a channel: checks its token, and saves it.

use std::io::{self, IsTerminal};

use whapi_fetch::{ChannelState, Client, DEFAULT_BASE_URL};
use whapi_text::counted;

use crate::args::ChannelLoginArgs;
use crate::blocking::run_blocking;
use crate::config::{self, ChannelName, ConfigFile};
use crate::console::Console;
use crate::error::CliError;
use crate::exit;
use crate::prompt::{self, Typed};
use crate::runner::{cancellable, run_to_end};
use crate::source::token;
use crate::summary::phone_of;

const QUESTION: &str = "Token of the channel, from Whapi's panel (hidden): ";

const TERMINAL_ONLY: &str = "standard input is a terminal, and --no-input never asks; pass the token on \
                             standard input, such as by: whapi login --no-input < FILE";

/// Logs in and returns the exit code.
pub(super) fn run(args: &ChannelLoginArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    let run = cancellable(login(args, console));
    run_to_end(run, &args.verbosity, None, console)
}

async fn login(args: &ChannelLoginArgs, console: Console) -> Result<u8, CliError> {
    let name = ChannelName::from_flag(&args.name.channel)?;
    let file = ConfigFile::locate(args.name.config.as_deref()).ok_or_else(config::no_folder)?;
    let base_url = {
        let file = file.clone();
        let config = run_blocking(|| file.read_if_there()).await?;
        config::check_of_login(&config, &name)?;
        token::base_url(args.base_url.as_deref(), config.find(&name))?
    };
    let Typed { text, token } = typed(args.no_input, console).await?;
    let client = Client::builder(token).base_url(base_url).build()?;
    let checked = check(&client).await.map_err(|error| CliError {
        message: format!("{}; nothing was saved", error.message),
        ..error
    })?;
    let base_url =
        Some(client.base_url().trim_end_matches('/')).filter(|url| *url != DEFAULT_BASE_URL);
    let saved = config::save(file, &name, &text, base_url)?;
    for warning in &saved.warnings {
        console.warn(warning);
    }
    match checked.problem {
        None => console.info(checked.describe()),
        Some(problem) => console.warn(format_args!("{problem}; the token is saved all the same")),
    }
    console.info(format_args!(
        "The token is saved in {}, and the channel `{name}` in {}.",
        saved.token_file.display(),
        saved.config.file.path.display()
    ));
    let default = saved.config.default_channel();
    if default.is_some_and(|channel| channel.name == name) {
        console.info("`export` and the other commands use it.");
    } else {
        console.info(format_args!(
            "`export` and the other commands use it with --channel {name}."
        ));
    }
    Ok(exit::COMPLETE)
}

/// Asks for the token on a terminal, and else reads standard input.
async fn typed(no_input: bool, console: Console) -> Result<Typed, CliError> {
    if io::stdin().is_terminal() {
        if no_input {
            return Err(CliError::usage(TERMINAL_ONLY));
        }
        return prompt::ask_for_token(QUESTION, console).await;
    }
    let origin = "standard input";
    let text = run_blocking(move || token::text_of(io::stdin().lock(), origin)).await?;
    prompt::check(&text, origin).map_err(CliError::usage)
}

/// What the API says about a token that it knows.
struct Checked {
    phone: Option<String>,
    contacts: Option<u64>,
    /// Why the channel is not ready.
    problem: Option<String>,
}

impl Checked {
    fn describe(&self) -> String {
        let phone = self
            .phone
            .as_ref()
            .map_or(String::new(), |phone| format!(": {phone}"));
        let contacts = self.contacts.map_or(String::new(), |contacts| {
            format!(", with {}", counted(contacts, "contact"))
        });
        format!("The channel is ready{phone}{contacts}.")
    }
}

/// Checks a token by the channel's state and, unless the channel is not ready, by a page of one
/// contact.
///
/// # Errors
///
/// If the API does not know the token, or cannot be asked.
async fn check(client: &Client) -> Result<Checked, CliError> {
    let channel = client.channel().await?;
    let problem = match (&channel.state, channel.state.error()) {
        (_, Some(error)) => Some(error.to_string()),
        (ChannelState::Starting, None) => Some("the channel is still starting".to_owned()),
        (_, None) => None,
    };
    let contacts = match problem {
        Some(_) => None,
        None => client.contacts(0, 1).await?.total,
    };
    Ok(Checked {
        phone: channel.account.as_ref().map(phone_of),
        contacts,
        problem,
    })
}
