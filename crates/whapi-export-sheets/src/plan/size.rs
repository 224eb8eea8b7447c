//! The size of rows in a request, in bytes.

use std::ops::Range;

use crate::rows::{Rows, json_len};

/// The maximum size of a request, in bytes. Google recommends at most 2 MB.
pub(crate) const MAX_BYTES: usize = 1_800_000;
/// Reserved in a batch for everything that is not a cell, in bytes.
const ENVELOPE: usize = 30_000;

/// The size of all rows as cells of a batch, in bytes.
pub(crate) fn cells_len(rows: &Rows) -> usize {
    (0..rows.len())
        .map(|row| row_len(rows, row, &(0..rows.width())))
        .sum()
}

/// The size of some columns of a row as cells of a batch, in bytes.
pub(super) fn row_len(rows: &Rows, row: usize, columns: &Range<usize>) -> usize {
    // `{"values":[` `]},` around, `{"userEnteredValue":{"stringValue":` `}},` around each text.
    14 + columns
        .clone()
        .map(|column| match rows.cell(row, column) {
            "" => 3,
            text => 38 + json_len(text),
        })
        .sum::<usize>()
}

/// Whether cells of this size fit into one batch of at most `max` bytes.
pub(crate) fn fits_batch(cells: usize, max: usize) -> bool {
    cells + ENVELOPE <= max
}

/// The maximum size of a part of a staging tab, for a maximum size of other requests.
///
/// Google recommends 2 MB and has no documented limit; larger parts take fewer writes. A part that is
/// refused is split.
pub(crate) fn part_bytes(max: usize) -> usize {
    max + max / 9 * 4
}

/// Splits a part of the picked rows into parts of at most `max` bytes as JSON arrays.
///
/// A longer row is a part of its own.
pub(crate) fn chunks(
    rows: &Rows,
    picked: &[usize],
    part: Range<usize>,
    max: usize,
) -> Vec<Range<usize>> {
    const AROUND: usize = 400;
    let mut chunks = Vec::new();
    let end = part.end;
    let (mut start, mut bytes) = (part.start, AROUND);
    for place in part {
        let len = rows.json_len(picked[place]);
        if bytes + len > max && place > start {
            chunks.push(start..place);
            (start, bytes) = (place, AROUND);
        }
        bytes += len;
    }
    if start < end {
        chunks.push(start..end);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rows::tests::rows;

    proptest! {
        #[test]
        fn chunks_contain_every_row_once_and_fit(
            names in prop::collection::vec(".{0,60}", 0..40),
            max in 500_usize..2000,
        ) {
            let texts: Vec<_> = names.iter().map(|name| ["1", name.as_str()]).collect();
            let rows = rows(&texts);
            let picked: Vec<_> = (0..rows.len()).rev().collect();
            let parts = chunks(&rows, &picked, 0..rows.len(), max);
            let all: Vec<_> = parts.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (0..rows.len()).collect::<Vec<_>>());
            for part in parts {
                let len = crate::api::requests::rows_body_len(i32::MAX, &rows, &picked, &part);
                prop_assert!(len <= max || part.len() == 1);
            }
        }
    }
}
