//! How many bytes rows take in a request.

use std::ops::Range;

use crate::rows::{Rows, WIDTH, json_len};

/// The most bytes of one request. Google recommends 2 MB.
pub(crate) const MAX_BYTES: usize = 1_800_000;
/// Kept free in a batch for everything that is not a cell.
const ENVELOPE: usize = 30_000;

/// How many bytes these rows are as cells of a batch.
pub(crate) fn cells_len(rows: &Rows) -> usize {
    (0..rows.len())
        .map(|row| row_len(rows, row, &(0..WIDTH)))
        .sum()
}

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

/// Whether so many bytes of cells fit one batch, with everything around them.
pub(crate) fn fits_batch(cells: usize, most: usize) -> bool {
    cells + ENVELOPE <= most
}

/// Rows in parts of at most so many bytes, as arrays of arrays.
pub(crate) fn chunks(rows: &Rows, most: usize) -> Vec<Range<usize>> {
    const AROUND: usize = 400;
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, AROUND);
    for row in 0..rows.len() {
        let len = rows.json_len(row);
        if bytes + len > most && row > start {
            chunks.push(start..row);
            (start, bytes) = (row, AROUND);
        }
        bytes += len;
    }
    if start < rows.len() {
        chunks.push(start..rows.len());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn parts_hold_every_row_once_and_fit(
            names in prop::collection::vec(".{0,60}", 0..40),
            most in 500_usize..2000,
        ) {
            let texts: Vec<_> = names.iter().map(|name| ["1", name.as_str()]).collect();
            let rows = rows(&texts);
            let parts = chunks(&rows, most);
            let all: Vec<_> = parts.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (0..rows.len()).collect::<Vec<_>>());
            for part in parts {
                let len = crate::api::requests::rows_body_len(i32::MAX, &rows, &part);
                prop_assert!(len <= most || part.len() == 1);
            }
        }
    }
}
