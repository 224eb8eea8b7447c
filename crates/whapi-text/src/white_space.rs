//! White space in text for one line.

use std::borrow::Cow;

/// Puts a text on one line: each run of white space becomes one space, and none stays at the ends.
///
/// White space is Unicode's, all [line ends](crate::is_line_end) included. The text is borrowed if it
/// is such a line already.
///
/// # Examples
///
/// ```
/// use whapi_text::one_line;
///
/// assert_eq!(one_line(" Ada\r\n  Example\u{a0}"), "Ada Example");
/// assert_eq!(one_line("\n\t"), "");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    if is_one_line(text) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Cow::Owned(line)
}

/// Returns whether a text has no other white space than single spaces between words.
fn is_one_line(text: &str) -> bool {
    // As if a space stood before the text.
    let mut after_space = true;
    for c in text.chars() {
        let is_space = c.is_whitespace();
        if is_space && (after_space || c != ' ') {
            return false;
        }
        after_space = is_space;
    }
    !after_space || text.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::is_line_end;

    #[test]
    fn white_space_becomes_single_spaces() {
        for (text, expected) in [
            ("  Ada  Beispiel ", "Ada Beispiel"),
            ("Ada\r\nBeispiel\n", "Ada Beispiel"),
            ("\tAda\u{2028}\u{a0}Beispiel", "Ada Beispiel"),
            ("Ada\u{3000}B", "Ada B"),
            ("Ada\u{85}\u{b}\u{c}B", "Ada B"),
            ("\u{200b} Ada ", "\u{200b} Ada"),
            ("Ada ", "Ada"),
            (" ", ""),
            ("\u{2029}\u{1680}", ""),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_is_borrowed() {
        for text in ["", "Ada", "Ada Beispiel", "é x 語", "a\u{200b}\u{1c}b"] {
            assert!(
                matches!(one_line(text), Cow::Borrowed(line) if line == text),
                "{text:?}"
            );
        }
    }

    #[test]
    fn every_line_end_becomes_a_space() {
        for c in ('\0'..=char::MAX).filter(|c| is_line_end(*c)) {
            assert_eq!(one_line(&format!("a{c}b")), "a b", "U+{:04X}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn only_white_space_makes_the_difference(
            text in "[a \\n\r\t\u{a0}\u{2028}\u{85}\u{3000}]{0,8}|(?s:.)*",
        ) {
            let line = one_line(&text);
            prop_assert!(!line.contains("  "));
            prop_assert!(!line.contains(|c: char| c.is_whitespace() && c != ' '));
            prop_assert_eq!(line.trim(), &*line);
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(line.split_whitespace().collect::<Vec<_>>(), words);
            let again = one_line(&line);
            prop_assert!(matches!(again, Cow::Borrowed(_)));
        }
    }
}
