//! Cleaning and escaping of untrusted text for a card.

use std::borrow::Cow;

use whapi_text::{CharClass, one_line};

/// A part of a text that a card treats in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Characters that stand for themselves; never empty.
    Plain(&'a str),
    /// A character that means something in vCard.
    Special {
        /// The character.
        raw: char,
        /// The same, escaped.
        escaped: &'static str,
    },
    /// A line end of any kind.
    LineEnd,
    /// A control character, which cards leave out.
    Control,
}

/// Splits a text into pieces.
///
/// CRLF, CR, LF, U+0085, U+2028 and U+2029 are line ends. The last three are legal in a card, but
/// readers that split at any line end of Unicode, such as Python's `str.splitlines`, would see lines
/// that untrusted text made. All other controls except TAB are left out, VT and FF included:
/// terminals obey U+009B like ESC.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text }
}

/// The iterator behind [`pieces`].
#[derive(Debug, Clone)]
pub(crate) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let bytes = self.rest.as_bytes();
        let mut plain = 0;
        while let Some(&byte) = bytes.get(plain) {
            if SUSPECT[usize::from(byte)]
                && let Some((piece, length)) = special_piece(&bytes[plain..])
            {
                if plain > 0 {
                    break;
                }
                self.rest = &self.rest[length..];
                return Some(piece);
            }
            plain += 1;
        }
        if plain == 0 {
            return None;
        }
        let (now, later) = self.rest.split_at(plain);
        self.rest = later;
        Some(Piece::Plain(now))
    }
}

/// The first bytes of pieces that are not plain.
const SUSPECT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = matches!(byte, b'\\' | b',' | b';')
            || matches!(
                CharClass::of(byte as char),
                CharClass::Control | CharClass::LineEnd
            );
        byte += 1;
    }
    // The first bytes of C1 controls, and of U+2028 and U+2029.
    table[0xc2] = true;
    table[0xe2] = true;
    table
};

/// The piece at the start of `bytes` and its length; `None` for a plain one.
fn special_piece(bytes: &[u8]) -> Option<(Piece<'static>, usize)> {
    let special = |raw, escaped| Some((Piece::Special { raw, escaped }, 1));
    match bytes {
        [b'\\', ..] => special('\\', "\\\\"),
        [b',', ..] => special(',', "\\,"),
        [b';', ..] => special(';', "\\;"),
        [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => Some((Piece::LineEnd, 2)),
        [b'\r' | b'\n', ..] => Some((Piece::LineEnd, 1)),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some((Piece::LineEnd, 3)),
        [0x00..=0x1f | 0x7f, ..] => Some((Piece::Control, 1)),
        [0xc2, 0x80..=0x9f, ..] => Some((Piece::Control, 2)),
        _ => None,
    }
}

/// A text without controls and not escaped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cleaned<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Whether control characters were left out.
    pub(crate) altered: bool,
}

/// Removes controls and replaces every line end by a space, without escaping.
pub(crate) fn clean(text: &str) -> Cleaned<'_> {
    let touched = |piece| matches!(piece, Piece::LineEnd | Piece::Control);
    if !pieces(text).any(touched) {
        return Cleaned {
            text: Cow::Borrowed(text),
            altered: false,
        };
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut altered = false;
    for piece in pieces(text) {
        match piece {
            Piece::Plain(run) => cleaned.push_str(run),
            Piece::Special { raw, .. } => cleaned.push(raw),
            Piece::LineEnd => cleaned.push(' '),
            Piece::Control => altered = true,
        }
    }
    Cleaned {
        text: Cow::Owned(cleaned),
        altered,
    }
}

/// Cleans a name and puts it on [one line](one_line).
pub(crate) fn clean_name(name: &str) -> Cleaned<'_> {
    if is_clean_by_bytes(name) {
        return Cleaned {
            text: Cow::Borrowed(name),
            altered: false,
        };
    }
    let line = one_line(name);
    let cleaned = clean(&line);
    if !cleaned.altered {
        return Cleaned {
            text: line,
            altered: false,
        };
    }
    // The spaces around a control are side by side now, or at an end.
    let line = one_line(&cleaned.text).into_owned();
    Cleaned {
        text: Cow::Owned(line),
        altered: true,
    }
}

/// Whether the bytes of a name show that it is clean and on one line, as those of nearly all do.
fn is_clean_by_bytes(name: &str) -> bool {
    // As if a space stood before the name.
    let mut before = b' ';
    for &byte in name.as_bytes() {
        if UNCLEAR[usize::from(byte)] && (byte != b' ' || before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' '
}

/// The first bytes of controls and white space.
const UNCLEAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte <= 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xe1] = true;
    table[0xe2] = true;
    table[0xe3] = true;
    table
};

