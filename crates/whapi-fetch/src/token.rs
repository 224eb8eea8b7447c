//! The channel's token, which never prints.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// A channel's token, and where it came from.
///
/// `Debug` shows the place and not the value; there is no `Display`. Only the request's
/// authorization header, marked as sensitive, ever holds it.
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
    /// Checks a token. White space around it, such as a file's last newline, is dropped. `origin`
    /// is the place it was read from, for error messages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when nothing is left, or when a character is left that cannot stand
    /// in a header or is white space. The message never shows the value.
    pub fn new(value: impl AsRef<str>, origin: impl Into<String>) -> Result<Self, Error> {
        let value = value.as_ref().trim();
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

    /// Where the token was read from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn authorization(&self) -> reqwest::header::HeaderValue {
        let mut value = reqwest::header::HeaderValue::from_str(&format!("Bearer {}", self.value))
            .expect("a token is checked to be visible ASCII");
        value.set_sensitive(true);
        value
    }

    /// `text` without the token, should a gate echo it.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(&self.value, "[token]")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(from {})", self.origin)
    }
}
