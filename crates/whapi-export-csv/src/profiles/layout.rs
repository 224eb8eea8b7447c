//! What a profile fixes: columns, byte order mark, spelling of phone numbers.

use whapi_export::Available;
use whapi_export::fields::{Cell, Field};

use super::phones::Phones;

/// Columns, byte order mark and phone format of a profile.
#[derive(Debug)]
pub(crate) struct ProfileLayout {
    /// The columns of a file for which none are chosen, before [`replaced`](Self::replaced) ones.
    pub(super) columns: &'static [Field],
    /// Columns that stand in place of those of the same name.
    pub(super) replaced: &'static [Field],
    /// Columns that can be chosen, or come with the run's optional information.
    pub(super) optional_columns: &'static [&'static [Field]],
    /// The column of runs over several channels, in which it comes first. It can be chosen in any run.
    pub(super) channel: Option<&'static Field>,
    /// The columns of runs that merge channels, in which they come last. They can be chosen in any run.
    pub(super) people: &'static [Field],
    /// Whether a program imports the file, one that parses quotes and shows no formulas.
    pub(crate) for_importer: bool,
    /// Whether the file begins with U+FEFF.
    pub(crate) byte_order_mark: bool,
    /// The spelling of phone numbers.
    pub(crate) phones: Phones,
    /// What the importer takes at most. `None` without a known limit.
    pub(crate) limit: Option<Limit>,
}

/// How many contacts an importer takes from a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) importer: &'static str,
    pub(crate) contacts: u64,
}

impl ProfileLayout {
    /// The columns that can be chosen.
    pub(crate) fn known_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.all_columns().chain(self.people).chain(self.channel)
    }

    /// The columns behind all others in a run with this optional information.
    pub(crate) fn last_columns(
        &self,
        available: Available,
    ) -> impl Iterator<Item = &'static Field> {
        let people = self.people.iter();
        people.filter(move |column| (column.comes_with)(available))
    }

    /// The column in front of all others in a run with this optional information.
    pub(crate) fn first_column(&self, available: Available) -> Option<&'static Field> {
        self.channel.filter(|column| (column.comes_with)(available))
    }

    /// The columns that `all` stands for.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &'static Field> {
        self.columns().chain(self.optional_columns())
    }

    /// The columns of a file for which none are chosen.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'static Field> {
        self.columns.iter().map(|column| self.replace(column))
    }

    pub(crate) fn optional_columns(&self) -> impl Iterator<Item = &'static Field> {
        let columns = self.optional_columns.iter().copied().flatten();
        columns.map(|column| self.replace(column))
    }

    fn replace(&self, column: &'static Field) -> &'static Field {
        let same_name = |other: &&Field| other.name == column.name;
        self.replaced.iter().find(same_name).unwrap_or(column)
    }

    /// Creates the layout of a profile whose columns an importer dictates.
    pub(super) const fn of_importer(columns: &'static [Field]) -> Self {
        Self {
            columns,
            replaced: &[],
            optional_columns: &[],
            channel: None,
            people: &[],
            for_importer: true,
            byte_order_mark: false,
            phones: Phones::Bare,
            limit: None,
        }
    }
}

/// Creates a column that importers expect, and that stays empty.
pub(super) const fn empty(header: &'static str) -> Field {
    Field::new(header, |_, _| Cell::word(""))
}
