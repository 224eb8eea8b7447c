//! Lines of CSV, in the quotes of the `csv` crate.

use csv_core::{WriteResult, Writer};

/// Appends lines to a buffer, a cell at a time: RFC 4180, with a comma and CRLF.
///
/// `csv_core` decides on quotes and writes them. Cells that are known to need none skip it: through
/// it, they take 2.7 times the instructions (`cargo xtask bench instructions`).
#[derive(Debug, Default)]
pub(crate) struct Lines {
    writer: Writer,
    /// Where the line starts in the buffer.
    line_start: usize,
}

impl Lines {
    /// Begins a line at the end of the buffer.
    pub(crate) fn begin_line(&mut self, out: &[u8]) {
        self.line_start = out.len();
    }

    /// Appends a cell, in quotes where a reader would take it for more than one without.
    pub(crate) fn cell(&mut self, text: &str, out: &mut Vec<u8>) {
        let start = out.len();
        // Every byte doubled, two quotes, and the comma.
        out.resize(start + 2 * text.len() + 3, 0);
        let (result, _, field) = self.writer.field(text.as_bytes(), &mut out[start..]);
        debug_assert_eq!(result, WriteResult::InputEmpty, "there is room for all");
        let (_, comma) = self.writer.delimiter(&mut out[start + field..]);
        out.truncate(start + field + comma);
    }

    /// Appends a cell that is known to need no quotes.
    #[inline]
    pub(crate) fn unquoted(text: &str, out: &mut Vec<u8>) {
        debug_assert!(!text.bytes().any(needs_quotes), "a cell to be quoted");
        // Many cells are empty, and copying nothing takes as long as copying a word.
        if !text.is_empty() {
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b',');
    }

    /// Ends the line, which has a cell at least.
    pub(crate) fn end_line(&mut self, out: &mut Vec<u8>) {
        let comma = out.pop();
        debug_assert_eq!(comma, Some(b','), "a line without a cell");
        if self.line_start == out.len() {
            // Readers skip an empty line; this one is a cell without text.
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// Whether a cell with this byte stands in quotes.
pub(crate) const fn needs_quotes(byte: u8) -> bool {
    matches!(byte, b',' | b'"' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(lines: &[Vec<&str>]) -> String {
        let (mut writer, mut out) = (Lines::default(), Vec::new());
        for line in lines {
            writer.begin_line(&out);
            for cell in line {
                writer.cell(cell, &mut out);
            }
            writer.end_line(&mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes_where_they_are_needed() {
        assert_eq!(written(&[vec!["a", "", "b c;d'e\t"]]), "a,,b c;d'e\t\r\n");
        assert_eq!(
            written(&[vec!["a,b", "a\nb", "a\rb"]]),
            "\"a,b\",\"a\nb\",\"a\rb\"\r\n"
        );
        assert_eq!(
            written(&[vec!["\"", "a\"b\"\"c"]]),
            "\"\"\"\",\"a\"\"b\"\"\"\"c\"\r\n"
        );
    }

    #[test]
    fn a_lone_empty_cell_is_no_empty_line() {
        let lines = [vec![""], vec!["a"], vec!["", ""]];
        assert_eq!(written(&lines), "\"\"\r\na\r\n,\r\n");
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        lines.begin_line(&out);
        Lines::unquoted("", &mut out);
        lines.end_line(&mut out);
        assert_eq!(out, b"\"\"\r\n");
    }

    #[test]
    fn the_bytes_that_need_quotes_are_those_of_the_csv_crate() {
        let writer = Writer::new();
        for byte in 0..=u8::MAX {
            assert_eq!(needs_quotes(byte), writer.should_quote(&[byte]), "{byte}");
        }
    }

    proptest! {
        /// The crate `csv`, by its own writer of whole records, writes the same bytes.
        #[test]
        fn the_csv_crate_agrees(
            lines in prop::collection::vec(
                prop::collection::vec("[a,\"\r\n\t é]{0,4}", 1..4),
                1..4,
            )
        ) {
            let mut theirs = csv::WriterBuilder::new()
                .flexible(true)
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
            prop_assert_eq!(written(&lines), theirs);
        }
    }
}
