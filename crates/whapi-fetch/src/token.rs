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
    /// Checks a token. White space around it, such as a file's last newline, is dropped, and so are
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

    /// `text` without the token, should a gate echo it: as it is, percent-encoded, or in Base64,
    /// alone or behind `Bearer`.
    pub(crate) fn redact(&self, text: &str) -> String {
        let bearer = format!("Bearer {}", self.value);
        let mut forms = vec![self.value.clone()];
        for digits in [b"0123456789ABCDEF", b"0123456789abcdef"] {
            forms.push(percent_encoded(&self.value, digits));
        }
        for tail in [*b"+/", *b"-_"] {
            forms.extend([&bearer, &self.value].map(|text| base64(text, tail)));
        }
        forms
            .iter()
            .fold(text.to_owned(), |text, form| text.replace(form, "[token]"))
    }
}

/// Every byte that is not unreserved in RFC 3986 as `%` and two digits.
fn percent_encoded(text: &str, digits: &[u8; 16]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(digits[usize::from(byte >> 4)]));
            encoded.push(char::from(digits[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Base64 without padding; `tail` is the last two of its 64 characters.
fn base64(text: &str, tail: [u8; 2]) -> String {
    let alphabet: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(tail)
        .collect();
    let mut encoded = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0, |bits, place| {
            bits << 8 | usize::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..=group.len() {
            encoded.push(char::from(alphabet[bits >> (18 - 6 * place) & 63]));
        }
    }
    encoded
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
    fn what_a_gate_may_echo_is_taken_out() {
        let token = Token::new("canary/5Yx+Q9==", "the test").unwrap();
        for echoed in [
            "canary/5Yx+Q9==",
            "canary%2F5Yx%2BQ9%3D%3D",
            "canary%2f5Yx%2bQ9%3d%3d",
            "Y2FuYXJ5LzVZeCtROT09",
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ",
        ] {
            assert_eq!(token.redact(&format!("<{echoed}>")), "<[token]>");
            let twice = format!("{echoed}{echoed}");
            assert_eq!(token.redact(&twice), "[token][token]");
        }
        assert_eq!(token.redact("a canary"), "a canary");
    }

    #[test]
    fn encodings() {
        for (text, standard, for_urls) in [
            ("", "", ""),
            ("f", "Zg", "Zg"),
            ("fo", "Zm8", "Zm8"),
            ("foo", "Zm9v", "Zm9v"),
            ("foob", "Zm9vYg", "Zm9vYg"),
            ("~~~???", "fn5+Pz8/", "fn5-Pz8_"),
        ] {
            assert_eq!(base64(text, *b"+/"), standard);
            assert_eq!(base64(text, *b"-_"), for_urls);
        }
        assert_eq!(
            percent_encoded("aZ9-._~/+= %", b"0123456789ABCDEF"),
            "aZ9-._~%2F%2B%3D%20%25"
        );
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
