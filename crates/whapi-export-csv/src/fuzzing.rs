//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use crate::guard::{make_safe, undo};
use crate::lines::Lines;

/// What begins a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// Where a reader may split a text: separators and Unicode's line ends.
const SEPARATORS: [char; 9] = [
    ';', '\t', '\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
];

/// Untrusted text, whatever it is, starts no formula, neither where it begins nor where a reader
/// may split it, and comes back from a reader as it is but for apostrophes and NUL.
pub fn guard(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut buffer = String::new();
    let safe = make_safe(&text, true, &mut buffer);
    let clean = text.replace('\0', "");
    assert_eq!(safe.guarded, safe.text != clean);
    assert_eq!(safe.text.replace('\'', ""), clean.replace('\'', ""));
    assert_eq!(undo(safe.text), clean);
    assert!(!safe.text.starts_with(FORMULA));
    assert!(!safe.text.starts_with(['\t', '\r', '\n']));
    let visible = safe
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    assert!(!visible.starts_with(FORMULA));
    for cell in safe.text.split(SEPARATORS).skip(1) {
        let visible =
            cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
        assert!(!visible.starts_with(FORMULA));
    }

    // Readers drop a byte order mark where a file begins; ours begin with a header.
    let (mut lines, mut file) = (Lines::default(), Vec::new());
    lines.begin_line(&file);
    for cell in ["first", safe.text, "next"] {
        lines.cell(cell, &mut file);
    }
    lines.end_line(&mut file);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(file.as_slice());
    let records: Vec<_> = reader
        .records()
        .map(|record| record.expect("CSV"))
        .collect();
    assert_eq!(records.len(), 1, "one row a contact");
    assert_eq!(
        records[0].iter().collect::<Vec<_>>(),
        ["first", safe.text, "next"]
    );
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        replay_corpus("csv_guard", guard);
    }
}
