//! Cells: texts by who chose them.

/// The text of a cell, by who chose it. Empty when the contact has no such text.
///
/// An exporter has to decide for each kind how it escapes the text. It matches on all kinds: a new one is
/// a breaking change, so that no exporter takes it for a trusted one.
///
/// # Examples
///
/// ```
/// use whapi_export::fields::Cell;
///
/// assert!(matches!(Cell::trusted("2026-01-01T00:00:00Z"), Cell::Trusted(_)));
/// assert_eq!(Cell::trusted("=1+1"), Cell::Untrusted("=1+1"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "an exporter that does not know a kind could take it for a trusted one"
)]
pub enum Cell<'a> {
    /// A text of the program's own, or of a form that was checked: see [`Cell::trusted`].
    Trusted(TrustedText<'a>),
    /// `+` and 4 to 15 digits: see [`Cell::phone`].
    Phone(TrustedText<'a>),
    /// A text that another person chose, perhaps with harmful intent.
    Untrusted(&'a str),
}

/// A text that needs no escaping in a table. Only [`Cell`]'s constructors make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedText<'a>(pub(super) &'a str);

impl<'a> TrustedText<'a> {
    /// The text.
    #[inline]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl<'a> Cell<'a> {
    /// Creates a cell with a word of the program's own. It is not checked.
    ///
    /// The word must have the form that [`trusted`](Self::trusted) checks.
    #[inline]
    pub const fn word(text: &'static str) -> Self {
        Self::Trusted(TrustedText(text))
    }

    /// Creates a trusted cell, or an untrusted one if the text has another form.
    ///
    /// The form: ASCII letters, digits, spaces and `_ - . : @ + /`, with a letter or a digit at the
    /// start; or a phone number that is written with spaces, with `+` at the start. The empty text
    /// is trusted.
    pub fn trusted(text: &'a str) -> Self {
        let harmless = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b' ' | b'_' | b'-' | b'.' | b':' | b'@' | b'+' | b'/')
        };
        let starts_well = match text.as_bytes() {
            [] => true,
            [b'+', rest @ ..] => {
                rest.contains(&b' ')
                    && rest
                        .iter()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b' ' | b'-' | b'/'))
            }
            [first, ..] => first.is_ascii_alphanumeric(),
        };
        if starts_well && text.bytes().all(harmless) {
            Self::Trusted(TrustedText(text))
        } else {
            Self::Untrusted(text)
        }
    }

    /// Creates a cell with a phone number, or an untrusted one if the text [is none](is_phone).
    ///
    /// ```
    /// use whapi_export::fields::Cell;
    ///
    /// assert!(matches!(Cell::phone("+447700900101"), Cell::Phone(_)));
    /// assert_eq!(Cell::phone("+44 7700"), Cell::Untrusted("+44 7700"));
    /// ```
    pub fn phone(text: &'a str) -> Self {
        if is_phone(text) {
            Self::Phone(TrustedText(text))
        } else {
            Self::Untrusted(text)
        }
    }

    /// The text, trusted or not.
    ///
    /// ```
    /// use whapi_export::fields::Cell;
    ///
    /// assert_eq!(Cell::Untrusted("=1+1").text(), "=1+1");
    /// ```
    pub const fn text(self) -> &'a str {
        match self {
            Self::Trusted(text) | Self::Phone(text) => text.0,
            Self::Untrusted(text) => text,
        }
    }
}

/// Whether a text is `+` and 4 to 15 digits, as a [`Cell::Phone`] holds it.
///
/// ```
/// use whapi_export::fields::is_phone;
///
/// assert!(is_phone("+447700900101"));
/// assert!(!is_phone("+44 7700 900101"));
/// ```
pub fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_trusted_texts() {
        for text in [
            "",
            "private_chat group",
            "2026-01-01T00:00:00Z",
            "447700900101@s.whatsapp.net",
            "+46 70 174 06 05",
            "+1 650-253-0000",
            "+49 1512/3456789",
        ] {
            assert!(matches!(Cell::trusted(text), Cell::Trusted(_)), "{text}");
        }
        for text in [
            "=1+1",
            "+447700900101",
            "-1",
            "@x",
            "+1 =2",
            "a,b",
            "a;b",
            "a\"b",
            "a'b",
            "a\tb",
            " a",
            "é",
            "+ A1",
        ] {
            assert_eq!(Cell::trusted(text), Cell::Untrusted(text));
        }
    }

    #[test]
    fn the_form_of_phone_numbers() {
        for text in ["+1234", "+123456789012345"] {
            assert!(matches!(Cell::phone(text), Cell::Phone(_)), "{text}");
        }
        for text in [
            "",
            "+",
            "+123",
            "+1234567890123456",
            "1234",
            "+12 34",
            "+１２３４",
            "x+1234",
        ] {
            assert_eq!(Cell::phone(text), Cell::Untrusted(text));
        }
    }
}
