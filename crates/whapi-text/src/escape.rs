//! Escaping of untrusted text.

use std::borrow::Cow;

use crate::char_class::{is_hidden, needs_escape};

/// Shows every character that [needs it](needs_escape) as `\u{…}`.
///
/// The result is one line that no terminal obeys or reorders.
///
/// # Examples
///
/// ```
/// use whapi_text::escape_terminal;
///
/// assert_eq!(escape_terminal("Ada\u{1b}[2J\u{202e}"), r"Ada\u{1b}[2J\u{202e}");
/// ```
pub fn escape_terminal(text: &str) -> Cow<'_, str> {
    escape(text, needs_escape, push_code)
}

/// Shows every [hidden](is_hidden) character as `\u{…}`.
///
/// As [`escape_terminal`], but emoji and scripts that join stay whole.
///
/// # Examples
///
/// ```
/// use whapi_text::escape_hidden;
///
/// assert_eq!(escape_hidden("👨\u{200d}👩 a\u{202e}b\nc"), "👨\u{200d}👩 a\\u{202e}b\\u{a}c");
/// ```
pub fn escape_hidden(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden, push_code)
}

/// Escapes markup as entities, and every [hidden](is_hidden) character as `\u{…}`.
///
/// The result is safe as text of an element and as a quoted attribute.
///
/// # Examples
///
/// ```
/// use whapi_text::escape_html;
///
/// assert_eq!(escape_html("<b>\u{202e}"), r"&lt;b&gt;\u{202e}");
/// ```
pub fn escape_html(text: &str) -> Cow<'_, str> {
    let is_markup = |c| matches!(c, '&' | '<' | '>' | '"' | '\'');
    escape(
        text,
        |c| is_markup(c) || is_hidden(c),
        |escaped, c| match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => push_code(escaped, c),
        },
    )
}

fn escape(
    text: &str,
    needs: impl Fn(char) -> bool,
    push_escaped: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    let Some(first) = text.find(&needs) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at(first);
    let mut escaped = String::with_capacity(text.len() + 16);
    escaped.push_str(clean);
    for c in rest.chars() {
        if needs(c) {
            push_escaped(&mut escaped, c);
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

fn push_code(escaped: &mut String, c: char) {
    escaped.extend(c.escape_unicode());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_terminal_obeys_no_character() {
        assert_eq!(
            escape_terminal(
                "a\u{1b}[31m\u{9b}b\u{7}\u{202e}c\u{200b}\u{2028}\u{feff}\r\n\tд😀e\u{301}"
            ),
            "a\\u{1b}[31m\\u{9b}b\\u{7}\\u{202e}c\\u{200b}\\u{2028}\\u{feff}\\u{d}\\u{a}\\u{9}д😀e\u{301}"
        );
        assert_eq!(
            escape_terminal("\u{34f}\u{600}\u{3164}\u{fe0f}\u{1d173}\u{e0001}\u{e0100}"),
            r"\u{34f}\u{600}\u{3164}\u{fe0f}\u{1d173}\u{e0001}\u{e0100}"
        );
    }

    #[test]
    fn hidden_characters_are_shown() {
        let table = [
            ("Familie Möller 👨\u{200d}👩", "Familie Möller 👨\u{200d}👩"),
            ("\u{1b}[31m", r"\u{1b}[31m"),
            ("a\u{2066}b\u{2069}", r"a\u{2066}b\u{2069}"),
            ("\u{3164}\u{feff}\u{e0041}", r"\u{3164}\u{feff}\u{e0041}"),
            ("משפחה", "משפחה"),
        ];
        for (text, expected) in table {
            assert_eq!(escape_hidden(text), expected);
        }
    }

    /// Each of these was in one of the earlier tables and missing in another.
    #[test]
    fn characters_that_single_tables_lacked_are_escaped() {
        for c in ['\u{600}', '\u{13430}', '\u{1343f}', '\u{fffe}', '\u{ffff}'] {
            let (text, expected) = (format!("a{c}"), format!("a{}", c.escape_unicode()));
            assert_eq!(escape_terminal(&text), expected);
            assert_eq!(escape_hidden(&text), expected);
            assert_eq!(escape_html(&text), expected);
        }
    }

    #[test]
    fn markup_becomes_text() {
        let hostile = r#"</bdi><script src='//x'>alert("1")</script>&amp;"#;
        assert_eq!(
            escape_html(hostile),
            "&lt;/bdi&gt;&lt;script src=&#39;//x&#39;&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;"
        );
    }

    #[test]
    fn clean_text_is_borrowed() {
        for escape in [escape_terminal, escape_hidden, escape_html] {
            assert!(matches!(escape("Zoë Müller"), Cow::Borrowed(_)));
        }
    }

    proptest! {
        #[test]
        fn escaped_text_needs_no_escape(text in any::<String>()) {
            prop_assert!(!escape_terminal(&text).contains(needs_escape));
            prop_assert!(!escape_html(&text).contains(|c| is_hidden(c) || "<>\"'".contains(c)));
        }
    }
}
