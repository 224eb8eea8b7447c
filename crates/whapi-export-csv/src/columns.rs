//! The option `columns`.

use serde::{Deserialize, Deserializer};
use whapi_export::fields::Field;
use whapi_export::{Available, CommaList, Error, ErrorKind, Result};

use crate::profiles::ProfileLayout;

/// The columns of a file: the option `columns`.
///
/// As text, `all` is [`All`](Self::All) and everything else a list with commas.
///
/// # Examples
///
/// ```
/// use whapi_export::{OpenContext, OutputTarget};
/// use whapi_export_csv::{Columns, CsvConfig};
///
/// let ctx = OpenContext::new().with_option("columns", "phone, display_name");
/// let config: CsvConfig = ctx.options()?;
/// assert_eq!(config.columns, Columns::Only(vec!["phone".into(), "display_name".into()]));
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Columns {
    /// The columns of the profile. The default. In the profiles [`Plain`](crate::Profile::Plain) and
    /// [`Excel`](crate::Profile::Excel) the run's [optional information](whapi_export::RunInfo::available) stands behind
    /// them.
    #[default]
    OfProfile,
    /// The columns of the profile, and behind them all others that it has.
    All,
    /// Only these, by name, in this order.
    Only(Vec<String>),
}

impl Columns {
    /// The columns, without those that [come with](Self::coming_with) a run.
    pub(crate) fn resolve(&self, layout: &'static ProfileLayout) -> Result<Vec<&'static Field>> {
        match self {
            Self::OfProfile => Ok(layout.columns().collect()),
            Self::All => Ok(layout.all_columns().collect()),
            Self::Only(names) => pick(names, layout),
        }
    }

    /// The optional columns behind the profile's in a run with this optional information, unless
    /// columns were chosen.
    pub(crate) fn coming_with(
        &self,
        available: Available,
        layout: &'static ProfileLayout,
    ) -> impl Iterator<Item = &'static Field> {
        let chosen = *self != Self::OfProfile;
        let more = layout.optional_columns();
        more.filter(move |column| !chosen && (column.comes_with)(available))
    }
}

fn pick(names: &[String], layout: &'static ProfileLayout) -> Result<Vec<&'static Field>> {
    if names.is_empty() {
        return Err(refused("no column is named; give a comma list or `all`"));
    }
    let mut picked: Vec<&'static Field> = Vec::with_capacity(names.len());
    for name in names {
        if picked.iter().any(|column| column.name == name) {
            return Err(refused(format!("column `{name}` is named twice")));
        }
        let column = layout
            .all_columns()
            .find(|column| column.name == name)
            .ok_or_else(|| {
                let known: Vec<_> = layout.all_columns().map(|column| column.name).collect();
                refused(format!(
                    "unknown column `{name}`; known: {}",
                    known.join(", ")
                ))
            })?;
        picked.push(column);
    }
    Ok(picked)
}

fn refused(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Config, format!("option `columns`: {why}"))
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = CommaList::deserialize(deserializer)?;
        Ok(match list.items() {
            [only] if only == "all" => Self::All,
            items => Self::Only(items.to_vec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    #[track_caller]
    fn check_choice(names: &[&str], expected: Result<&[&str], &str>) {
        let choice = Columns::Only(names.iter().map(|&name| name.to_owned()).collect());
        let found = choice
            .resolve(Profile::Plain.layout())
            .map(|columns| columns.iter().map(|c| c.name).collect::<Vec<_>>())
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map(<[_]>::to_vec).map_err(str::to_owned));
    }

    #[test]
    fn a_choice_keeps_its_order_and_names_what_is_wrong() {
        check_choice(&["about", "id"], Ok(&["about", "id"]));
        check_choice(
            &["id", "phone", "id"],
            Err("option `columns`: column `id` is named twice"),
        );
        check_choice(
            &[],
            Err("option `columns`: no column is named; give a comma list or `all`"),
        );
    }

    #[test]
    fn an_unknown_column_is_named_with_those_that_are_known() {
        let choice = Columns::Only(vec!["name".to_owned(), "fone".to_owned()]);
        let error = choice.resolve(Profile::Chatwoot.layout()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "option `columns`: unknown column `fone`; known: name, email, identifier, \
             phone_number, whatsapp_standing, whatsapp_notes"
        );
    }

    #[track_caller]
    fn check_coming(columns: &Columns, profile: Profile, flags: [bool; 3], expected: &[&str]) {
        let mut available = Available::default();
        [available.reasons, available.lid_links, available.changes] = flags;
        let coming = columns.coming_with(available, profile.layout());
        let headers: Vec<_> = coming.map(|column| column.name).collect();
        assert_eq!(headers, expected);
    }

    #[test]
    fn what_a_run_finds_out_comes_unasked() {
        let own = Columns::OfProfile;
        let reasons = ["reason", "reasons", "last_activity", "labels", "groups"];
        for profile in [Profile::Plain, Profile::Excel] {
            check_coming(&own, profile, [false; 3], &[]);
            check_coming(&own, profile, [true, false, false], &reasons);
            check_coming(&own, profile, [false, true, false], &["other_id", "merged"]);
            check_coming(&own, profile, [false, false, true], &["change"]);
            let all = [&reasons[..], &["other_id", "merged", "change"]].concat();
            check_coming(&own, profile, [true; 3], &all);
        }
    }

    #[test]
    fn nothing_comes_into_what_was_chosen_or_is_dictated() {
        let chosen = Columns::Only(vec!["id".to_owned()]);
        check_coming(&chosen, Profile::Plain, [true; 3], &[]);
        check_coming(&Columns::All, Profile::Plain, [true; 3], &[]);
        check_coming(&Columns::OfProfile, Profile::Google, [true; 3], &[]);
    }
}
