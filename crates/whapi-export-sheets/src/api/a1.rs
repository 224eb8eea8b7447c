//! Ranges in A1 notation.

use std::ops::Range;

/// Formats a range of a tab: `'It''s'!A2:L9`.
pub(crate) fn a1(title: &str, rows: &Range<i32>, columns: &Range<i32>) -> String {
    format!(
        "'{}'!{}{}:{}{}",
        title.replace('\'', "''"),
        letters(columns.start),
        rows.start + 1,
        letters(columns.end - 1),
        rows.end
    )
}

/// The name of a column: `A` to `Z`, then `AA`.
fn letters(column: i32) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).expect("below 26");
        letters.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_in_a1_notation() {
        for (column, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letters(column), expected);
        }
        assert_eq!(a1("It's", &(1..9), &(0..12)), "'It''s'!A2:L9");
    }
}
