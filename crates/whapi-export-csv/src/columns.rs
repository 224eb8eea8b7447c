//! The option `columns`.

use serde::{Deserialize, Deserializer};
use whapi_export::fields::{Field, pick_fields};
use whapi_export::{Available, CommaList, Result};

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
    /// them, and the name of the channel in front of them in a run over several.
    #[default]
    OfProfile,
    /// The columns of the profile, and behind them all others that it has. The name of the channel stands
    /// in front of them in a run over several.
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
            Self::Only(names) => {
                let known: Vec<_> = layout.known_columns().collect();
                pick_fields(names, &known)
            }
        }
    }

    /// The optional columns behind the profile's in a run with this optional information, unless
    /// columns were chosen, and those of people in several channels, unless columns were named.
    pub(crate) fn coming_with(
        &self,
        available: Available,
        layout: &'static ProfileLayout,
    ) -> impl Iterator<Item = &'static Field> {
        let chosen = *self != Self::OfProfile;
        let named = matches!(self, Self::Only(_));
        let more = layout.optional_columns();
        let more = more.filter(move |column| !chosen && (column.comes_with)(available));
        let people = layout.last_columns(available);
        more.chain(people.filter(move |_| !named))
    }

    /// The column in front of all others in a run with this optional information, unless columns were
    /// named.
    pub(crate) fn coming_first(
        &self,
        available: Available,
        layout: &'static ProfileLayout,
    ) -> Option<&'static Field> {
        let first = layout.first_column(available);
        first.filter(|_| !matches!(self, Self::Only(_)))
    }
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

    #[test]
    fn a_choice_keeps_its_order() {
        let choice = Columns::Only(vec!["about".to_owned(), "id".to_owned()]);
        let columns = choice.resolve(Profile::Plain.layout()).unwrap();
        let names: Vec<_> = columns.iter().map(|column| column.name).collect();
        assert_eq!(names, ["about", "id"]);
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
