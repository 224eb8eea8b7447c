//! Which encoding and which separator a file has.

use std::io::{self, Cursor, Read};

use csv::ReaderBuilder;
use whapi_text::{ByteOrder, Utf16Reader};

use crate::options::Separator;

/// How many bytes of a file are looked at for its encoding.
const HEAD: u64 = 1 << 20;

/// How many bytes of a file are looked at for its header.
const HEADER: u64 = 64 << 10;

/// An encoding that leaves ASCII as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Utf8,
    Windows1252,
}

impl Text {
    /// Finds the encoding of a text by its first character beyond ASCII: no other encoding has the
    /// sequences of UTF-8 in names. `None` for ASCII, and if the text ends within a sequence.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let at = bytes.iter().position(|byte| !byte.is_ascii())?;
        match str::from_utf8(&bytes[at..]) {
            Err(error) if error.valid_up_to() > 0 => Some(Self::Utf8),
            Err(error) => error.error_len().map(|_| Self::Windows1252),
            Ok(_) => Some(Self::Utf8),
        }
    }
}

/// A file without byte order mark in an encoding that leaves ASCII as it is.
pub(super) struct Opened<'a> {
    pub(super) reader: Box<dyn Read + 'a>,
    /// `None` when the first bytes do not tell.
    pub(super) text: Option<Text>,
    pub(super) separator: Separator,
    /// Whether lines end in CRLF.
    pub(super) crlf: bool,
}

/// Finds out how a file is written.
pub(super) fn open<'a>(mut file: impl Read + 'a) -> io::Result<Opened<'a>> {
    let head = first(&mut file, HEAD)?;
    let utf_16 = match head.as_slice() {
        [1..=0xff, 0, ..] => Some((ByteOrder::Little, 0)),
        _ => ByteOrder::of_mark(&head).map(|order| (order, 2)),
    };
    let (mut reader, text): (Box<dyn Read + 'a>, _) = if let Some((order, skipped)) = utf_16 {
        let file = joined(head, skipped, file);
        let reader = Utf16Reader::new(file, order).refusing();
        (Box::new(reader), Some(Text::Utf8))
    } else if head.starts_with(b"\xef\xbb\xbf") {
        (Box::new(joined(head, 3, file)), Some(Text::Utf8))
    } else {
        let text = Text::of(&head);
        (Box::new(joined(head, 0, file)), text)
    };
    let header = first(&mut reader, HEADER)?;
    let (line, end) = split_line(&header);
    let separator = separator_of(line);
    let crlf = end.starts_with(b"\r\n");
    Ok(Opened {
        reader: Box::new(joined(header, 0, reader)),
        text,
        separator,
        crlf,
    })
}

/// Reads the first bytes of a file.
fn first(file: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(most).read_to_end(&mut head)?;
    Ok(head)
}

/// Puts the first bytes of a file before the others again, without `skipped` ones.
fn joined(head: Vec<u8>, skipped: u64, file: impl Read) -> impl Read {
    let mut head = Cursor::new(head);
    head.set_position(skipped);
    head.chain(file)
}

/// Splits a file before its first line end.
fn split_line(file: &[u8]) -> (&[u8], &[u8]) {
    let end = file.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    file.split_at(end.unwrap_or(file.len()))
}

/// Finds the separator that gives the first line a column `id`. The comma if none does.
fn separator_of(line: &[u8]) -> Separator {
    let has_id = |separator: &Separator| {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .delimiter(separator.byte())
            .from_reader(line);
        let header = reader.byte_records().next();
        header
            .is_some_and(|header| header.is_ok_and(|cells| cells.iter().any(|cell| cell == b"id")))
    };
    Separator::ALL.into_iter().find(has_id).unwrap_or_default()
}
