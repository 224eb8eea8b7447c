//! Reads the token.

use std::fs;
use std::io;
use std::path::Path;

use whapi_fetch::Token;
use whapi_secret::mode_open_to_others;

use crate::error::CliError;

/// The environment variable for the token file.
const FILE_VARIABLE: &str = "WHAPI_TOKEN_FILE";
/// The environment variable for the token.
const TOKEN_VARIABLE: &str = "WHAPI_TOKEN";
/// No token is longer; a larger file is not a token.
const MOST_BYTES: u64 = 64 << 10;

/// Reads the token from `--token-file`, else `WHAPI_TOKEN_FILE`, else `WHAPI_TOKEN`.
///
/// An empty variable counts as not set.
///
/// # Errors
///
/// For a file that other users can read, because the token opens the whole account, and for a file
/// over 64 KiB. For a path that looks like a token; the message does not repeat it.
pub(super) fn read(token_file: Option<&Path>) -> Result<Token, CliError> {
    if let Some(path) = token_file {
        return from_file(path, "--token-file");
    }
    if let Some(path) = std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty()) {
        return from_file(Path::new(&path), FILE_VARIABLE);
    }
    match std::env::var_os(TOKEN_VARIABLE).filter(|token| !token.is_empty()) {
        Some(token) => {
            // Text that is no Unicode is no token; the error of `Token` does not show it.
            let token = token.to_string_lossy();
            Ok(Token::new(
                token,
                format!("the environment variable {TOKEN_VARIABLE}"),
            )?)
        }
        None => Err(CliError::usage(NO_TOKEN)),
    }
}

const NO_TOKEN: &str = "\
there is no token. Give the channel's token in one of these ways:
  --token-file PATH        a file that holds it; `-` reads it from standard input
  WHAPI_TOKEN_FILE=PATH    the same, from the environment
  WHAPI_TOKEN=…            the token itself, from the environment
Whapi's panel shows the token of each channel. To see how this works without one, use --demo.";

fn from_file(path: &Path, named_by: &str) -> Result<Token, CliError> {
    if whapi_secret::is_secret_not_path(path.as_os_str()) {
        return Err(CliError::usage(format!(
            "{named_by} takes the path of a file, and the value is no file but looks like a token; \
             put the token into a file with mode 600, or into {TOKEN_VARIABLE}"
        )));
    }
    let (read, origin) = if path == Path::new("-") {
        let origin = format!("standard input (by {named_by})");
        (
            whapi_secret::read_bounded(io::stdin().lock(), MOST_BYTES),
            origin,
        )
    } else {
        let origin = format!("the file `{}` (by {named_by})", path.display());
        let file = fs::File::open(path);
        if let Some(problem) = file
            .as_ref()
            .ok()
            .and_then(|file| open_to_others(file, path))
        {
            return Err(CliError::usage(format!("{origin} {problem}")));
        }
        (
            file.and_then(|file| whapi_secret::read_bounded(file, MOST_BYTES)),
            origin,
        )
    };
    let text = read.map_err(|error| {
        CliError::usage(format!("could not read the token from {origin}: {error}"))
    })?;
    Ok(Token::new(String::from_utf8_lossy(&text), origin)?)
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

/// Quotes a path for a shell.
fn in_shell(path: &Path) -> String {
    let path = path.display().to_string();
    let dash = if path.starts_with('-') { "./" } else { "" };
    let unquoted = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    if path.chars().all(unquoted) {
        format!("{dash}{path}")
    } else {
        format!("'{dash}{}'", path.replace('\'', r"'\''"))
    }
}
