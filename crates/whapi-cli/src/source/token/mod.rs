//! The token of the channel or of a partner account: where it may come from, and which place comes
//! first.

mod channel;
mod command;
mod file;
mod partner;
mod variables;

use std::path::Path;

use whapi_fetch::Token;

use crate::args::ApiArgs;
use crate::blocking::run_blocking;
use crate::config::{self, Channel, Config, ConfigFile};
use crate::console::Console;
use crate::error::CliError;
use crate::prompt;

pub(crate) use channel::token as of_channel;
pub(crate) use file::text_of;
pub(crate) use partner::of_partner;
use variables::{BASE_URL_VARIABLE, FILE_VARIABLE, TOKEN_VARIABLE, variable};

const NO_TOKEN: &str = "\
there is no token. Give the channel's token in one of these ways:
  whapi login              asks for it once, and saves it for later runs
  --token-file PATH        a file that holds it; `-` reads it from standard input
  --channel NAME           a channel of your config.toml
  WHAPI_TOKEN_FILE=PATH    a file that holds it, from the environment
  WHAPI_TOKEN=…            the token itself, from the environment
Whapi's panel shows the token of each channel. To see how this works without one, use --demo.";

/// Which token is asked for.
struct Asked {
    question: &'static str,
    /// The environment variable that may hold it.
    variable: &'static str,
}

const OF_CHANNEL: Asked = Asked {
    question: "Token of the channel, from Whapi's panel (hidden; `whapi login` saves it): ",
    variable: TOKEN_VARIABLE,
};

/// The token, and the API that it is for.
pub(super) struct Access {
    pub(super) token: Token,
    pub(super) base_url: String,
    /// The channel of the configuration. `None` if the token is from elsewhere.
    pub(super) channel: Option<String>,
}

/// Finds the token: `--token-file`, else `--channel` or the configuration's default channel, else
/// `WHAPI_TOKEN_FILE`, else `WHAPI_TOKEN`, else by asking on a terminal.
///
/// An empty variable counts as not set.
///
/// The address is that of `--base-url`, else of the channel, else of `WHAPI_BASE_URL`, else the
/// public one. The address of a default channel goes with its token only.
pub(super) async fn find(args: &ApiArgs, console: Console) -> Result<Access, CliError> {
    let named = only_channel(args)?;
    let config = if args.token_file.is_some() && named.is_none() {
        None
    } else {
        read_config(args.config.as_deref()).await?
    };
    let channel = match (named, &config) {
        (None, None) => None,
        (None, Some(config)) => config.default_channel().map(|channel| (config, channel)),
        (Some(name), Some(config)) => Some((config, config.channel(name)?)),
        (Some(_), None) => return Err(config::no_folder()),
    };
    let token = token(args, config.as_ref(), channel, console).await?;
    let base_url = base_url(
        args.base_url.as_deref(),
        channel.map(|(_, channel)| channel),
    )?;
    Ok(Access {
        token,
        base_url,
        channel: channel
            .filter(|_| args.token_file.is_none())
            .map(|(_, channel)| channel.name.to_string()),
    })
}

/// The channel of `--channel`. An error if there are several.
fn only_channel(args: &ApiArgs) -> Result<Option<&str>, CliError> {
    match &args.channels[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err(CliError::usage(
            "this command reads one channel, and --channel names several; run it once for each",
        )),
    }
}

/// Reads the configuration. `None` if there is no folder for it.
pub(crate) async fn read_config(named: Option<&Path>) -> Result<Option<Config>, CliError> {
    match ConfigFile::locate(named) {
        None => Ok(None),
        Some(file) => run_blocking(move || file.read()).await.map(Some),
    }
}

async fn token(
    args: &ApiArgs,
    config: Option<&Config>,
    channel: Option<(&Config, &Channel)>,
    console: Console,
) -> Result<Token, CliError> {
    let can_ask = !args.no_input && prompt::is_possible();
    if let Some(path) = &args.token_file {
        return in_file(path, "--token-file", &OF_CHANNEL, can_ask, console).await;
    }
    if let Some((config, channel)) = channel {
        return channel::token(channel, config.file.folder()).await;
    }
    if let Some(token) = in_environment(can_ask, console).await? {
        return Ok(token);
    }
    if let Some(config) = config.filter(|config| !config.channels.is_empty()) {
        return Err(CliError::usage(format!(
            "there are several channels in `{}`: {}; choose one with --channel, or write `default = \
             true` to one of them",
            config.file.path.display(),
            config.names()
        )));
    }
    if !can_ask {
        return Err(CliError::usage(NO_TOKEN));
    }
    Ok(prompt::ask_for_token(OF_CHANNEL.question, console)
        .await?
        .token)
}

/// Returns the token of `WHAPI_TOKEN_FILE`, else of `WHAPI_TOKEN`. `None` without them.
pub(crate) async fn in_environment(
    can_ask: bool,
    console: Console,
) -> Result<Option<Token>, CliError> {
    if let Some(path) = variable(FILE_VARIABLE) {
        let token = in_file(
            Path::new(&path),
            FILE_VARIABLE,
            &OF_CHANNEL,
            can_ask,
            console,
        )
        .await;
        return token.map(Some);
    }
    let Some(token) = variable(TOKEN_VARIABLE) else {
        return Ok(None);
    };
    // Text that is no Unicode is no token; the error of `Token` does not show it.
    let origin = format!("the environment variable {TOKEN_VARIABLE}");
    Ok(Some(Token::new(token.to_string_lossy(), origin)?))
}

/// Reads the token from a file, or from standard input, on which a person types it hidden.
async fn in_file(
    path: &Path,
    named_by: &'static str,
    asked: &Asked,
    can_ask: bool,
    console: Console,
) -> Result<Token, CliError> {
    if can_ask && path == Path::new("-") {
        return Ok(prompt::ask_for_token(asked.question, console).await?.token);
    }
    let variable = asked.variable;
    let path = path.to_owned();
    run_blocking(move || file::from_file(&path, named_by, variable)).await
}

/// Returns the address: the flag, else the channel's, else the variable's, else the public one.
pub(crate) fn base_url(flag: Option<&str>, channel: Option<&Channel>) -> Result<String, CliError> {
    if let Some(url) = flag.or(channel.and_then(|channel| channel.base_url.as_deref())) {
        return Ok(url.to_owned());
    }
    match variable(BASE_URL_VARIABLE) {
        None => Ok(whapi_fetch::DEFAULT_BASE_URL.to_owned()),
        Some(url) => url
            .into_string()
            .map_err(|_| CliError::usage(format!("{BASE_URL_VARIABLE} is not an address"))),
    }
}
