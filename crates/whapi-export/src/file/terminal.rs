//! Copies what an exporter wrote to a terminal, escaped.

use std::io::{self, BufRead, Write};

use whapi_text::escape_terminal;

/// Copies text to a terminal, [escaped](escape_terminal) but for line ends and TAB.
///
/// Invalid UTF-8 becomes U+FFFD.
pub(crate) fn show(mut from: impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        let end = [&b"\r\n"[..], b"\n", b""]
            .into_iter()
            .find(|end| line.ends_with(end))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&line[..line.len() - end.len()]);
        let shown: Vec<_> = text.split('\t').map(escape_terminal).collect();
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
    fn escaped_text_keeps_its_lines_and_tabs() {
        check_shown(b"", "");
        check_shown(b"a,b\r\nc\td\n\ne", "a,b\r\nc\td\n\ne");
        check_shown(
            "Ada\u{1b}[2J\rBob\u{202e}\r\n\u{9b}\n\r".as_bytes(),
            "Ada\\u{1b}[2J\\u{d}Bob\\u{202e}\r\n\\u{9b}\n\\u{d}",
        );
        check_shown(b"a\xff\nb", "a\u{fffd}\nb");
    }

    #[test]
    fn noncharacters_are_escaped() {
        check_shown("a\u{fffe}b\n".as_bytes(), "a\\u{fffe}b\n");
    }
}
