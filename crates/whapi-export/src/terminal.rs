//! Text by others on its way to a terminal: the one place that decides what happens to it.

use std::io::{self, BufRead, Write};

/// Whether a character could steer a terminal or hide something there: a control (C0, C1, DEL), a
/// line separator, a bidirectional mark or override, or any other format character or character
/// that is drawn as nothing.
///
/// The joiners and variation selectors of emoji count, too: what a terminal makes of them differs.
///
/// # Examples
///
/// ```
/// use whapi_export::terminal::steers;
///
/// assert!(['\u{1b}', '\n', '\u{9b}', '\u{202e}', '\u{200b}'].into_iter().all(steers));
/// assert!(!['a', ' ', 'д', '😀', '\u{301}'].into_iter().any(steers));
/// ```
pub fn steers(c: char) -> bool {
    // Unicode's Cf, Zl, Zp and Default_Ignorable_Code_Point, besides the controls.
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text with every character that [`steers`] shown as `\u{…}`.
///
/// # Examples
///
/// ```
/// use whapi_export::terminal::printable;
///
/// assert_eq!(printable("Ada\u{1b}[2J\u{202e}"), r"Ada\u{1b}[2J\u{202e}");
/// ```
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Copies what an exporter wrote to a terminal: as it is but for what [`steers`], line ends and
/// TAB apart. Bytes that are no text are shown as U+FFFD.
pub(crate) fn show(mut from: impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        let end = [&b"\r\n"[..], b"\n", b""]
            .into_iter()
            .find(|end| line.ends_with(end))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&line[..line.len() - end.len()]);
        let shown: Vec<_> = text.split('\t').map(printable).collect();
        to.write_all(shown.join("\t").as_bytes())?;
        to.write_all(end)?;
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_shown(bytes: &[u8], expected: &str) {
        let mut shown = Vec::new();
        show(bytes, &mut shown).unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[31m\u{9b}b\u{7}\u{202e}c\u{200b}\u{2028}\u{feff}\r\n\tд😀e\u{301}"),
            "a\\u{1b}[31m\\u{9b}b\\u{7}\\u{202e}c\\u{200b}\\u{2028}\\u{feff}\\u{d}\\u{a}\\u{9}д😀e\u{301}"
        );
        assert_eq!(
            printable("\u{34f}\u{600}\u{3164}\u{fe0f}\u{1d173}\u{e0001}\u{e0100}"),
            r"\u{34f}\u{600}\u{3164}\u{fe0f}\u{1d173}\u{e0001}\u{e0100}"
        );
    }

    #[test]
    fn what_is_shown_keeps_its_lines_and_tabs() {
        check_shown(b"", "");
        check_shown(b"a,b\r\nc\td\n\ne", "a,b\r\nc\td\n\ne");
        check_shown(
            "Ada\u{1b}[2J\rBob\u{202e}\r\n\u{9b}\n\r".as_bytes(),
            "Ada\\u{1b}[2J\\u{d}Bob\\u{202e}\r\n\\u{9b}\n\\u{d}",
        );
        check_shown(b"a\xff\nb", "a\u{fffd}\nb");
    }
}
