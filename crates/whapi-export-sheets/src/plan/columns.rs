//! Which of our columns are neighbours.

use std::ops::Range;

use super::change::index;
use crate::rows::WIDTH;

/// Neighbouring columns of ours that are neighbours in the tab as well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) columns: Range<usize>,
    pub(super) at: i32,
}

impl Run {
    pub(super) fn place(&self) -> Range<i32> {
        self.at..self.at + index(self.columns.len())
    }
}

pub(super) fn runs(places: &[i32; WIDTH]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (column, at) in places.iter().copied().enumerate() {
        match runs.last_mut() {
            Some(run) if run.at + index(run.columns.len()) == at => run.columns.end += 1,
            _ => runs.push(Run {
                columns: column..column + 1,
                at,
            }),
        }
    }
    runs
}

pub(super) fn overlaps(runs: &[Run], columns: &Range<usize>) -> Vec<Run> {
    let cut = |run: &Run| {
        let part = run.columns.start.max(columns.start)..run.columns.end.min(columns.end);
        (!part.is_empty()).then(|| Run {
            at: run.at + index(part.start - run.columns.start),
            columns: part,
        })
    };
    runs.iter().filter_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_written_together() {
        let run = |columns, at| Run { columns, at };
        let in_order = std::array::from_fn(index);
        assert_eq!(runs(&in_order), [run(0..12, 0)]);
        let mut moved = in_order;
        moved[3] = 20;
        let moved = runs(&moved);
        assert_eq!(moved, [run(0..3, 0), run(3..4, 20), run(4..12, 4)]);
        assert_eq!(
            overlaps(&moved, &(2..6)),
            [run(2..3, 2), run(3..4, 20), run(4..6, 4)]
        );
    }
}
