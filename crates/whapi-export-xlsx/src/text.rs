//! What a cell can hold of a text.

use std::borrow::Cow;

use whapi_text::is_xml_char;

/// The most characters that Excel takes in a cell, counted in UTF-16 units as it does.
const MOST_UNITS: usize = 32_767;

/// A text as it goes into a cell, and what was done to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fitting<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Characters that a workbook cannot hold were left out or became others.
    pub(crate) cleaned: bool,
    /// What is beyond a cell's length was left out.
    pub(crate) cut: bool,
}

/// Makes a text fit: CR and CRLF become LF, which is how Excel breaks a line in a cell; characters
/// that XML cannot hold are left out; and what is too long is cut at a character.
///
/// Excel would take some of those characters in an escape of its own, but most other readers show
/// the escape.
pub(crate) fn fit(text: &str) -> Fitting<'_> {
    let cleaned = text.contains(|c| c == '\r' || !is_xml_char(c));
    let mut text = if cleaned {
        Cow::Owned(clean(text))
    } else {
        Cow::Borrowed(text)
    };
    let end = place_to_cut(&text);
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

/// Where a text has to end to fit a cell; `None` when it fits.
fn place_to_cut(text: &str) -> Option<usize> {
    // No character has more units than bytes.
    if text.len() <= MOST_UNITS {
        return None;
    }
    let mut units = 0;
    text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > MOST_UNITS).then_some(at)
    })
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
    fn what_a_cell_can_hold_stays() {
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
    fn what_xml_cannot_hold_is_left_out() {
        for c in ('\0'..' ').filter(|c| !['\t', '\n', '\r'].contains(c)) {
            check(&format!("a{c}b"), "ab", true, false);
            check(&c.to_string(), "", true, false);
        }
        check("a\u{fffe}\u{ffff}b", "ab", true, false);
    }

    #[test]
    fn line_ends_become_excels() {
        check(
            "a\r\nb\rc\nd\n\re\r\r\nf",
            "a\nb\nc\nd\n\ne\n\nf",
            true,
            false,
        );
        check("a\r\0\nb", "a\n\nb", true, false);
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character() {
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
        fn whatever_fits_is_xml_and_fits_again(text in "(?s:.){0,20}|[\\x00-\\x20\\r\\n]{0,20}") {
            let once = fit(&text);
            prop_assert!(once.text.chars().all(is_xml_char));
            prop_assert_eq!(once.cleaned, once.text != text);
            let twice = fit(&once.text);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(!twice.cleaned && !twice.cut);
        }
    }
}
