//! Ranges in A1 notation.

use std::ops::Range;

use crate::plan::ClosedArea;

/// An area of cells to read. Indexes count from 0; the ends are exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadArea {
    pub(crate) top: i32,
    /// `None` for all rows to the end of the tab, which may have grown.
    pub(crate) bottom: Option<i32>,
    pub(crate) columns: Range<i32>,
}

/// Formats an area of a tab: `'It''s'!A2:L9`, and `'It''s'!A2:L` to the end.
pub(super) fn a1(title: &str, area: &ReadArea) -> String {
    format!(
        "'{}'!{}{}:{}{}",
        title.replace('\'', "''"),
        letters(area.columns.start),
        area.top + 1,
        letters(area.columns.end - 1),
        area.bottom
            .map_or(String::new(), |bottom| bottom.to_string())
    )
}

/// Formats a closed area for people: `A2:D9`, `A:D`, `the whole tab`.
pub(crate) fn area_name(area: &ClosedArea) -> String {
    let last_column = (area.columns.end < i32::MAX).then(|| letters(area.columns.end - 1));
    let last_row = (area.rows.end < i32::MAX).then_some(area.rows.end);
    let (left, first) = (letters(area.columns.start), area.rows.start + 1);
    match (last_column, last_row) {
        (None, None) if first == 1 && area.columns.start == 0 => "the whole tab".to_owned(),
        (None, None) => format!("all cells from {left}{first} on"),
        (None, Some(last)) => format!("rows {first} to {last}"),
        (Some(right), None) => format!("{left}:{right}"),
        (Some(right), Some(last)) => format!("{left}{first}:{right}{last}"),
    }
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
        let mut area = ReadArea {
            top: 1,
            bottom: Some(9),
            columns: 0..12,
        };
        assert_eq!(a1("It's", &area), "'It''s'!A2:L9");
        for (rows, columns, expected) in [
            (0..i32::MAX, 0..i32::MAX, "the whole tab"),
            (0..9, 0..i32::MAX, "rows 1 to 9"),
            (0..i32::MAX, 3..4, "D:D"),
            (1..9, 0..4, "A2:D9"),
            (4..i32::MAX, 1..i32::MAX, "all cells from B5 on"),
        ] {
            assert_eq!(area_name(&ClosedArea { rows, columns }), expected);
        }
        area.bottom = None;
        assert_eq!(a1("Contacts", &area), "'Contacts'!A2:L");
    }
}
