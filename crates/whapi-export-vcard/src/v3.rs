//! vCard 3.0 (RFC 2426), appended to a buffer.

use std::ops::Range;

use uuid::fmt::Urn;

use crate::card::{Card, PRODID};
use crate::enrichment_lines::EnrichmentLines;
use crate::text::{Piece, clean_name, is_like_quoted_printable, pieces};

/// The longest line, in octets without its CRLF and with the space that a continuation begins with.
const LINE_OCTETS: usize = 75;

/// Appends one card; returns in how many of its texts control characters were left out.
pub(crate) fn write(card: &Card<'_>, out: &mut Vec<u8>) -> u64 {
    out.extend_from_slice(b"BEGIN:VCARD\r\nVERSION:3.0\r\n");
    let mut altered = write_names(card, out);
    if let Some(digits) = card.phone_digits {
        short(out, &["TEL;TYPE=CELL:+", digits]);
    }
    match &card.enrichment {
        Some(more) if !more.categories.is_empty() => write_categories(card.category, more, out),
        _ => short(out, &["CATEGORIES:", card.category]),
    }
    altered += if card.has_note {
        write_note(card, out)
    } else {
        card.altered_categories()
    };
    short(out, &["PRODID:", PRODID]);
    let mut uid = [0; Urn::LENGTH];
    short(out, &["UID:", card.uid.encode_lower(&mut uid)]);
    out.extend_from_slice(b"END:VCARD\r\n");
    altered
}

/// Appends `FN` and `N`.
fn write_names(card: &Card<'_>, out: &mut Vec<u8>) -> u64 {
    let name = clean_name(card.name.text());
    let mut line = Line::begin(out, "FN:");
    line.text(&name.text);
    let escaped = line.value_on_one_line();
    if line.value_begins_with(b'=') && is_like_quoted_printable(&name.text) {
        line.plain(" ");
    }
    line.end();

    let mut line = Line::begin(out, "N:;");
    match escaped {
        Some(escaped) => line.copy(escaped),
        None => {
            line.text(&name.text);
        }
    }
    line.plain(";;;");
    line.end();
    u64::from(name.altered)
}

#[cold]
fn write_categories(first: &str, more: &EnrichmentLines<'_>, out: &mut Vec<u8>) {
    let mut line = Line::begin(out, "CATEGORIES:");
    line.plain(first);
    for name in &more.categories {
        line.plain(",");
        line.text(name);
    }
    line.end();
}

/// Appends `NOTE`. What is left out of the name of a group or a channel is counted here, where each of them stands, too.
fn write_note(card: &Card<'_>, out: &mut Vec<u8>) -> u64 {
    let mut altered = 0;
    let mut line = Line::begin(out, "NOTE:");
    for (index, note) in card.note().enumerate() {
        if index > 0 {
            line.unit("\\n");
        }
        line.plain(note.ours);
        altered += u64::from(line.text(note.theirs));
    }
    if let Some(more) = &card.enrichment {
        altered += add_to_note(more, &mut line);
    }
    line.end();
    altered
}

#[cold]
fn add_to_note(more: &EnrichmentLines<'_>, line: &mut Line<'_>) -> u64 {
    let mut altered = 0;
    for note in &more.note {
        line.unit("\\n");
        line.plain(note.ours);
        altered += u64::from(line.text(&note.theirs));
    }
    altered
}

/// Appends a line that is known to need neither escaping nor folding.
fn short(out: &mut Vec<u8>, parts: &[&str]) {
    let start = out.len();
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
    debug_assert!(out.len() - start <= LINE_OCTETS, "a line to be folded");
    out.extend_from_slice(b"\r\n");
}

/// One content line while it is written: folds as it grows.
pub(crate) struct Line<'a> {
    out: &'a mut Vec<u8>,
    /// Where the value begins in `out`.
    value: usize,
    /// On the line that is being written, after the last fold.
    octets: usize,
}

