//! Finds the header row of a tab, which people move, empty and delete.

use whapi_export::whapi_model::{ContactId, IdKind};

use crate::columns::ColumnSet;

/// The rows at the top of a tab among which the header is looked for.
pub(crate) const SEARCHED: usize = 20;

/// Where the header of the managed columns is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Header {
    /// In this row, counted from 0. The columns whose header cell is empty, and gets its name back.
    At { row: i32, emptied: Vec<usize> },
    /// It was deleted: the first row is a contact's. It is inserted again.
    Missing,
}

impl Default for Header {
    fn default() -> Self {
        Self::At {
            row: 0,
            emptied: Vec::new(),
        }
    }
}

impl Header {
    /// Finds the header of the columns in the top rows of a tab. `None` for a missing column.
    ///
    /// It is the row that has the most of the columns' names; `unlisted` counts in each row those of
    /// other columns. If no row has any, people renamed all of them, and the header is the first row,
    /// unless that row is a contact's.
    pub(crate) fn find(
        top: &[Vec<Option<String>>],
        columns: &ColumnSet,
        unlisted: &[usize],
    ) -> Self {
        let names = |row: &[Option<String>]| {
            let cells = row.iter().zip(columns.names());
            cells
                .filter(|(cell, name)| cell.as_deref() == Some(*name))
                .count()
        };
        let unlisted = unlisted.iter().chain(std::iter::repeat(&0));
        let mut best = (0, 0);
        for (row, (cells, unlisted)) in (0..).zip(top.iter().zip(unlisted)) {
            let found = names(cells) + unlisted;
            if found > best.0 {
                best = (found, row);
            }
        }
        let is_contact = |row: &Vec<Option<String>>| {
            let id = row[columns.key()].as_deref().map(ContactId::parse);
            id.is_some_and(|id| id.is_ok_and(|id| id.kind() != IdKind::Other))
        };
        match best {
            (0, _) if top.first().is_some_and(is_contact) => Self::Missing,
            (0, _) => Self::default(),
            (_, row) => Self::At {
                row,
                emptied: top
                    .get(usize::try_from(row).unwrap_or_default())
                    .into_iter()
                    .flat_map(|cells| cells.iter().enumerate())
                    .filter(|(_, cell)| cell.as_deref() == Some(""))
                    .map(|(column, _)| column)
                    .collect(),
            },
        }
    }

    /// The first row of contacts, when the tab is read.
    pub(crate) fn first_row(&self) -> i32 {
        match self {
            Self::At { row, .. } => row + 1,
            Self::Missing => 0,
        }
    }

    /// The header after a run has written it.
    pub(crate) fn written(&self) -> Self {
        Self::At {
            row: self.row(),
            emptied: Vec::new(),
        }
    }

    /// How many rows are inserted above the contacts before anything else is written.
    pub(crate) fn inserted(&self) -> i32 {
        match self {
            Self::At { .. } => 0,
            Self::Missing => 1,
        }
    }

    /// The row of the header, when the tab is written.
    pub(crate) fn row(&self) -> i32 {
        self.first_row() + self.inserted() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::{COLUMNS, WIDTH, plain};

    fn row(cells: &[&str]) -> Vec<Option<String>> {
        let cell = |column| cells.get(column).map(|cell: &&str| (*cell).to_owned());
        (0..WIDTH).map(cell).collect()
    }

    #[track_caller]
    fn check(top: &[&[&str]], expected: &Header) {
        let top: Vec<_> = top.iter().map(|cells| row(cells)).collect();
        assert_eq!(&Header::find(&top, &plain(), &[]), expected);
    }

    #[test]
    fn the_header_is_found_where_people_leave_it() {
        let at = |row, emptied: &[usize]| Header::At {
            row,
            emptied: emptied.to_vec(),
        };
        let contact: &[&str] = &["447700900101", "phone"];
        check(&[], &at(0, &[]));
        check(&[&COLUMNS, contact], &at(0, &[]));
        check(&[&["My people", ""], &COLUMNS, contact], &at(1, &[]));
        check(&[&["id", "", "phone"], contact], &at(0, &[1]));
        check(&[&["Number", "Kind"], contact], &at(0, &[]));
        check(&[&["", "", ""], contact], &at(0, &[]));
        check(&[contact, &["84958372615243@lid", "lid"]], &Header::Missing);
        check(&[&["84958372615243@lid", "lid"]], &Header::Missing);
        assert_eq!((at(2, &[]).first_row(), at(2, &[]).row()), (3, 2));
        assert_eq!((Header::Missing.first_row(), Header::Missing.row()), (0, 0));
    }
}
