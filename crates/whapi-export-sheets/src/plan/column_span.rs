//! Managed columns that are adjacent in the tab.

use std::ops::Range;

use super::change::index;

/// Consecutive managed columns that are adjacent in the tab, in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnSpan {
    pub(super) columns: Range<usize>,
    /// The index in the tab of the first one.
    pub(super) at: i32,
}

impl ColumnSpan {
    /// The columns of the tab.
    pub(super) fn place(&self) -> Range<i32> {
        self.at..self.at + index(self.columns.len())
    }
}

/// Groups the managed columns by their position in the tab.
pub(super) fn column_spans(places: &[i32]) -> Vec<ColumnSpan> {
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

/// The parts of the spans that lie within the given managed columns.
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
    fn adjacent_columns_form_a_span() {
        let run = |columns, at| ColumnSpan { columns, at };
        let in_order: [i32; 12] = std::array::from_fn(index);
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
