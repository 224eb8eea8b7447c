//! What a profile fixes: columns, byte order mark, spelling of phone numbers.

use whapi_export::fields::{Cell, Field};

use super::phones::Phones;

/// Columns, byte order mark and phone format of a profile.
#[derive(Debug)]
pub(crate) struct ProfileLayout {
    /// The columns of a file for which none are chosen.
    pub(crate) columns: &'static [Field],
    /// Columns that can be chosen, or come with the run's optional information.
    pub(crate) optional_columns: &'static [&'static [Field]],
    /// Whether a program imports the file, one that parses quotes and shows no formulas.
    pub(crate) for_importer: bool,
    /// Whether the file begins with U+FEFF.
    pub(crate) byte_order_mark: bool,
    /// The spelling of phone numbers.
    pub(crate) phones: Phones,
}

impl ProfileLayout {
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.columns.iter().chain(self.optional_columns())
    }

    pub(crate) fn optional_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.optional_columns.iter().copied().flatten()
    }

    /// Creates the layout of a profile whose columns an importer dictates.
    pub(super) const fn of_importer(columns: &'static [Field]) -> Self {
        Self {
            columns,
            optional_columns: &[],
            for_importer: true,
            byte_order_mark: false,
            phones: Phones::Bare,
        }
    }
}

/// Creates a column that importers expect, and that stays empty.
pub(super) const fn empty(header: &'static str) -> Field {
    Field::new(header, |_, _| Cell::word(""))
}
