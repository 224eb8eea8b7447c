//! Which of our columns are neighbours.

use std::ops::Range;

use super::change::index;
use crate::rows::WIDTH;

/// Neighbouring columns of ours that are neighbours in the tab as well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColumnSpan {
    pub(super) columns: Range<usize>,
    pub(super) at: i32,
}

impl ColumnSpan {
    pub(super) fn place(&self) -> Range<i32> {
        self.at..self.at + index(self.columns.len())
    }
}

pub(super) fn column_spans(places: &[i32; WIDTH]) -> Vec<ColumnSpan> {
    let mut column_spans: Vec<ColumnSpan> = Vec::new();
    for (column, at) in places.iter().copied().enumerate() {
        match column_spans.last_mut() {
            Some(run) if run.at + index(run.columns.len()) == at => run.columns.end += 1,
            _ => column_spans.push(ColumnSpan {
                columns: column..column + 1,
                at,
            }),
        }
    }
    column_spans
}

pub(super) fn overlaps(column_spans: &[ColumnSpan], columns: &Range<usize>) -> Vec<ColumnSpan> {
    let cut = |run: &ColumnSpan| {
        let part = run.columns.start.max(columns.start)..run.columns.end.min(columns.end);
        (!part.is_empty()).then(|| ColumnSpan {
            at: run.at + index(part.start - run.columns.start),
            columns: part,
        })
    };
    column_spans.iter().filter_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_written_together() {
        let run = |columns, at| ColumnSpan { columns, at };
        let in_order = std::array::from_fn(index);
        assert_eq!(column_spans(&in_order), [run(0..12, 0)]);
        let mut moved = in_order;
        moved[3] = 20;
        let moved = column_spans(&moved);
        assert_eq!(moved, [run(0..3, 0), run(3..4, 20), run(4..12, 4)]);
        assert_eq!(
            overlaps(&moved, &(2..6)),
            [run(2..3, 2), run(3..4, 20), run(4..6, 4)]
        );
    }
}
