//! The lines of an earlier export, as text.

use std::io::{self, Read};
use std::mem;

use csv::{ByteRecord, Position, ReaderBuilder, StringRecord};
use encoding_rs::WINDOWS_1252;
use whapi_export::Result;

use super::dialect::{Opened, Text, open};
use super::refusal::{WHAT_CAN_BE, failed, refused};
use crate::options::Separator;

/// Reads the lines of a file whose separator and encoding are not known.
pub(super) struct Lines<'a> {
    csv: csv::Reader<Box<dyn Read + 'a>>,
    separator: Separator,
    /// `None` as long as all was ASCII.
    text: Option<Text>,
    crlf: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn open(file: impl Read + 'a) -> Result<Self> {
        let Opened {
            reader,
            text,
            separator,
            crlf,
        } = open(file).map_err(unreadable)?;
        Ok(Self {
            csv: ReaderBuilder::new()
                .has_headers(false)
                .delimiter(separator.byte())
                .from_reader(reader),
            separator,
            text,
            crlf,
        })
    }

    pub(super) fn separator(&self) -> Separator {
        self.separator
    }

    /// Whether the file is read as windows-1252.
    pub(super) fn is_windows_1252(&self) -> bool {
        self.text == Some(Text::Windows1252)
    }

    /// Returns the number of a line behind the first one.
    pub(super) fn number_of(&self, place: Option<&Position>) -> u64 {
        // The `csv` crate begins a line between CR and LF, and so counts one less.
        place.map_or(0, Position::line) + u64::from(self.crlf)
    }

    /// Reads a line. `false` at the end of the file.
    pub(super) fn read(&mut self, line: &mut StringRecord) -> Result<bool> {
        let mut bytes = mem::take(line).into_byte_record();
        let read = self.csv.read_byte_record(&mut bytes);
        if !read.map_err(|error| self.not_csv(error))? {
            return Ok(false);
        }
        if self.text.is_none() {
            let beyond_ascii = bytes.iter().find(|cell| !cell.is_ascii());
            // A cell that ends within a sequence of UTF-8 is none.
            self.text = beyond_ascii.map(|cell| Text::of(cell).unwrap_or(Text::Windows1252));
        }
        *line = if self.is_windows_1252() {
            decoded(&bytes)
        } else {
            let number = self.number_of(bytes.position());
            StringRecord::from_byte_record(bytes).map_err(|_| {
                refused(format!(
                    "line {number}: the text is not UTF-8, unlike that before it; {WHAT_CAN_BE}"
                ))
            })?
        };
        Ok(true)
    }

    fn not_csv(&self, error: csv::Error) -> whapi_export::Error {
        let line = self.number_of(error.position());
        match error.into_kind() {
            csv::ErrorKind::Io(error) => unreadable(error),
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => refused(format!(
                "line {line}: there are {len} cells under {expected_len} columns; {WHAT_CAN_BE}"
            )),
            // Other kinds may quote a cell.
            _ => refused(format!("line {line}: this is no CSV; {WHAT_CAN_BE}")),
        }
    }
}

fn decoded(bytes: &ByteRecord) -> StringRecord {
    let cells = bytes.iter();
    let cells = cells.map(|cell| WINDOWS_1252.decode_without_bom_handling(cell).0);
    let mut line = StringRecord::new();
    cells.for_each(|cell| line.push_field(&cell));
    line.set_position(bytes.position().cloned());
    line
}

fn unreadable(error: io::Error) -> whapi_export::Error {
    match error.kind() {
        io::ErrorKind::InvalidData => refused(format!("{error}; {WHAT_CAN_BE}")),
        _ => failed(error),
    }
}
