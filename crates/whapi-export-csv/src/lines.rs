//! Lines of CSV in memory, as RFC 4180 has them.

use whapi_export::{Output, Result};

/// Lines, a cell at a time.
#[derive(Default)]
pub(crate) struct Lines {
    /// A comma behind each cell; that of the last becomes the line's end.
    bytes: Vec<u8>,
    line_start: usize,
}

impl Lines {
    /// Adds a cell to the line, in quotes if a reader would take it for more than one without.
    pub(crate) fn cell(&mut self, text: &str) {
        if text.bytes().any(needs_quotes) {
            self.quoted(text);
        } else {
            self.plain(text);
        }
    }

    /// Adds a cell that is known to need no quotes.
    pub(crate) fn plain(&mut self, text: &str) {
        debug_assert!(!text.bytes().any(needs_quotes), "a cell to be quoted");
        // Many cells are empty, and copying nothing takes as long as copying a word.
        if !text.is_empty() {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.bytes.push(b',');
    }

    fn quoted(&mut self, text: &str) {
        self.bytes.push(b'"');
        for (place, part) in text.split('"').enumerate() {
            if place > 0 {
                self.bytes.extend_from_slice(b"\"\"");
            }
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.extend_from_slice(b"\",");
    }

    /// Ends the line, which has a cell at least.
    pub(crate) fn end_line(&mut self) {
        let comma = self.bytes.pop();
        debug_assert_eq!(comma, Some(b','), "a line without a cell");
        if self.bytes.len() == self.line_start {
            // Readers pass over an empty line; this one is a cell without text.
            self.bytes.extend_from_slice(b"\"\"");
        }
        self.bytes.extend_from_slice(b"\r\n");
        self.line_start = self.bytes.len();
    }

    /// Marks the text as UTF-8 for Excel; comes before everything else.
    pub(crate) fn byte_order_mark(&mut self) {
        self.bytes.extend_from_slice("\u{feff}".as_bytes());
        self.line_start = self.bytes.len();
    }

    /// The lines so far, as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes what is worth a write and forgets it. The last line must have ended.
    pub(crate) fn write_blocks(&mut self, output: &mut Output) -> Result<()> {
        output.write_blocks(&mut self.bytes)?;
        self.line_start = self.bytes.len();
        Ok(())
    }
}

/// Whether a cell with this byte stands in quotes.
pub(crate) const fn needs_quotes(byte: u8) -> bool {
    matches!(byte, b',' | b'"' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_export::OutputTarget;

    use super::*;

    fn written(lines: &[&[&str]]) -> String {
        let mut written = Lines::default();
        for line in lines {
            for cell in *line {
                written.cell(cell);
            }
            written.end_line();
        }
        String::from_utf8(written.bytes().to_vec()).unwrap()
    }

    #[test]
    fn quotes_where_they_are_needed() {
        assert_eq!(written(&[&["a", "", "b c;d'e\t"]]), "a,,b c;d'e\t\r\n");
        assert_eq!(
            written(&[&["a,b", "a\nb", "a\rb"]]),
            "\"a,b\",\"a\nb\",\"a\rb\"\r\n"
        );
        assert_eq!(
            written(&[&["\"", "a\"b\"\"c"]]),
            "\"\"\"\",\"a\"\"b\"\"\"\"c\"\r\n"
        );
    }

    #[test]
    fn a_lone_empty_cell_is_no_empty_line() {
        assert_eq!(written(&[&[""], &["a"], &["", ""]]), "\"\"\r\na\r\n,\r\n");
    }

    #[test]
    fn what_was_written_out_is_forgotten() {
        let mut output = Output::new(OutputTarget::Stdout);
        let mut lines = Lines::default();
        lines.byte_order_mark();
        lines.cell("a");
        lines.end_line();
        lines.write_blocks(&mut output).unwrap();
        assert_eq!(lines.bytes(), "\u{feff}a\r\n".as_bytes());
        lines.cell(&"b".repeat(1 << 20));
        lines.end_line();
        lines.write_blocks(&mut output).unwrap();
        assert_eq!(lines.bytes(), b"bbbbbb\r\n");
        lines.cell("");
        lines.end_line();
        assert_eq!(lines.bytes(), b"bbbbbb\r\n\"\"\r\n");
    }

    proptest! {
        /// The crate `csv`, which other people read with, too, writes the same bytes.
        #[test]
        fn the_csv_crate_agrees(
            lines in prop::collection::vec(
                prop::collection::vec("[a,\"\r\n\t é]{0,4}", 1..4),
                1..4,
            )
        ) {
            let mut ours = Lines::default();
            let mut theirs = csv::WriterBuilder::new()
                .flexible(true)
                .terminator(csv::Terminator::CRLF)
                .from_writer(Vec::new());
            for line in &lines {
                for cell in line {
                    ours.cell(cell);
                }
                ours.end_line();
                theirs.write_record(line).unwrap();
            }
            let theirs = theirs.into_inner().unwrap();
            prop_assert_eq!(ours.bytes(), theirs.as_slice());
        }
    }
}
