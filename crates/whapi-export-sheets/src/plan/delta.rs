//! What an update changes in the rows that are there.

use std::collections::HashMap;
use std::ops::Range;

use super::change::index;
use super::size::row_len;
use crate::rows::{Rows, WIDTH, same_text};

/// What an update changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) changed: Vec<ChangedCells>,
    /// Rows that go behind the last one.
    pub(crate) added: Vec<usize>,
    /// The first row of the tab that is free for them.
    pub(crate) add_at: i32,
}

/// Neighbouring cells of one row that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedCells {
    /// The row of the tab.
    pub(crate) at: i32,
    /// The row that has the new text.
    pub(crate) row: usize,
    pub(crate) columns: Range<usize>,
}

impl Delta {
    /// About how many bytes this is in a batch: never less than it will be.
    pub(crate) fn len(&self, rows: &Rows) -> usize {
        // Every span may fall into as many requests as it has columns.
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

/// What the tab holds, below its header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Existing {
    /// Our columns. A cell that is no text has U+0000 in front, so that it equals none.
    pub(crate) rows: Rows,
    /// For each row, whether the user's own columns hold anything but a formula; may be longer
    /// than `rows`.
    pub(crate) user_text: Vec<bool>,
}

impl Existing {
    /// Whether something that the user wrote beside a contact would come to stand beside another.
    pub(crate) fn would_move_user_text(&self, wanted: &Rows) -> bool {
        fn key(rows: &Rows, row: usize) -> &str {
            if row < rows.len() { rows.key(row) } else { "" }
        }
        let mut own = self.user_text.iter().enumerate().filter(|(_, own)| **own);
        own.any(|(row, _)| key(&self.rows, row) != key(wanted, row))
    }

    /// What an update has to change.
    pub(crate) fn delta(&self, wanted: &Rows) -> Delta {
        let mut known = HashMap::with_capacity(self.rows.len());
        for row in (0..self.rows.len()).rev() {
            known.insert(self.rows.key(row), row);
        }
        let mut delta = Delta {
            add_at: 1 + index(self.rows.len().max(self.user_text.len())),
            ..Delta::default()
        };
        for row in 0..wanted.len() {
            match known.get(wanted.key(row)) {
                Some(&at) => {
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

    /// What is there, brought up to date: for an update too large for one batch.
    pub(crate) fn merged(&self, wanted: &Rows, delta: &Delta) -> Rows {
        let mut news = HashMap::new();
        for span in &delta.changed {
            news.insert(span.at, span.row);
        }
        let mut merged = Rows::default();
        for row in 0..self.rows.len() {
            match news.get(&(1 + index(row))) {
                Some(&new) => merged.push_row(wanted.row(new)),
                None => merged.push_row(
                    self.rows
                        .row(row)
                        .map(|cell| cell.strip_prefix('\0').unwrap_or(cell)),
                ),
            }
        }
        // Rows that only the user wrote in stay free.
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
    /// Whether a row is the same as one of ours.
    pub(crate) fn same_row(&self, at: usize, ours: &Rows, row: usize) -> bool {
        differing(self, at, ours, row).is_empty()
    }
}

/// The neighbouring columns in which two rows differ.
fn differing(old: &Rows, at: usize, new: &Rows, row: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for column in 0..WIDTH {
        if same_text(new.cell(row, column), old.cell(at, column))
            && !old.cell(at, column).starts_with('\0')
        {
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
    use crate::rows::KEY;

    fn rows(texts: &[[&str; 2]]) -> Rows {
        let mut rows = Rows::default();
        for [id, name] in texts {
            let mut cells = [""; WIDTH];
            (cells[KEY], cells[4]) = (id, name);
            rows.push_row(cells);
        }
        rows
    }

    #[test]
    fn an_update_changes_what_differs() {
        let existing = Existing {
            rows: rows(&[
                ["1", "Ada"],
                ["", ""],
                ["2", "\u{0}7"],
                ["2", "again"],
                ["3", "a\nb"],
            ]),
            user_text: vec![false, true],
        };
        let wanted = rows(&[["3", "a\r\nb"], ["2", "7"], ["4", "New"], ["1", "Ada"]]);
        let delta = existing.delta(&wanted);
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
                ["1", "Ada"],
                ["", ""],
                ["2", "7"],
                ["2", "again"],
                ["3", "a\nb"],
                ["4", "New"]
            ])
        );
    }

    #[test]
    fn notes_stay_beside_their_contact() {
        let existing = Existing {
            rows: rows(&[["1", ""], ["2", ""]]),
            user_text: vec![false, true],
        };
        assert!(!existing.would_move_user_text(&rows(&[["7", ""], ["2", "renamed"], ["3", ""]])));
        assert!(existing.would_move_user_text(&rows(&[["2", ""]])));
        assert!(existing.would_move_user_text(&rows(&[["2", ""], ["1", ""]])));
    }
}
