//! The token in a file, or on standard input.

use std::fs;
use std::io;
use std::path::Path;

use whapi_fetch::Token;
use whapi_secret::mode_open_to_others;

use crate::error::CliError;
use crate::shell::in_shell;

/// No token is longer.
pub(super) const MOST_BYTES: u64 = 64 << 10;

/// Reads the token from a file; `-` is standard input. `named_by` is where the path is from, and
/// `variable` the environment variable that may hold the token itself, for messages.
///
/// # Errors
///
/// For a file that other users can read, because the token opens the whole account, and for a file
/// over 64 KiB. For a path that looks like a token; the message does not repeat it.
pub(super) fn from_file(path: &Path, named_by: &str, variable: &str) -> Result<Token, CliError> {
    if whapi_secret::is_secret_not_path(path.as_os_str()) {
        return Err(CliError::usage(format!(
            "{named_by} takes the path of a file, and the value is no file but looks like a token; \
             put the token into a file with mode 600, or into {variable}"
        )));
    }
    if path == Path::new("-") {
        return read(
            io::stdin().lock(),
            &format!("standard input (by {named_by})"),
        );
    }
    let origin = format!("the file `{}` (by {named_by})", path.display());
    let file = fs::File::open(path).map_err(|error| unreadable(&origin, &error))?;
    if let Some(problem) = open_to_others(&file, path) {
        return Err(CliError::usage(format!("{origin} {problem}")));
    }
    read(file, &origin)
}

fn read(reader: impl io::Read, origin: &str) -> Result<Token, CliError> {
    Ok(Token::new(text_of(reader, origin)?, origin)?)
}

/// Reads text that should be a token, at most 64 KiB.
pub(crate) fn text_of(reader: impl io::Read, origin: &str) -> Result<String, CliError> {
    let text = whapi_secret::read_bounded(reader, MOST_BYTES)
        .map_err(|error| unreadable(origin, &error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn unreadable(origin: &str, error: &io::Error) -> CliError {
    CliError::usage(format!("could not read the token from {origin}: {error}"))
}

/// Returns the problem of a file that its group or all users can read.
fn open_to_others(file: &fs::File, path: &Path) -> Option<String> {
    // An error here returns when the file is read.
    let mode = mode_open_to_others(&file.metadata().ok()?)?;
    Some(format!(
        "is open to other users (mode {mode:03o}), and it holds the token; close it with: chmod 600 {}",
        in_shell(path)
    ))
}
