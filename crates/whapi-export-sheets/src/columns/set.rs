//! The columns that a run writes.

use whapi_export::Available;
use whapi_export::fields::{BASE_FIELDS, ENRICHMENT_FIELDS, Field, NAME_WARNINGS};

use super::numbers::NUMBERS;

/// The name of the column with the id, by which rows are matched.
pub(crate) const KEY: &str = "id";

/// Every column that there is, the plain ones first.
pub(crate) fn known_fields() -> impl Iterator<Item = &'static Field> {
    BASE_FIELDS
        .iter()
        .chain([&NAME_WARNINGS])
        .chain(ENRICHMENT_FIELDS)
        .chain(&NUMBERS)
}

/// The columns that a run writes, in the order of a new tab, with `id` among them.
#[derive(Debug, Clone)]
pub(crate) struct ColumnSet {
    fields: Vec<&'static Field>,
    key: usize,
}

impl ColumnSet {
    /// The fields of every contact.
    pub(crate) fn plain() -> Self {
        Self::new(BASE_FIELDS.iter().collect())
    }

    /// These fields, and in front of them `id` if it is not among them.
    pub(crate) fn new(mut fields: Vec<&'static Field>) -> Self {
        let key = fields.iter().position(|field| field.name == KEY);
        if key.is_none() {
            let id = BASE_FIELDS.iter().filter(|field| field.name == KEY);
            fields.splice(0..0, id);
        }
        Self {
            fields,
            key: key.unwrap_or(0),
        }
    }

    /// Whether they are the fields of every contact, in their order.
    pub(crate) fn is_plain(&self) -> bool {
        self.names().eq(BASE_FIELDS.iter().map(|field| field.name))
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The column with the id, by which rows are matched.
    pub(crate) fn key(&self) -> usize {
        self.key
    }

    pub(crate) fn field(&self, column: usize) -> &'static Field {
        self.fields[column]
    }

    pub(crate) fn name(&self, column: usize) -> &'static str {
        self.fields[column].name
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }

    /// The optional information of a run, in words, that none of the columns comes with.
    pub(crate) fn missing(&self, available: Available) -> Vec<&'static str> {
        let only = |set: fn(&mut Available)| {
            let mut only = Available::default();
            set(&mut only);
            only
        };
        let kinds = [
            ("reasons", available.reasons, only(|of| of.reasons = true)),
            (
                "other ids",
                available.lid_links,
                only(|of| of.lid_links = true),
            ),
            ("changes", available.changes, only(|of| of.changes = true)),
        ];
        let comes = |only| self.fields.iter().any(|field| (field.comes_with)(only));
        let missing = kinds
            .into_iter()
            .filter(|(_, is_there, only)| *is_there && !comes(*only));
        missing.map(|(name, ..)| name).collect()
    }

    /// The column of this name. `None` when it is not among them.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names().position(|known| known == name)
    }
}

/// By name: no two fields of different cells have the same.
impl PartialEq for ColumnSet {
    fn eq(&self, other: &Self) -> bool {
        self.names().eq(other.names())
    }
}

impl Eq for ColumnSet {}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::*;

    /// The number of plain columns.
    pub(crate) const WIDTH: usize = BASE_FIELDS.len();

    /// The names of the plain columns.
    pub(crate) static COLUMNS: [&str; WIDTH] = {
        let mut names = [""; WIDTH];
        let mut column = 0;
        while column < WIDTH {
            names[column] = BASE_FIELDS[column].name;
            column += 1;
        }
        names
    };

    /// The plain columns.
    pub(crate) fn plain() -> Arc<ColumnSet> {
        Arc::new(ColumnSet::plain())
    }

    #[test]
    fn plain_columns_are_found_by_name() {
        let plain = plain();
        assert_eq!(plain.names().collect::<Vec<_>>(), COLUMNS);
        assert_eq!(plain.name(plain.key()), "id");
        assert!(plain.is_plain());
        assert_eq!(plain.find("pushname"), Some(5));
        assert_eq!(plain.find("reason"), None);
    }

    #[track_caller]
    fn check_missing(names: &[&str], flags: [bool; 3], expected: &[&str]) {
        let fields = known_fields().filter(|field| names.contains(&field.name));
        let mut available = Available::default();
        [available.reasons, available.lid_links, available.changes] = flags;
        let columns = ColumnSet::new(fields.collect());
        assert_eq!(columns.missing(available), expected);
    }

    #[test]
    fn information_without_a_column_is_missing_once_it_is_there() {
        let all = [true; 3];
        check_missing(&COLUMNS, [false; 3], &[]);
        check_missing(&COLUMNS, all, &["reasons", "other ids", "changes"]);
        check_missing(&COLUMNS, [false, true, false], &["other ids"]);
        check_missing(&["labels"], all, &["other ids", "changes"]);
        check_missing(&["merged"], all, &["reasons", "changes"]);
        check_missing(&["change", "group_ids"], all, &["reasons", "other ids"]);
        check_missing(&["reason", "other_id", "change"], all, &[]);
    }
}
