//! The differences between the rows in the tab and new rows.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::matching::Matching;
use super::size::row_len;
use crate::columns::ColumnSet;
use crate::rows::{Rows, same_text};

/// The changes that a run makes to the rows of a tab. Rows of the tab count from the first one of
/// contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    /// In the order of the tab.
    pub(crate) changed: Vec<ChangedCells>,
    /// The new rows to append.
    pub(crate) added: Vec<usize>,
    /// The row of the tab for the first of them.
    pub(crate) add_at: usize,
    /// How many rows are inserted for them, at the end of the free rows.
    pub(crate) inserted: usize,
    /// The rows of the tab to delete, in their order.
    pub(crate) removed: Vec<Range<usize>>,
}

/// Cells of consecutive rows that change, in the same columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedRun {
    /// The first row of the tab.
    pub(crate) at: usize,
    /// The new rows with the text.
    pub(crate) rows: Vec<usize>,
    pub(crate) columns: Range<usize>,
}

/// Adjacent cells of one row that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedCells {
    /// The row of the tab.
    pub(crate) at: usize,
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
            .map(|row| row_len(rows, *row, &(0..rows.width())) + 14 * rows.width());
        let removed = self.removed.len() * 110;
        changed.sum::<usize>() + added.sum::<usize>() + removed
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }

    /// The new rows that are written, each once: those that change, in the order of the tab, and then
    /// those that are added.
    pub(crate) fn written(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.changed.iter().map(|span| span.row).collect();
        rows.dedup();
        rows.extend(&self.added);
        rows
    }

    /// The changed cells, those of consecutive rows and the same columns together.
    pub(crate) fn runs(&self) -> Vec<ChangedRun> {
        let mut runs: Vec<ChangedRun> = Vec::new();
        // For each range of columns, its run that ends in the row before.
        let mut open: HashMap<Range<usize>, usize> = HashMap::new();
        for span in &self.changed {
            let last = open.get(&span.columns).copied();
            let last = last.filter(|last| runs[*last].at + runs[*last].rows.len() == span.at);
            if let Some(last) = last {
                runs[last].rows.push(span.row);
            } else {
                open.insert(span.columns.clone(), runs.len());
                runs.push(ChangedRun {
                    at: span.at,
                    rows: vec![span.row],
                    columns: span.columns.clone(),
                });
            }
        }
        runs
    }

    /// The same changes with whole rows in place of single cells, so that there are fewer runs.
    ///
    /// Rows that do not change are written, too, where they lie between others: `plain` says of which
    /// rows of the tab every cell may be written again.
    pub(crate) fn widened(&self, matching: &Matching, plain: &[bool], width: usize) -> Self {
        let mut new_rows = vec![None; plain.len()];
        for (row, at) in matching.pairs() {
            new_rows[at] = Some(row).filter(|_| plain[at]);
        }
        let mut changed = Vec::new();
        let mut spans = self.changed.iter().peekable();
        while let Some(span) = spans.next() {
            if new_rows[span.at].is_none() {
                changed.push(span.clone());
                continue;
            }
            let block = new_rows[span.at..].iter().take_while(|row| row.is_some());
            let end = span.at + block.count();
            let mut last = span.at;
            while let Some(next) = spans.next_if(|next| next.at < end) {
                last = next.at;
            }
            let rows = new_rows[span.at..=last].iter().flatten();
            changed.extend((span.at..).zip(rows).map(|(at, row)| ChangedCells {
                at,
                row: *row,
                columns: 0..width,
            }));
        }
        Self {
            changed,
            ..self.clone()
        }
    }

    /// How many rows of the tab have cells that change.
    pub(crate) fn changed_rows(&self) -> u64 {
        let mut rows: Vec<usize> = self.changed.iter().map(|span| span.at).collect();
        rows.dedup();
        rows.len() as u64
    }

    /// How many rows of the tab are deleted.
    pub(crate) fn removed_rows(&self) -> usize {
        self.removed.iter().map(ExactSizeIterator::len).sum()
    }
}

