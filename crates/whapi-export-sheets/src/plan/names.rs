//! Keeps names that the API no longer sends.

use super::delta::Existing;
use super::matching::Matching;
use crate::columns::ColumnSet;
use crate::rows::Rows;

/// New rows that keep names of the tab.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeptNames {
    pub(crate) rows: Rows,
    /// The number of contacts that keep a name.
    pub(crate) contacts: u64,
}

impl Existing {
    /// Fills in the names that the tab has and the new rows lack. `None` when there are none.
    ///
    /// Nothing is kept without each of the columns with names and the one with the standing.
    ///
    /// The name of the address book is not kept for a contact whose standing changed: a contact
    /// that was deleted from the address book has no name there.
    pub(crate) fn keep_names(&self, wanted: &Rows, matching: &Matching) -> Option<KeptNames> {
        let columns = NameColumns::among(wanted.columns())?;
        let kept = |row: usize| Kept::of(&columns, self, matching.place(row)?, wanted, row);
        let first = (0..wanted.len()).find(|row| kept(*row).is_some())?;
        let mut rows = wanted.part(0..first);
        let mut contacts = 0;
        for row in first..wanted.len() {
            let kept = kept(row);
            contacts += u64::from(kept.is_some());
            let kept = kept.unwrap_or_default();
            rows.push_row(wanted.row(row).enumerate().map(|(column, cell)| {
                let kept = match column {
                    _ if column == columns.shown => kept.shown,
                    _ if column == columns.name => kept.name,
                    _ if column == columns.pushname => kept.pushname,
                    _ => None,
                };
                kept.unwrap_or(cell)
            }));
            rows.copy_other_id(wanted, row);
        }
        Some(KeptNames { rows, contacts })
    }
}

/// The columns by which names are kept.
struct NameColumns {
    shown: usize,
    name: usize,
    pushname: usize,
    standing: usize,
}

impl NameColumns {
    /// `None` unless all of them are there.
    fn among(columns: &ColumnSet) -> Option<Self> {
        Some(Self {
            shown: columns.find("display_name")?,
            name: columns.find("name")?,
            pushname: columns.find("pushname")?,
            standing: columns.find("standing")?,
        })
    }
}

/// The cells that one contact keeps.
#[derive(Default)]
struct Kept<'a> {
    shown: Option<&'a str>,
    name: Option<&'a str>,
    pushname: Option<&'a str>,
}

impl<'a> Kept<'a> {
    fn of(
        columns: &NameColumns,
        existing: &'a Existing,
        at: usize,
        wanted: &Rows,
        row: usize,
    ) -> Option<Self> {
        let old = |column| existing.rows.cell(at, column);
        let new = |column| wanted.cell(row, column);
        let missing =
            |column| Some(old(column)).filter(|old| new(column).is_empty() && !old.is_empty());
        let same_standing = old(columns.standing) == new(columns.standing);
        let name = missing(columns.name).filter(|_| same_standing);
        let pushname = missing(columns.pushname);
        if name.is_none() && pushname.is_none() {
            return None;
        }
        let shown = if name.is_some() {
            Some(old(columns.shown))
        } else if !new(columns.name).is_empty() {
            None
        } else if same_standing {
            Some(old(columns.shown))
        } else {
            pushname
        };
        Some(Self {
            shown,
            name,
            pushname,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::{WIDTH, plain};

    /// A row with an id, a shown name, a name, a pushname and a standing.
    fn push(rows: &mut Rows, texts: [&str; 5]) {
        let mut cells = [""; WIDTH];
        let columns = [0, 3, 4, 5, 7];
        for (column, text) in columns.into_iter().zip(texts) {
            cells[column] = text;
        }
        rows.push_row(cells);
    }

    #[track_caller]
    fn check(old: [&str; 5], new: [&str; 5], expected: Option<[&str; 5]>) {
        let mut existing = Existing::new(&plain());
        push(&mut existing.rows, old);
        let mut wanted = Rows::new(&plain());
        push(&mut wanted, ["447700900199", "x", "x", "", "saved"]);
        push(&mut wanted, new);
        push(&mut wanted, ["447700900198", "y", "", "y", "discovered"]);
        let matching = Matching::new(&existing, &wanted);
        let expected = expected.map(|expected| {
            let mut rows = Rows::new(&plain());
            push(&mut rows, ["447700900199", "x", "x", "", "saved"]);
            push(&mut rows, expected);
            push(&mut rows, ["447700900198", "y", "", "y", "discovered"]);
            KeptNames { rows, contacts: 1 }
        });
        assert_eq!(existing.keep_names(&wanted, &matching), expected);
    }

    const ID: &str = "447700900101";
    const NUMBER: &str = "+447700900101";

    #[test]
    fn names_that_are_missing_are_kept() {
        let old = [ID, "Ada", "Ada", "countess", "saved"];
        check(old, [ID, NUMBER, "", "", "saved"], Some(old));
        check(old, [ID, "countess", "", "countess", "saved"], Some(old));
        check(
            old,
            [ID, "Eve", "Eve", "", "saved"],
            Some([ID, "Eve", "Eve", "countess", "saved"]),
        );
        check(old, [ID, "Eve", "Eve", "eve", "saved"], None);
        check(old, old, None);
    }

    #[test]
    fn a_contact_that_was_deleted_from_the_address_book_loses_its_name() {
        let old = [ID, "Ada", "Ada", "countess", "saved"];
        check(old, [ID, "countess", "", "countess", "discovered"], None);
        check(
            old,
            [ID, NUMBER, "", "", "discovered"],
            Some([ID, "countess", "", "countess", "discovered"]),
        );
    }

    #[test]
    fn a_name_with_a_prefix_is_kept_as_it_was_shown() {
        let old = [ID, "WA countess", "", "countess", "discovered"];
        check(old, [ID, NUMBER, "", "", "discovered"], Some(old));
    }
}