impl<'a> Line<'a> {
    pub(crate) fn begin(out: &'a mut Vec<u8>, head: &str) -> Self {
        out.extend_from_slice(head.as_bytes());
        Self {
            value: out.len(),
            out,
            octets: head.len(),
        }
    }

    /// Where the value is in the buffer. `None` when it is folded.
    fn value_on_one_line(&self) -> Option<Range<usize>> {
        let value = self.value..self.out.len();
        // A fold begins the count anew, and so leaves out what is before it.
        (value.len() < self.octets).then_some(value)
    }

    fn value_begins_with(&self, byte: u8) -> bool {
        self.out.get(self.value) == Some(&byte)
    }

    /// Appends what stands elsewhere in the buffer already, escaped, behind a head that is no longer.
    fn copy(&mut self, escaped: Range<usize>) {
        self.octets += escaped.len();
        debug_assert!(self.octets <= LINE_OCTETS, "a value to be folded");
        self.out.extend_from_within(escaped);
    }

    /// Appends a text value, escaped, with a space for each line end. Returns whether control
    /// characters were left out.
    fn text(&mut self, text: &str) -> bool {
        let mut altered = false;
        for piece in pieces(text) {
            match piece {
                Piece::Plain(run) => self.plain(run),
                Piece::Special { escaped, .. } => self.unit(escaped),
                Piece::LineEnd => self.plain(" "),
                Piece::Control => altered = true,
            }
        }
        altered
    }

    /// Appends text as it is, folded between any two characters.
    pub(crate) fn plain(&mut self, mut text: &str) {
        loop {
            let room = LINE_OCTETS - self.octets;
            if text.len() <= room {
                self.append(text);
                return;
            }
            let mut cut = room;
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            let (now, later) = text.split_at(cut);
            self.append(now);
            self.fold();
            text = later;
        }
    }

    /// Appends an escape sequence. Folding inside one is legal, but not every reader unfolds
    /// before it unescapes.
    pub(crate) fn unit(&mut self, escape: &str) {
        if self.octets + escape.len() > LINE_OCTETS {
            self.fold();
        }
        self.append(escape);
    }

    fn append(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.octets += text.len();
    }

    fn fold(&mut self) {
        self.out.extend_from_slice(b"\r\n ");
        self.octets = 1;
    }

    pub(crate) fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        let mut line = Line::begin(&mut out, "FN:");
        line.text(text);
        line.end();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn folds_at_75_octets_and_not_before() {
        let full = "x".repeat(72);
        check(&full, &format!("FN:{full}\r\n"));
        check(&format!("{full}y"), &format!("FN:{full}\r\n y\r\n"));
        let continued = "y".repeat(74);
        check(
            &format!("{full}{continued}z"),
            &format!("FN:{full}\r\n {continued}\r\n z\r\n"),
        );
    }

    #[test]
    fn never_folds_inside_a_character_or_an_escape() {
        for before in 69..=72 {
            let x = "x".repeat(before);
            check(&format!("{x}😀"), &format!("FN:{x}\r\n 😀\r\n"));
        }
        let x = "x".repeat(68);
        check(&format!("{x}😀"), &format!("FN:{x}😀\r\n"));
        let x = "x".repeat(71);
        check(&format!("{x},"), &format!("FN:{x}\r\n \\,\r\n"));
        check(&format!("{x}\n"), &format!("FN:{x} \r\n"));
        let x = "x".repeat(70);
        check(&format!("{x};"), &format!("FN:{x}\\;\r\n"));
    }

    #[test]
    fn escapes_what_means_something() {
        check("a\\b,c;d:e\"f", "FN:a\\\\b\\,c\\;d:e\"f\r\n");
        check("a\r\nb\rc\nd\u{2028}e", "FN:a b c d e\r\n");
        check("\0\u{1b}a\u{7f}\t", "FN:a\t\r\n");
    }
}
