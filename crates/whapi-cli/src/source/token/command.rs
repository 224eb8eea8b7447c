//! The token that a command prints.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use whapi_fetch::Token;

use super::file::MOST_BYTES;
use super::variables::{PARTNER_TOKEN_VARIABLE, TOKEN_VARIABLE};
use crate::error::CliError;

/// Runs a program without a shell. Its standard output is the token.
///
/// It shares the terminal, so that it can ask for a passphrase. Where standard error is no terminal,
/// what the program says there is dropped, because logs must not hold the token. A program that is
/// still running when the caller is cancelled is killed.
///
/// # Errors
///
/// If it cannot be started, fails, or prints no token. The message names the program and never its
/// output or its arguments.
pub(super) async fn run(
    words: &[String],
    folder: &Path,
    named_by: &str,
) -> Result<Token, CliError> {
    let (program, arguments) = words.split_first().expect("the configuration was checked");
    let origin = format!("the command `{program}` (by {named_by})");
    let failed = |what: &str| CliError::usage(format!("{origin} {what}"));
    let stderr = if io::stderr().is_terminal() {
        Stdio::inherit()
    } else {
        Stdio::null()
    };
    let mut child = Command::new(located(program, folder))
        .args(arguments)
        // It may keep the token of one channel, and need not get that of another.
        .env_remove(TOKEN_VARIABLE)
        .env_remove(PARTNER_TOKEN_VARIABLE)
        .stdout(Stdio::piped())
        .stderr(stderr)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&format!("could not be started: {error}")))?;
    let mut printed = Vec::new();
    let stdout = child.stdout.take().expect("it is a pipe");
    let read = stdout.take(MOST_BYTES + 1).read_to_end(&mut printed).await;
    read.map_err(|error| failed(&format!("could not be read: {error}")))?;
    if printed.len() as u64 > MOST_BYTES {
        return Err(failed("printed more than 64 KiB, which is no token"));
    }
    let status = child.wait().await;
    let status = status.map_err(|error| failed(&format!("could not be waited for: {error}")))?;
    if !status.success() {
        return Err(failed(&format!(
            "failed ({status}); run it in a shell to see why, because its output is not shown here"
        )));
    }
    Ok(Token::new(String::from_utf8_lossy(&printed), origin)?)
}

/// A program with a folder in its name is relative to that of the configuration; others are searched
/// for by `PATH`.
fn located(program: &str, folder: &Path) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() > 1 {
        folder.join(path)
    } else {
        path.to_owned()
    }
}
