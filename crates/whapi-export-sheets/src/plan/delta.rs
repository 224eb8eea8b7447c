//! The differences between the rows in the tab and new rows.

use std::collections::HashMap;
use std::ops::Range;

use super::change::index;
use super::matching::Matching;
use super::size::row_len;
use crate::rows::{KEY, Rows, WIDTH, same_text};

/// The changes that an update makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) changed: Vec<ChangedCells>,
    /// The new rows to append.
    pub(crate) added: Vec<usize>,
    /// The row of the tab for the first of them.
    pub(crate) add_at: i32,
}

/// Adjacent cells of one row that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedCells {
    /// The row of the tab.
    pub(crate) at: i32,
    /// The new row with the text.
    pub(crate) row: usize,
    pub(crate) columns: Range<usize>,
}

impl Delta {
    /// An upper bound of the size in a batch, in bytes.
    pub(crate) fn len(&self, rows: &Rows) -> usize {
        // Adjacent cells may need a request for each column, because the user can move columns.
        let request = 250;
        let changed = self
            .changed
            .iter()
            .map(|span| row_len(rows, span.row, &span.columns) + request * span.columns.len());
        let added = self
            .added
            .iter()
            .map(|row| row_len(rows, *row, &(0..WIDTH)) + 14 * WIDTH);
        changed.sum::<usize>() + added.sum::<usize>()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty()
    }
}

/// The rows of the tab, without its header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Existing {
    /// The managed columns. A cell that is not text starts with U+0000, so that it equals no new
    /// text.
    pub(crate) rows: Rows,
    /// For each row, whether the user's own columns hold anything but formulas. May be longer than
    /// `rows`.
    pub(crate) user_text: Vec<bool>,
}

impl Existing {
    /// Whether replacing the rows would move the user's text to another contact.
    pub(crate) fn would_move_user_text(&self, wanted: &Rows) -> bool {
        let key = |rows: &Rows, row: usize| (row < rows.len()).then(|| rows.person(row)).flatten();
        let mut with_text = self.user_text.iter().enumerate().filter(|(_, has)| **has);
        with_text.any(|(row, _)| key(&self.rows, row) != key(wanted, row))
    }

    /// Computes what an update with new rows changes.
    pub(crate) fn delta(&self, wanted: &Rows, matching: &Matching) -> Delta {
        let mut delta = Delta {
            add_at: 1 + index(self.rows.len().max(self.user_text.len())),
            ..Delta::default()
        };
        for row in 0..wanted.len() {
            match matching.place(row) {
                Some(at) => {
                    let differing = differing(&self.rows, at, wanted, row);
                    delta
                        .changed
                        .extend(differing.into_iter().map(|columns| ChangedCells {
                            at: 1 + index(at),
                            row,
                            columns,
                        }));
                }
                None => delta.added.push(row),
            }
        }
        delta
    }

    /// The rows after the update, for an update that is too large for one batch.
    pub(crate) fn merged(&self, wanted: &Rows, delta: &Delta) -> Rows {
        let mut news = HashMap::new();
        for span in &delta.changed {
            news.insert(span.at, span.row);
        }
        let mut merged = Rows::default();
        let text = |cell| str::strip_prefix(cell, '\0').unwrap_or(cell);
        for row in 0..self.rows.len() {
            match news.get(&(1 + index(row))) {
                Some(&new) => merged.push_row(wanted.row(new).map(text)),
                None => merged.push_row(self.rows.row(row).map(text)),
            }
        }
        // Rows with nothing but the user's own text stay empty.
        while index(merged.len()) + 1 < delta.add_at && !delta.added.is_empty() {
            merged.push_row([""; WIDTH]);
        }
        for &row in &delta.added {
            merged.push_row(wanted.row(row));
        }
        merged
    }
}

impl Rows {
    /// Whether a row of the tab equals a new row.
    pub(crate) fn same_row(&self, at: usize, ours: &Rows, row: usize) -> bool {
        differing(self, at, ours, row).is_empty()
    }
}

/// The ranges of columns in which two rows differ. Two spellings of an id do not.
fn differing(old: &Rows, at: usize, new: &Rows, row: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for column in 0..WIDTH {
        let (ours, theirs) = (new.cell(row, column), old.cell(at, column));
        let is_same = ours == theirs
            || (same_text(ours, theirs) && !theirs.starts_with('\0'))
            || (column == KEY && !ours.is_empty() && new.person(row) == old.person(at));
        if is_same {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.end == column => last.end += 1,
            _ => found.push(column..column + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::rows;

    #[test]
    fn update_contains_only_differences() {
        let existing = Existing {
            rows: rows(&[
                ["1001", "Ada"],
                ["", ""],
                ["1002", "\u{0}7"],
                ["1002", "again"],
                ["\u{0}1003", "a\nb"],
            ]),
            user_text: vec![false, true],
        };
        let wanted = rows(&[
            ["1003", "a\r\nb"],
            ["1002", "7"],
            ["1004", "New"],
            ["1001", "Ada"],
        ]);
        let delta = existing.delta(&wanted, &Matching::new(&existing, &wanted));
        let span = |at, row, columns| ChangedCells { at, row, columns };
        assert_eq!(
            delta,
            Delta {
                changed: vec![span(3, 1, 4..5)],
                added: vec![2],
                add_at: 6,
            }
        );
        let merged = existing.merged(&wanted, &delta);
        assert_eq!(
            merged,
            rows(&[
                ["1001", "Ada"],
                ["", ""],
                ["1002", "7"],
                ["1002", "again"],
                ["1003", "a\nb"],
                ["1004", "New"]
            ])
        );
    }

    #[test]
    fn moved_user_text_is_detected() {
        let existing = Existing {
            rows: rows(&[["1", ""], ["2", ""]]),
            user_text: vec![false, true],
        };
        assert!(!existing.would_move_user_text(&rows(&[["7", ""], ["2", "renamed"], ["3", ""]])));
        assert!(existing.would_move_user_text(&rows(&[["2", ""]])));
        assert!(existing.would_move_user_text(&rows(&[["2", ""], ["1", ""]])));
    }
}
