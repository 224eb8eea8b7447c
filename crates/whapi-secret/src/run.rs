//! Tokens in text that may hold anything.

/// Shorter runs of letters and digits are not taken for a token.
const SHORTEST_RUN: usize = 20;

/// Whether a text holds what looks like a token.
///
/// That is a run of at least 20 ASCII letters and digits with a digit and letters of both cases.
/// Stricter than [`is_secret_not_path`](crate::is_secret_not_path): names, paths, references to
/// entries of a password manager and their ids are no tokens. A message must not repeat such a text.
///
/// # Examples
///
/// ```
/// use whapi_secret::holds_token;
///
/// assert!(holds_token("printf 3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d"));
/// assert!(!holds_token("op://Private/Whapi shop 2026/credential"));
/// assert!(!holds_token("550e8400-e29b-41d4-a716-446655440000"));
/// ```
pub fn holds_token(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let any = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
        run.len() >= SHORTEST_RUN
            && any(u8::is_ascii_digit)
            && any(u8::is_ascii_lowercase)
            && any(u8::is_ascii_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: bool, texts: &[&str]) {
        for text in texts {
            assert_eq!(holds_token(text), expected, "{text}");
        }
    }

    #[test]
    fn tokens() {
        check(
            true,
            &[
                "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d",
                "Bearer 3QeR7vVbq0Wj4nTtZk1L",
                "--token=3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
                "'3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d'",
            ],
        );
    }

    #[test]
    fn other_texts() {
        check(
            false,
            &[
                "",
                "3QeR7vVbq0Wj4nTtZk1",
                "/home/ada/Documents/Whapi-2026/token.txt",
                "wlqrmtzq7xyt3hv5xj4s2n6k4e",
                "WHAPI_TOKEN_SHOP_2026_MAIN_STREET",
                "find-generic-password",
                "AVeryLongNameWithoutAnyDigit",
            ],
        );
    }
}
