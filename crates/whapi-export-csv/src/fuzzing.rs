//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use crate::guard::{Guard, make_safe, undo};
use crate::lines::Lines;
use crate::options::Separator;

/// What begins a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// Where a reader may split a text: separators and Unicode's line ends. The last one only in files
/// that have another separator.
const SEPARATORS: [char; 10] = [
    ';', '\t', '\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}', ',',
];

/// Untrusted text, whatever it is, starts no formula, neither where it begins nor where a reader
/// may split it, and comes back from a reader as it is but for apostrophes and NUL.
pub fn guard(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for separator in Separator::ALL {
        check_formulas(&text, separator);
    }
    check_calls(&text);
}

fn check_formulas(text: &str, separator: Separator) {
    let mut buffer = String::new();
    let safe = make_safe(text, Guard::Formulas(separator), &mut buffer);
    let clean = text.replace('\0', "");
    assert_eq!(safe.guarded, safe.text != clean);
    assert_eq!(safe.text.replace('\'', ""), clean.replace('\'', ""));
    assert_eq!(undo(safe.text, separator), clean);
    assert!(!safe.text.starts_with(FORMULA));
    assert!(!safe.text.starts_with(['\t', '\r', '\n']));
    let visible = safe
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    assert!(!visible.starts_with(FORMULA));
    let splits = match separator {
        Separator::Comma => &SEPARATORS[..9],
        _ => &SEPARATORS[..],
    };
    for cell in safe.text.split(splits).skip(1) {
        let visible =
            cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
        assert!(!visible.starts_with(FORMULA));
    }
    check_read_back(safe.text, separator);
}

/// In files for importers text that could call something starts no formula, and all else stays.
fn check_calls(text: &str) {
    let mut buffer = String::new();
    let safe = make_safe(text, Guard::Calls, &mut buffer);
    let clean = text.replace('\0', "");
    assert_eq!(
        safe.text
            .strip_prefix('\'')
            .filter(|_| safe.guarded)
            .unwrap_or(safe.text),
        clean
    );
    assert!(!safe.guarded || clean.contains(['(', '|', '!']));
    assert!(!safe.text.starts_with(FORMULA) || !safe.text.contains(['(', '|', '!']));
}

/// A CSV reader finds the cell as it is.
fn check_read_back(cell: &str, separator: Separator) {
    // Readers drop a byte order mark where a file begins; ours begin with a header.
    let (mut lines, mut file) = (Lines::new(separator), Vec::new());
    lines.begin_line(&file);
    for cell in ["first", cell, "next"] {
        lines.cell(cell, &mut file);
    }
    lines.end_line(&mut file);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator.byte())
        .from_reader(file.as_slice());
    let records: Vec<_> = reader
        .records()
        .map(|record| record.expect("CSV"))
        .collect();
    assert_eq!(records.len(), 1, "one row a contact");
    assert_eq!(
        records[0].iter().collect::<Vec<_>>(),
        ["first", cell, "next"]
    );
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/csv_guard");
        replay_corpus(corpus, guard);
    }
}