/// The rows of the tab, without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Existing {
    /// The managed columns. A cell that is not text starts with U+0000.
    pub(crate) rows: Rows,
    /// For each row, whether the user's own columns hold something of the user: not formulas, and not
    /// boxes that are not ticked. May be longer than `rows`.
    pub(crate) user_text: Vec<bool>,
    /// Whether the tab has columns of earlier runs that this run does not write.
    pub(crate) has_unlisted: bool,
}

impl Existing {
    /// No rows.
    pub(crate) fn new(columns: &Arc<ColumnSet>) -> Self {
        Self {
            rows: Rows::new(columns),
            user_text: Vec::new(),
            has_unlisted: false,
        }
    }

    /// Computes what a run with new rows changes. `removing` says whether contacts that are not among
    /// them are removed.
    pub(crate) fn delta(&self, wanted: &Rows, matching: &Matching, removing: bool) -> Delta {
        let mut changed = Vec::new();
        let mut added = Vec::new();
        let mut is_wanted = vec![false; self.rows.len()];
        for row in 0..wanted.len() {
            let Some(at) = matching.place(row) else {
                added.push(row);
                continue;
            };
            is_wanted[at] = true;
            for columns in differing(&self.rows, at, wanted, row) {
                changed.push(ChangedCells { at, row, columns });
            }
        }
        changed.sort_by_key(|span| (span.at, span.columns.start));
        let mut removed: Vec<Range<usize>> = Vec::new();
        let gone = |row: &usize| removing && !is_wanted[*row] && self.rows.person(*row).is_some();
        for row in (0..self.rows.len()).filter(gone) {
            match removed.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => removed.push(row..row + 1),
            }
        }
        let add_at = self.rows.len();
        Delta {
            inserted: self.inserted_rows(added.len()),
            changed,
            added,
            add_at,
            removed,
        }
    }

    /// How many rows are inserted for new contacts.
    ///
    /// All of them, so that nothing is overwritten which people put below the last contact while the
    /// batch is on its way. In a tab without contacts, those that are not free; columns that the run does
    /// not write may hold text about other contacts.
    fn inserted_rows(&self, added: usize) -> usize {
        if self.rows.len() > 0 || self.has_unlisted {
            return added;
        }
        let mut below = self.user_text.iter().take(added);
        added - below.position(|has_text| *has_text).unwrap_or(added)
    }

    /// Whether deleting rows would delete what the user wrote beside a contact.
    pub(crate) fn has_user_text(&self, rows: &[Range<usize>]) -> bool {
        let mut rows = rows.iter().cloned().flatten();
        rows.any(|row| self.user_text.get(row) == Some(&true))
    }

    /// The cells of the column `id` after a run has written its changes.
    pub(crate) fn ids_after(&self, wanted: &Rows, delta: &Delta) -> Vec<String> {
        let ids = (0..self.rows.len()).map(|row| self.rows.id(row).to_owned());
        let mut ids: Vec<String> = ids.collect();
        for span in delta
            .changed
            .iter()
            .filter(|span| span.columns.contains(&wanted.columns().key()))
        {
            wanted.id(span.row).clone_into(&mut ids[span.at]);
        }
        ids.extend(delta.added.iter().map(|row| wanted.id(*row).to_owned()));
        for rows in delta.removed.iter().rev() {
            ids.drain(rows.clone());
        }
        ids
    }
}

