//! The token of a partner account.

use std::path::Path;

use whapi_fetch::Token;

use super::variables::{PARTNER_FILE_VARIABLE, PARTNER_TOKEN_VARIABLE, variable};
use super::{Asked, in_file};
use crate::console::Console;
use crate::error::CliError;
use crate::prompt;

const NO_TOKEN: &str = "\
there is no token of a partner account. Give it in one of these ways:
  --partner-token-file PATH        a file that holds it; `-` reads it from standard input
  WHAPI_PARTNER_TOKEN_FILE=PATH    a file that holds it, from the environment
  WHAPI_PARTNER_TOKEN=…            the token itself, from the environment
To see how this works without one, use --demo.";

const ASKED: Asked = Asked {
    question: "Token of the partner account (hidden): ",
    variable: PARTNER_TOKEN_VARIABLE,
};

/// Finds the token: `--partner-token-file`, else `WHAPI_PARTNER_TOKEN_FILE`, else
/// `WHAPI_PARTNER_TOKEN`. An empty variable counts as not set.
pub(crate) async fn of_partner(file: Option<&Path>, console: Console) -> Result<Token, CliError> {
    let can_ask = prompt::is_possible();
    if let Some(path) = file {
        return in_file(path, "--partner-token-file", &ASKED, can_ask, console).await;
    }
    if let Some(path) = variable(PARTNER_FILE_VARIABLE) {
        let path = Path::new(&path);
        return in_file(path, PARTNER_FILE_VARIABLE, &ASKED, can_ask, console).await;
    }
    if let Some(token) = variable(PARTNER_TOKEN_VARIABLE) {
        // Text that is no Unicode is no token; the error of `Token` does not show it.
        let origin = format!("the environment variable {PARTNER_TOKEN_VARIABLE}");
        return Ok(Token::new(token.to_string_lossy(), origin)?);
    }
    Err(CliError::usage(NO_TOKEN))
}
