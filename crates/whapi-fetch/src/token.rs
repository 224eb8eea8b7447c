//! The channel's token.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// A channel's token and its origin.
///
/// `Debug` shows the place and not the value; there is no `Display`. Only the request's
/// authorization header, marked as sensitive, and [`expose`](Self::expose) ever hold it.
///
/// # Examples
///
/// ```
/// use whapi_fetch::Token;
///
/// let token = Token::new("s3cret\n", "the environment variable WHAPI_TOKEN")?;
/// assert_eq!(format!("{token:?}"), "Token(from the environment variable WHAPI_TOKEN)");
///
/// let error = Token::new("two words", "the file token.txt").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the token from the file token.txt has white space or a character that no token has"
/// );
/// # Ok::<(), whapi_fetch::Error>(())
/// ```
#[derive(Clone)]
pub struct Token {
    value: String,
    origin: String,
}

impl Token {
    /// Checks a token.
    ///
    /// White space around it, such as a file's last newline, is dropped, and so are
    /// a byte order mark and the word `Bearer` in front of it. `origin` is the place it was read
    /// from, for error messages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when nothing is left, or when a character is left that cannot stand
    /// in a header or is white space. The message never shows the value.
    pub fn new(value: impl AsRef<str>, origin: impl Into<String>) -> Result<Self, Error> {
        let value = value.as_ref().trim_start_matches('\u{feff}').trim();
        let value = value.strip_prefix("Bearer ").unwrap_or(value).trim_start();
        let origin = origin.into();
        if value.is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the token from {origin} is empty"),
            ));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the token from {origin} has white space or a character that no token has"),
            ));
        }
        Ok(Self {
            value: value.to_owned(),
            origin,
        })
    }

    /// Returns the place where the token was read.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the token itself, to save it where only its owner can read it.
    ///
    /// ```
    /// let token = whapi_fetch::Token::new("s3cret\n", "the example")?;
    /// assert_eq!(token.expose(), "s3cret");
    /// # Ok::<(), whapi_fetch::Error>(())
    /// ```
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// The bytes that it takes on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.value.len() + self.origin.len()
    }

    pub(crate) fn authorization(&self) -> reqwest::header::HeaderValue {
        let mut value = reqwest::header::HeaderValue::from_str(&format!("Bearer {}", self.value))
            .expect("a token is checked to be visible ASCII");
        value.set_sensitive(true);
        value
    }

    /// Quotes a text of the API for a message, without the token in any
    /// [encoding](whapi_secret::redact()).
    pub(crate) fn quote(&self, said: &str) -> String {
        whapi_secret::quote(said, &[&self.value])
    }

    /// Replaces the token in a text, in any [encoding](whapi_secret::redact()).
    pub(crate) fn redact(&self, text: &str) -> String {
        whapi_secret::redact(text, &self.value)
    }

    /// Whether a text holds the token in any [encoding](whapi_secret::redact()).
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.redact(text) != text
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(from {})", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_api_may_echo_is_taken_out() {
        let token = Token::new("canary/5Yx+Q9==", "the test").unwrap();
        for echoed in [
            "canary/5Yx+Q9==",
            "canary%2F5Yx%2BQ9%3D%3D",
            "canary%2f5Yx%2bQ9%3d%3d",
            "Y2FuYXJ5LzVZeCtROT09",
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ",
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ==",
            "c%61nary%2F5Yx%2bQ9==",
            r"c\u0061nary\/5Yx\u002BQ9==",
            // `{"token":"canary/5Yx+Q9=="}`
            "eyJ0b2tlbiI6ImNhbmFyeS81WXgrUTk9PSJ9",
        ] {
            assert_eq!(token.quote(&format!("<{echoed}>")), "<[token]>");
            let twice = format!("{echoed} {echoed}");
            assert_eq!(token.quote(&twice), "[token] [token]");
        }
        assert_eq!(token.quote("a canary"), "a canary");
    }

    #[test]
    fn what_people_paste_around_a_token_is_dropped() {
        for text in [
            "s3cret",
            " s3cret\r\n",
            "\u{feff}s3cret\n",
            "Bearer s3cret",
            "\u{feff} Bearer  s3cret ",
        ] {
            let token = Token::new(text, "a test").unwrap();
            assert_eq!(token.authorization(), "Bearer s3cret", "{text:?}");
        }
    }
}