/// The ranges of columns in which two rows differ. Two spellings of an id do not, nor do a text and
/// a number that shows the same.
fn differing(old: &Rows, at: usize, new: &Rows, row: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for column in 0..new.width() {
        let (ours, theirs) = (new.cell(row, column), old.cell(at, column));
        // A number or a box that shows the same stays what it is.
        let shown = theirs.strip_prefix('\0').unwrap_or(theirs);
        let is_same = ours == theirs
            || same_text(ours, shown)
            || (column == new.columns().key()
                && !ours.is_empty()
                && new.person(row) == old.person(at));
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
    use crate::columns::tests::{WIDTH, plain};
    use crate::rows::tests::rows;

    fn existing() -> Existing {
        Existing {
            rows: rows(&[
                ["1001", "Ada"],
                ["", "typed"],
                ["1002", "\u{0}8"],
                ["1002", "again"],
                ["\u{0}1003", "\u{0}5"],
                ["1005", "gone"],
            ]),
            ..Existing::new(&plain())
        }
    }

    fn delta(existing: &Existing, wanted: &Rows, removing: bool) -> Delta {
        existing.delta(wanted, &Matching::new(existing, wanted), removing)
    }

    fn wanted() -> Rows {
        rows(&[
            ["1003", "5"],
            ["1002", "7"],
            ["1004", "New"],
            ["1001", "Ada"],
        ])
    }

    #[test]
    fn a_delta_contains_only_differences() {
        let (existing, wanted) = (existing(), wanted());
        let update = delta(&existing, &wanted, false);
        let changed = vec![ChangedCells {
            at: 2,
            row: 1,
            columns: 4..5,
        }];
        let expected = Delta {
            changed,
            added: vec![2],
            add_at: 6,
            inserted: 1,
            removed: Vec::new(),
        };
        assert_eq!(update, expected);
        assert_eq!(update.written(), [1, 2]);
        assert_eq!(
            existing.ids_after(&wanted, &update),
            ["1001", "", "1002", "1002", "\u{0}1003", "1005", "1004"]
        );

        let replaced = delta(&existing, &wanted, true);
        let expected = Delta {
            removed: vec![3..4, 5..6],
            ..expected
        };
        assert_eq!(replaced, expected);
        assert_eq!(replaced.removed_rows(), 2);
        assert_eq!(
            existing.ids_after(&wanted, &replaced),
            ["1001", "", "1002", "\u{0}1003", "1004"]
        );
    }

    #[test]
    fn changes_are_widened_to_whole_rows_where_every_cell_is_plain() {
        let texts: Vec<_> = (0..8).map(|row| format!("{}", 1001 + row)).collect();
        let old: Vec<_> = texts.iter().map(|id| [id.as_str(), "old"]).collect();
        let existing = Existing {
            rows: rows(&old),
            ..Existing::new(&plain())
        };
        let mut new = old.clone();
        for row in [1, 3, 5, 6] {
            new[row][1] = "new";
        }
        let wanted = rows(&new);
        let matching = Matching::new(&existing, &wanted);
        let update = existing.delta(&wanted, &matching, false);
        assert_eq!(update.runs().len(), 3);
        let is_plain = [true, true, true, true, true, false, true, true];
        let widened = update.widened(&matching, &is_plain, WIDTH);
        let run = |at, rows: &[usize], columns| ChangedRun {
            at,
            rows: rows.to_vec(),
            columns,
        };
        assert_eq!(
            widened.runs(),
            [
                run(1, &[1, 2, 3], 0..WIDTH),
                run(5, &[5], 4..5),
                run(6, &[6], 0..WIDTH)
            ]
        );
        assert_eq!(widened.written(), [1, 2, 3, 5, 6]);
    }

    #[test]
    fn new_contacts_never_come_beside_text_of_the_user() {
        let mut existing = existing();
        existing.user_text = vec![true; 6];
        assert!(existing.has_user_text(&[3..4, 5..6]));
        assert!(!existing.has_user_text(&[6..7, 8..9]));
        let four = rows(&[["1", ""], ["2", ""], ["3", ""], ["4", ""]]);
        let update = delta(&existing, &four, false);
        assert_eq!((update.add_at, update.inserted), (6, 4));

        let mut empty = Existing::new(&plain());
        assert_eq!(delta(&empty, &four, false).inserted, 0);
        empty.user_text = vec![false, false, true];
        let update = delta(&empty, &four, false);
        assert_eq!((update.add_at, update.inserted), (0, 2));
        empty.has_unlisted = true;
        let update = delta(&empty, &four, false);
        assert_eq!((update.add_at, update.inserted), (0, 4));
    }
}