/// Whether Android decodes a cleaned text as quoted-printable when it is the value of an `FN`.
///
/// It does if the bytes 0, 3, 6 and so on of the escaped text are all `=` and its length is not 2
/// modulo 3. One space behind such a text prevents that: then the length is 2 modulo 3, or the space
/// is one of those bytes.
#[cold]
pub(crate) fn is_like_quoted_printable(text: &str) -> bool {
    let mut length = 0_usize;
    for byte in text.bytes() {
        let is_escaped = matches!(byte, b'\\' | b',' | b';');
        let written: &[u8] = if is_escaped { &[b'\\', byte] } else { &[byte] };
        for byte in written {
            if length.is_multiple_of(3) && *byte != b'=' {
                return false;
            }
            length += 1;
        }
    }
    length > 0 && length % 3 != 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_export::whapi_classify::is_blank;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, altered: bool) {
        let cleaned = clean(text);
        assert_eq!(
            (cleaned.text.as_ref(), cleaned.altered),
            (expected, altered)
        );
    }

    #[test]
    fn line_ends_become_spaces_and_controls_are_removed() {
        check("", "", false);
        check("a,b;c\\d\te", "a,b;c\\d\te", false);
        check(
            "a\r\nb\rc\nd\u{85}e\u{2028}f\u{2029}g",
            "a b c d e f g",
            false,
        );
        check("\n\r\r\n", "   ", false);
        check("\0a\u{1b}[31mb\u{7f}", "a[31mb", true);
        check("\u{b}\u{c}\u{1c}\u{1d}\u{1e}", "", true);
        check("a\u{9b}b\u{80}\u{84}\u{86}\u{9f}\u{a0}", "ab\u{a0}", true);
    }

    #[track_caller]
    fn check_name(name: &str, expected: &str, altered: bool) {
        let cleaned = clean_name(name);
        assert_eq!(
            (cleaned.text.as_ref(), cleaned.altered),
            (expected, altered)
        );
    }

    #[test]
    fn names_are_on_one_line_without_controls() {
        check_name("Ada; née, B.", "Ada; née, B.", false);
        check_name(" a\r\n\tb\u{2028}c\u{a0}", "a b c", false);
        check_name("a\u{b}b\u{c}", "a b", false);
        check_name("a\0b", "ab", true);
        check_name("\0 a \u{9b} b \0", "a b", true);
        check_name("a\r\0\nb", "a b", true);
    }

    #[test]
    fn neighbours_of_the_unicode_line_ends_are_plain() {
        for text in [
            "\u{a0}", "\u{bf}", "\u{2027}", "\u{202a}", "\u{2068}", "€", "\u{20a8}",
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), [Piece::Plain(text)]);
        }
    }

    #[test]
    fn pieces_follow_from_the_character_classes() {
        for c in ('\0'..=char::MAX).filter(|c| !"\\,;".contains(*c)) {
            let text = c.to_string();
            let expected = match (CharClass::of(c), c) {
                (CharClass::Control, _) | (CharClass::LineEnd, '\u{b}' | '\u{c}') => Piece::Control,
                (CharClass::LineEnd, _) => Piece::LineEnd,
                _ => Piece::Plain(&text),
            };
            let found: Vec<_> = pieces(&text).collect();
            assert_eq!(found, [expected], "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn clean_text_is_borrowed() {
        assert!(matches!(clean("Ada; née, B.").text, Cow::Borrowed(_)));
    }

    /// Cleaning leaves no card without a name: a display name is never blank, and controls are.
    #[test]
    fn removed_characters_are_blank() {
        for c in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
            assert!(is_blank(&c.to_string()), "U+{:04X}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn a_text_that_shows_something_still_does(text in any::<String>()) {
            prop_assert_eq!(is_blank(&text), is_blank(&clean(&text).text));
            prop_assert_eq!(is_blank(&text), is_blank(&clean_name(&text).text));
        }

        #[test]
        fn a_name_keeps_its_words_without_controls(
            name in "[a \0\u{9b}\u{b}\n\r\u{2028}\u{a0},]{0,8}|(?s:.)*",
        ) {
            let is_control = |c: char| c.is_control() && !c.is_whitespace();
            let kept = name.replace(is_control, "");
            let words: Vec<_> = kept.split_whitespace().collect();
            let cleaned = clean_name(&name);
            prop_assert_eq!(&*cleaned.text, words.join(" "));
            prop_assert_eq!(cleaned.altered, name.contains(is_control));
        }

        #[test]
        fn pieces_are_the_whole_text(text in any::<String>()) {
            let length: usize = pieces(&text)
                .map(|piece| match piece {
                    Piece::Plain(run) => run.chars().count(),
                    _ => 1,
                })
                .sum();
            let crlf = text.matches("\r\n").count();
            prop_assert_eq!(length, text.chars().count() - crlf);
        }
    }
}
