//! What a person types or pastes for a token.

use whapi_fetch::Token;

/// More digits and nothing else are a phone number.
const FEWEST_DIGITS: usize = 7;

/// A token as it was typed, for a file that keeps it. Implements no `Debug`.
pub(crate) struct Typed {
    pub(crate) text: String,
    pub(crate) token: Token,
}

/// Checks text that should be a token. `origin` is where it is from, for messages.
///
/// # Errors
///
/// A sentence that says what the text is instead, and does not repeat it.
pub(crate) fn check(text: &str, origin: &str) -> Result<Typed, String> {
    let text = text.trim();
    let instead = if text.is_empty() {
        Some("nothing")
    } else if text.contains("://") {
        Some("an address")
    } else if is_phone_number(text) {
        Some("a phone number")
    } else if text.split_whitespace().count() > 1 && !text.starts_with("Bearer ") {
        Some("several words")
    } else {
        None
    };
    if let Some(instead) = instead {
        return Err(format!(
            "this is {instead} and no token; Whapi's panel shows the token of each channel"
        ));
    }
    let token = Token::new(text, origin).map_err(|error| error.to_string())?;
    let text = text.to_owned();
    Ok(Typed { text, token })
}

fn is_phone_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_part = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    digits >= FEWEST_DIGITS && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(text: &str, instead: &str) {
        let expected = format!(
            "this is {instead} and no token; Whapi's panel shows the token of each channel"
        );
        assert_eq!(check(text, "a test").err(), Some(expected));
    }

    #[test]
    fn what_is_clearly_no_token_is_named() {
        for text in ["", " \t\r\n"] {
            check_refused(text, "nothing");
        }
        check_refused("https://panel.whapi.cloud/channels", "an address");
        for text in ["+44 7700 900101", "(07700) 900-101\n", "447700900101"] {
            check_refused(text, "a phone number");
        }
        check_refused("please paste", "several words");
    }

    #[test]
    fn other_text_is_a_token() {
        for text in [" s3cret\r\n", "Bearer s3cret", "canary/5Yx+Q9==", "123456"] {
            let typed = check(text, "a test").ok().unwrap();
            assert_eq!(typed.text, text.trim());
            assert_eq!(typed.token.origin(), "a test");
        }
        assert_eq!(
            check("s\u{1a}cret", "a test").err().unwrap(),
            "the token from a test has white space or a character that no token has"
        );
    }
}
