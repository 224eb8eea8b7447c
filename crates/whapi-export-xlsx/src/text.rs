//! Texts that fit a cell.

use std::borrow::Cow;

use whapi_text::{is_xml_char, utf16_cut};

/// The most UTF-16 units that Excel takes in a cell.
const MOST_UNITS: usize = 32_767;

/// A text for a cell, and what [`fit`] changed in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fitting<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Characters that a workbook cannot hold were removed or replaced.
    pub(crate) cleaned: bool,
    /// The text was longer than a cell.
    pub(crate) cut: bool,
}

/// Makes a text fit a cell.
///
/// CR and CRLF become LF, Excel's line break in a cell. Characters that XML cannot hold are removed:
/// Excel has an escape for some of them, which most other readers show as it is. A text that is too
/// long is cut between characters.
pub(crate) fn fit(text: &str) -> Fitting<'_> {
    let cleaned = text.contains(|c| c == '\r' || !is_xml_char(c));
    let mut text = if cleaned {
        Cow::Owned(clean(text))
    } else {
        Cow::Borrowed(text)
    };
    let end = utf16_cut(&text, MOST_UNITS);
    if let Some(end) = end {
        match &mut text {
            Cow::Borrowed(text) => *text = &text[..end],
            Cow::Owned(text) => text.truncate(end),
        }
    }
    Fitting {
        text,
        cleaned,
        cut: end.is_some(),
    }
}

fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars() {
        let was_cr = std::mem::replace(&mut after_cr, c == '\r');
        match c {
            '\r' => clean.push('\n'),
            '\n' if was_cr => {}
            c if is_xml_char(c) => clean.push(c),
            _ => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, cleaned: bool, cut: bool) {
        let text_of = expected.into();
        let expected = Fitting {
            text: text_of,
            cleaned,
            cut,
        };
        assert!(fit(text) == expected, "{}", text.escape_debug());
    }

    #[test]
    fn text_that_fits_stays() {
        for text in [
            "",
            " ",
            "\tAda \n",
            "=1+1",
            "_x0041_",
            "<&>\"']]>",
            "\u{7f}\u{80}\u{85}\u{9f}\u{2028}",
            "\u{feff}\u{fffd}\u{1fffe}\u{10ffff}",
        ] {
            check(text, text, false, false);
        }
    }

    #[test]
    fn characters_outside_of_xml_are_removed() {
        for c in ('\0'..' ').filter(|c| !['\t', '\n', '\r'].contains(c)) {
            check(&format!("a{c}b"), "ab", true, false);
            check(&c.to_string(), "", true, false);
        }
        check("a\u{fffe}\u{ffff}b", "ab", true, false);
    }

    #[test]
    fn line_ends_become_lf() {
        check(
            "a\r\nb\rc\nd\n\re\r\r\nf",
            "a\nb\nc\nd\n\ne\n\nf",
            true,
            false,
        );
        check("a\r\0\nb", "a\n\nb", true, false);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let most = "x".repeat(MOST_UNITS);
        check(&most, &most, false, false);
        check(&format!("{most}y"), &most, false, true);
        let wide = "é".repeat(MOST_UNITS);
        check(&wide, &wide, false, false);
        check(&format!("{wide}é"), &wide, false, true);
        // Two units each: the last one would end half-way.
        let pairs = "😀".repeat(MOST_UNITS / 2);
        check(&format!("{pairs}😀"), &pairs, false, true);
        check(&format!("{pairs}x😀"), &format!("{pairs}x"), false, true);
        // Only what stays counts.
        check(&format!("\0{most}"), &most, true, false);
        check(&format!("\0{most}y"), &most, true, true);
    }

    proptest! {
        #[test]
        fn text_that_was_fitted_is_xml_and_fits(text in "(?s:.){0,20}|[\\x00-\\x20\\r\\n]{0,20}") {
            let once = fit(&text);
            prop_assert!(once.text.chars().all(is_xml_char));
            prop_assert_eq!(once.cleaned, once.text != text);
            let twice = fit(&once.text);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(!twice.cleaned && !twice.cut);
        }
    }
}
