//! The option `columns`.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use whapi_export::fields::{Field, pick_fields};
use whapi_export::{CommaList, Result};

use super::set::{ColumnSet, known_fields};

/// The columns that a run writes: the option `columns`.
///
/// As text, `plain` is [`Plain`](Self::Plain), `all` is [`All`](Self::All), and everything else is a
/// list with commas. A tab may have other columns: those of the user, and those of earlier runs, which
/// stay as they are.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_sheets::{Columns, SheetsConfig};
///
/// let ctx = OpenContext::new().with_option("columns", "id, name, groups");
/// let config: SheetsConfig = ctx.options()?;
/// let names = ["id", "name", "groups"].map(str::to_owned);
/// assert_eq!(config.columns, Columns::Only(names.to_vec()));
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Columns {
    /// The fields of every contact: [`BASE_FIELDS`](whapi_export::fields::BASE_FIELDS). The default.
    #[default]
    Plain,
    /// All columns that there are.
    All,
    /// Only these, by name, in the order of a new tab. Without `id`, by which contacts are found, that
    /// column comes first.
    Only(Vec<String>),
}

impl Columns {
    /// Finds the columns by name.
    ///
    /// # Errors
    ///
    /// Those of [`pick_fields`].
    pub(crate) fn resolve(&self) -> Result<Arc<ColumnSet>> {
        let known: Vec<&'static Field> = known_fields().collect();
        let columns = match self {
            Self::Plain => ColumnSet::plain(),
            Self::All => ColumnSet::new(known),
            Self::Only(names) => ColumnSet::new(pick_fields(names, &known)?),
        };
        Ok(Arc::new(columns))
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = CommaList::deserialize(deserializer)?;
        Ok(match list.items() {
            [only] if only == "plain" => Self::Plain,
            [only] if only == "all" => Self::All,
            items => Self::Only(items.to_vec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::COLUMNS;
    use whapi_export::ErrorKind;

    fn only(names: &[&str]) -> Columns {
        Columns::Only(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[track_caller]
    fn check(columns: &Columns, expected: Result<&[&str], &str>) {
        let found = columns
            .resolve()
            .map(|columns| columns.names().collect::<Vec<_>>())
            .map_err(|error| {
                assert_eq!(error.kind(), ErrorKind::Config);
                error.to_string()
            });
        assert_eq!(found, expected.map(<[_]>::to_vec).map_err(str::to_owned));
    }

    #[test]
    fn a_list_keeps_its_order_and_begins_with_the_id_if_it_lacks_it() {
        check(&Columns::Plain, Ok(&COLUMNS));
        check(&only(&["groups", "id"]), Ok(&["groups", "id"]));
        check(&only(&["groups", "name"]), Ok(&["id", "groups", "name"]));
    }

    #[test]
    fn a_list_names_what_is_wrong() {
        check(
            &only(&["name", "id", "name"]),
            Err("option `columns`: column `name` is named twice"),
        );
        check(
            &only(&[]),
            Err("option `columns`: no column is named; give a comma list or `all`"),
        );
        check(
            &only(&["name", "about"]),
            Err(
                "option `columns`: unknown column `about`; known: id, kind, phone, display_name, \
                 name, pushname, saved, standing, can_edit, can_delete, can_create, is_business, \
                 name_warnings, reason, reasons, last_activity, labels, groups, group_ids, other_id, \
                 merged, change, country, phone_international, phone_variants",
            ),
        );
    }
}
