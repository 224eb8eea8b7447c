//! The token of a channel of the configuration.

use std::path::Path;

use whapi_fetch::Token;

use super::variables::{TOKEN_VARIABLE, variable};
use super::{command, file};
use crate::blocking::run_blocking;
use crate::config::{Channel, TokenPlace};
use crate::error::CliError;

/// Reads the token from where the channel says. Paths are relative to `folder`.
pub(crate) async fn token(channel: &Channel, folder: &Path) -> Result<Token, CliError> {
    let named_by = format!("channel `{}`", channel.name);
    match &channel.token {
        TokenPlace::Command(words) => command::run(words, folder, &named_by).await,
        TokenPlace::File(path) => {
            let path = folder.join(path);
            run_blocking(move || file::from_file(&path, &named_by, TOKEN_VARIABLE)).await
        }
        TokenPlace::Variable(name) => {
            let origin = format!("the environment variable {name} (by {named_by})");
            match variable(name) {
                Some(token) => Ok(Token::new(token.to_string_lossy(), origin)?),
                None => Err(CliError::usage(format!(
                    "{origin} is not set; set it, or choose another channel with --channel"
                ))),
            }
        }
    }
}
