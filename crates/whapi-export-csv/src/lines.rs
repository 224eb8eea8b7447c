//! Lines of CSV, in the quotes of the `csv` crate.

use csv_core::{WriteResult, Writer, WriterBuilder};

use crate::options::Separator;

/// Appends lines to a buffer, a cell at a time: RFC 4180, with a separator and CRLF.
///
/// `csv_core` decides on quotes and writes them. Cells that are known to need none skip it: through
/// it, they take 2.7 times the instructions (`cargo xtask bench instructions`).
#[derive(Debug)]
pub(crate) struct Lines {
    writer: Writer,
    separator: u8,
    /// Where the line starts in the buffer.
    line_start: usize,
}

impl Lines {
    /// Creates a writer of lines with this separator.
    pub(crate) fn new(separator: Separator) -> Self {
        let separator = separator.byte();
        Self {
            writer: WriterBuilder::new().delimiter(separator).build(),
            separator,
            line_start: 0,
        }
    }

    /// Begins a line at the end of the buffer.
    pub(crate) fn begin_line(&mut self, out: &[u8]) {
        self.line_start = out.len();
    }

    /// Appends a cell, in quotes where a reader would take it for more than one without.
    pub(crate) fn cell(&mut self, text: &str, out: &mut Vec<u8>) {
        let start = out.len();
        // Every byte doubled, two quotes, and the separator.
        out.resize(start + 2 * text.len() + 3, 0);
        let (result, _, field) = self.writer.field(text.as_bytes(), &mut out[start..]);
        debug_assert_eq!(result, WriteResult::InputEmpty, "there is room for all");
        let (_, separator) = self.writer.delimiter(&mut out[start + field..]);
        out.truncate(start + field + separator);
    }

    /// Returns a writer of cells that are known to need no quotes, whatever the separator.
    #[inline]
    pub(crate) fn unquoted(&self) -> Unquoted {
        Unquoted(self.separator)
    }

    /// Ends the line, which has a cell at least.
    pub(crate) fn end_line(&mut self, out: &mut Vec<u8>) {
        let last = out.pop();
        debug_assert_eq!(last, Some(self.separator), "a line without a cell");
        if self.line_start == out.len() {
            // Readers skip an empty line; this one is a cell without text.
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends cells without quotes. It has the separator at hand, which a reference to [`Lines`] has not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unquoted(u8);

impl Unquoted {
    /// Appends a cell that is known to need no quotes.
    #[inline]
    pub(crate) fn append(self, text: &str, out: &mut Vec<u8>) {
        debug_assert!(!text.bytes().any(may_need_quotes), "a cell to be quoted");
        // Many cells are empty, and copying nothing takes as long as copying a word.
        if !text.is_empty() {
            out.extend_from_slice(text.as_bytes());
        }
        out.push(self.0);
    }
}

/// Whether a cell with this byte stands in quotes with any of the separators.
pub(crate) const fn may_need_quotes(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'\t' | b'"' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(separator: Separator, lines: &[Vec<&str>]) -> String {
        let (mut writer, mut out) = (Lines::new(separator), Vec::new());
        for line in lines {
            writer.begin_line(&out);
            for cell in line {
                writer.cell(cell, &mut out);
            }
            writer.end_line(&mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(separator: Separator, line: &[&str], expected: &str) {
        assert_eq!(written(separator, &[line.to_vec()]), expected);
    }

    #[test]
    fn quotes_where_they_are_needed() {
        let comma = Separator::Comma;
        check(comma, &["a", "", "b c;d'e\t"], "a,,b c;d'e\t\r\n");
        check(
            comma,
            &["a,b", "a\nb", "a\rb"],
            "\"a,b\",\"a\nb\",\"a\rb\"\r\n",
        );
        check(
            comma,
            &["\"", "a\"b\"\"c"],
            "\"\"\"\",\"a\"\"b\"\"\"\"c\"\r\n",
        );
    }

    #[test]
    fn quotes_follow_the_separator() {
        let cells = ["a,b", "c;d", "e\tf", "g\"h"];
        check(Separator::Comma, &cells, "\"a,b\",c;d,e\tf,\"g\"\"h\"\r\n");
        check(
            Separator::Semicolon,
            &cells,
            "a,b;\"c;d\";e\tf;\"g\"\"h\"\r\n",
        );
        check(Separator::Tab, &cells, "a,b\tc;d\t\"e\tf\"\t\"g\"\"h\"\r\n");
    }

    #[test]
    fn a_lone_empty_cell_is_no_empty_line() {
        let lines = [vec![""], vec!["a"], vec!["", ""]];
        for separator in Separator::ALL {
            let between = char::from(separator.byte());
            let expected = format!("\"\"\r\na\r\n{between}\r\n");
            assert_eq!(written(separator, &lines), expected);
            let (mut lines, mut out) = (Lines::new(separator), Vec::new());
            lines.begin_line(&out);
            lines.unquoted().append("", &mut out);
            lines.end_line(&mut out);
            assert_eq!(out, b"\"\"\r\n");
        }
    }

    #[test]
    fn the_bytes_that_need_quotes_are_those_of_the_csv_crate() {
        let writers = Separator::ALL.map(|separator| Lines::new(separator).writer);
        for byte in 0..=u8::MAX {
            let quoted = writers.iter().any(|writer| writer.should_quote(&[byte]));
            assert_eq!(may_need_quotes(byte), quoted, "{byte}");
        }
    }

    proptest! {
        /// The crate `csv`, by its own writer of whole records, writes the same bytes.
        #[test]
        fn the_csv_crate_agrees(
            lines in prop::collection::vec(
                prop::collection::vec("[a,;\"\r\n\t é]{0,4}", 1..4),
                1..4,
            ),
            separator in prop::sample::select(Separator::ALL.to_vec()),
        ) {
            let mut theirs = csv::WriterBuilder::new()
                .flexible(true)
                .delimiter(separator.byte())
                .terminator(csv::Terminator::CRLF)
                .from_writer(Vec::new());
            for line in &lines {
                theirs.write_record(line).unwrap();
            }
            let lines: Vec<Vec<&str>> = lines
                .iter()
                .map(|line| line.iter().map(String::as_str).collect())
                .collect();
            let theirs = String::from_utf8(theirs.into_inner().unwrap()).unwrap();
            prop_assert_eq!(written(separator, &lines), theirs);
        }
    }
}
