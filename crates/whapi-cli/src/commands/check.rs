//! `check`: shows the state of the channel.

use serde::Serialize;
use whapi_fetch::{ChannelLimits, ChannelState, Client, DEFAULT_CONCURRENCY, Error, ErrorKind};
use whapi_text::{counted, escape_terminal, grouped};

use crate::args::CheckArgs;
use crate::console::{self, Console};
use crate::error::CliError;
use crate::exit;
use crate::runner::{cancellable, print_result, run_to_end};
use crate::source::open_api;
use crate::summary::{ErrorJson, failure, phone_of};

/// The result, which is also the JSON.
#[derive(Debug, Serialize)]
struct Check {
    schema: u32,
    outcome: &'static str,
    exit_code: u8,
    /// The channel of the configuration. Null if the token is from elsewhere.
    channel: Option<String>,
    state: &'static str,
    /// The account itself: its number with `+`, or another id. Null if the API does not say.
    account: Option<String>,
    /// The number of contacts. Null if the channel is not ready or the API does not say.
    contacts: Option<u64>,
    /// What a trial has left. Null for a channel without limits, and if they are unknown.
    limits: Option<Limits>,
    /// Whether the channel has limits. Null if that is unknown.
    is_limited: Option<bool>,
    error: Option<ErrorJson>,
}

#[derive(Debug, Serialize)]
struct Limits {
    requests: Option<u64>,
    messages: Option<u64>,
    checks: Option<u64>,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &CheckArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        cancellable(check(args, console)),
        &args.verbosity,
        args.json.then_some(failure),
        console,
    )
}

async fn check(args: &CheckArgs, console: Console) -> Result<u8, CliError> {
    let api = open_api(&args.api, DEFAULT_CONCURRENCY, console).await?;
    api.announce_demo(console);
    let found = ask(&api.client, api.channel.clone(), console).await?;
    if let Some(error) = &found.error {
        console.error(&error.message);
    }
    let text = if args.json {
        console::json(&found)
    } else {
        found.to_text()
    };
    Ok(print_result(&text, found.exit_code, console))
}

/// Asks for the state, and of a channel that is ready for the number of contacts and the limits:
/// three requests.
async fn ask(
    client: &Client,
    channel: Option<String>,
    console: Console,
) -> Result<Check, CliError> {
    let info = client.channel().await?;
    let mut check = Check {
        schema: 1,
        outcome: "complete",
        exit_code: exit::COMPLETE,
        channel,
        state: state_name(&info.state),
        account: info.account.as_ref().map(phone_of),
        contacts: None,
        limits: None,
        is_limited: None,
        error: None,
    };
    let problem = match info.state {
        ChannelState::Starting => Some(Error::new(
            ErrorKind::Channel,
            "the channel is still starting; try again in a minute",
        )),
        state => state.error(),
    };
    if let Some(problem) = problem {
        let problem = CliError::from(problem);
        check.outcome = "failed";
        check.exit_code = problem.code;
        check.error = ErrorJson::of(&problem);
        return Ok(check);
    }
    let (contacts, limits) = tokio::join!(client.contacts(0, 1), client.limits());
    check.contacts = contacts?.total;
    match limits {
        Ok(limits) => {
            check.is_limited = Some(limits.is_some());
            check.limits = limits.map(Limits::from);
        }
        Err(error) if error.kind() == ErrorKind::RequestLimit => return Err(error.into()),
        Err(error) => console.warn(format_args!(
            "the limits of the channel are unknown: {error}"
        )),
    }
    Ok(check)
}

impl From<ChannelLimits> for Limits {
    fn from(limits: ChannelLimits) -> Self {
        Self {
            requests: limits.requests,
            messages: limits.messages,
            checks: limits.checks,
        }
    }
}

/// The stable name of a state.
fn state_name(state: &ChannelState) -> &'static str {
    match state {
        ChannelState::Ready => "ready",
        ChannelState::Starting => "starting",
        ChannelState::NeedsLink => "needs-link",
        ChannelState::Stopped => "stopped",
        ChannelState::OutOfSync => "out-of-sync",
        ChannelState::Failed => "failed",
        _ => "unknown",
    }
}

impl Check {
    /// A line for each fact that is known.
    fn to_text(&self) -> String {
        let mut lines = Vec::new();
        let mut add = |name: &str, value: String| lines.push(format!("{name:<10}{value}"));
        if let Some(channel) = &self.channel {
            add("channel", channel.clone());
        }
        add("state", self.state.replace('-', " "));
        if let Some(account) = &self.account {
            add("account", escape_terminal(account).into_owned());
        }
        if let Some(contacts) = self.contacts {
            add("contacts", grouped(contacts));
        }
        match (&self.limits, self.is_limited) {
            (Some(limits), _) => add("trial", limits.to_text()),
            (None, Some(false)) => add("limits", "none".to_owned()),
            (None, _) => {}
        }
        lines.join("\n")
    }
}

impl Limits {
    fn to_text(&self) -> String {
        let parts = [
            (self.requests, "request"),
            (self.messages, "message"),
            (self.checks, "number check"),
        ];
        let parts = parts.map(|(left, noun)| left.map(|left| counted(left, noun)));
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        format!("{} left", parts.join(", "))
    }
}
