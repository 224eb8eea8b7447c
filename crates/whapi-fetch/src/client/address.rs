//! The address of an API.

use url::Url;
use whapi_http::is_loopback;

use crate::error::{Error, ErrorKind};
use crate::token::Token;

/// Checks the address of an API for requests with a token. The result ends with a slash.
///
/// # Errors
///
/// See [`ClientBuilder::build`](crate::ClientBuilder::build).
pub(crate) fn checked_address(text: &str, token: &Token) -> Result<Url, Error> {
    let config = |message| Error::new(ErrorKind::Config, message);
    if token.is_in(text) {
        return Err(config(
            "the address of the API holds the token; give the token separately".to_owned(),
        ));
    }
    let mut url = Url::parse(text).map_err(|error| {
        // An invalid address may contain a password, too.
        let shown = if text.contains('@') {
            "the text given".to_owned()
        } else {
            format!("`{text}`")
        };
        config(format!(
            "{shown} is not the address of an API, which starts with https://"
        ))
        .with_source(error)
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        // Not shown, because it contains a secret.
        return Err(config(
            "the address of the API holds a user name or password; give the token separately"
                .to_owned(),
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(config(
            "the address of the API holds a query or a fragment; remove it".to_owned(),
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(config(format!(
                "`{url}` would send the token in clear text; use https, or a loopback address"
            )));
        }
        other => {
            return Err(config(format!(
                "`{other}` is not a supported scheme; use https"
            )));
        }
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}
