//! Asks for the token on the terminal.

#[cfg(unix)]
mod echo;
mod typed;

use std::io::{self, IsTerminal};

use crate::blocking::run_blocking;
use crate::console::Console;
use crate::error::CliError;

pub(crate) use typed::{Typed, check};

/// How often it asks.
const TRIES: u32 = 3;

/// Whether there is a person to ask: standard input and standard error are terminals.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for the token, at most three times, and reads it without echo.
///
/// When the caller is cancelled, the terminal is as it was before.
///
/// # Errors
///
/// After three answers that are no token, and at the end of input.
pub(crate) async fn ask_for_token(question: &str, console: Console) -> Result<Typed, CliError> {
    for _ in 0..TRIES {
        let line = hidden_line(question, console).await.map_err(|error| {
            CliError::usage(format!(
                "could not read the token from the terminal: {error}"
            ))
        })?;
        let Some(line) = line else { break };
        match check(&line, "the terminal") {
            Ok(typed) => return Ok(typed),
            Err(problem) => console.warn(problem),
        }
    }
    Err(CliError::usage(
        "no token was typed; copy the channel's token from Whapi's panel, and run this again",
    ))
}

/// Asks, and reads a line that the terminal does not show. `None` at the end of input.
#[cfg(unix)]
async fn hidden_line(question: &str, console: Console) -> io::Result<Option<String>> {
    // What was typed before the question is dropped.
    let hidden = echo::Hidden::start()?;
    console.ask(question);
    let line = run_blocking(read_line).await;
    drop(hidden);
    line
}

/// Reads a line of at most 64 KiB. `None` at the end of input.
#[cfg(unix)]
fn read_line() -> io::Result<Option<String>> {
    use std::io::{BufRead, Read};

    let mut line = Vec::new();
    let read = io::stdin()
        .lock()
        .take(64 << 10)
        .read_until(b'\n', &mut line)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

/// Asks, and reads a line that the console does not show.
#[cfg(windows)]
async fn hidden_line(question: &str, console: Console) -> io::Result<Option<String>> {
    console.ask(question);
    run_blocking(|| ::console::Term::stderr().read_secure_line().map(Some)).await
}
