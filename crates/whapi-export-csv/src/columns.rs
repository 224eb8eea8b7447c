//! The columns: what each is called, and what it says about a contact.

use serde::{Deserialize, Deserializer};
use whapi_export::whapi_classify::{NameSource, Operation, Rule};
use whapi_export::{ClassifiedContact, CommaList, Error, ErrorKind, Result};

use crate::profile::Layout;

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) header: &'static str,
    pub(crate) cell: CellOf,
}

/// Gives a column's cell for a contact. The `String` comes empty; a text that is nowhere in the
/// contact is built in it.
type CellOf = for<'a> fn(&'a ClassifiedContact, &'a mut String) -> Cell<'a>;

/// A cell's text by who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Chosen here: one of a few words, or `+` and digits. Goes into the file as it is.
    Ours(&'a str),
    /// Chosen by somebody else, who may mean harm. Goes through the guard.
    Strangers(&'a str),
}

use Cell::{Ours, Strangers};

/// The columns of the plain profile. Never reordered: programs read them by place, too.
pub(crate) static PLAIN: [Column; 12] = [
    Column {
        header: "id",
        // Real numbers and LIDs begin with a digit, which the guard never touches.
        cell: |contact, _| Strangers(contact.id().as_str()),
    },
    Column {
        header: "kind",
        cell: |contact, _| Ours(contact.id().kind().as_str()),
    },
    Column {
        header: "phone",
        cell: |contact, built| {
            if let Some(phone) = contact.phone() {
                built.push('+');
                built.push_str(phone.digits());
            }
            Ours(built)
        },
    },
    Column {
        header: "display_name",
        cell: |contact, built| {
            let shown = contact.display_name();
            built.push_str(shown.text());
            match shown.source() {
                NameSource::Phone => Ours(built),
                _ => Strangers(built),
            }
        },
    },
    Column {
        header: "name",
        cell: |contact, _| strangers(contact.contact().name()),
    },
    Column {
        header: "pushname",
        cell: |contact, _| strangers(contact.contact().pushname()),
    },
    Column {
        header: "saved",
        cell: |contact, _| flag(contact.contact().saved()),
    },
    Column {
        header: "standing",
        cell: |contact, _| Ours(contact.standing().as_str()),
    },
    Column {
        header: "can_edit",
        cell: |contact, _| allowed(contact, Operation::Edit),
    },
    Column {
        header: "can_delete",
        cell: |contact, _| allowed(contact, Operation::Delete),
    },
    Column {
        header: "can_create",
        cell: |contact, _| allowed(contact, Operation::Create),
    },
    Column {
        header: "is_business",
        cell: |contact, _| flag(contact.contact().is_business()),
    },
];

/// The column whose cells need the names of the whole address book.
pub(crate) const NAME_WARNINGS: &str = "name_warnings";

/// What the plain profile has besides, for those who name it.
pub(crate) static MORE: [Column; 8] = [
    Column {
        header: "name_source",
        cell: |contact, _| Ours(contact.display_name().source().as_str()),
    },
    Column {
        header: "edit_rule",
        cell: |contact, _| rule(contact, Operation::Edit),
    },
    Column {
        header: "delete_rule",
        cell: |contact, _| rule(contact, Operation::Delete),
    },
    Column {
        header: "create_rule",
        cell: |contact, _| rule(contact, Operation::Create),
    },
    Column {
        header: "about",
        cell: |contact, _| strangers(contact.contact().about()),
    },
    Column {
        header: "profile_pic",
        cell: |contact, _| strangers(contact.contact().profile_pic()),
    },
    Column {
        header: "profile_pic_full",
        cell: |contact, _| strangers(contact.contact().profile_pic_full()),
    },
    Column {
        header: NAME_WARNINGS,
        cell: |contact, built| {
            use std::fmt::Write as _;
            write!(built, "{}", contact.name_warnings()).expect("a String takes everything");
            Ours(built)
        },
    },
];

fn strangers(text: Option<&str>) -> Cell<'_> {
    Strangers(text.unwrap_or_default())
}

fn flag(value: Option<bool>) -> Cell<'static> {
    Ours(match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    })
}

fn allowed(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    flag(Some(contact.permissions().verdict(operation).is_allowed()))
}

fn rule(contact: &ClassifiedContact, operation: Operation) -> Cell<'static> {
    let verdict = contact.permissions().verdict(operation);
    Ours(verdict.rule().map_or("", Rule::code))
}

/// Which columns a file has: the option `columns`.
///
/// Read from text, `all` is [`All`](Self::All) and everything else a list with commas.
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
    /// The columns of the profile. The default.
    #[default]
    OfProfile,
    /// The columns of the profile, and behind them all others that it has.
    All,
    /// These and no others, by name, in this order.
    Only(Vec<String>),
}

impl Columns {
    /// The columns themselves.
    pub(crate) fn resolve(self, layout: &'static Layout) -> Result<Vec<&'static Column>> {
        match self {
            Self::OfProfile => Ok(layout.columns.iter().collect()),
            Self::All => Ok(layout.all_columns().collect()),
            Self::Only(names) => pick(&names, layout),
        }
    }
}

fn pick(names: &[String], layout: &'static Layout) -> Result<Vec<&'static Column>> {
    if names.is_empty() {
        return Err(refused("no column is named; give a comma list or `all`"));
    }
    let mut picked: Vec<&'static Column> = Vec::with_capacity(names.len());
    for name in names {
        if picked.iter().any(|column| column.header == name) {
            return Err(refused(format!("column `{name}` is named twice")));
        }
        let column = layout
            .all_columns()
            .find(|column| column.header == name)
            .ok_or_else(|| {
                let known: Vec<_> = layout.all_columns().map(|column| column.header).collect();
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
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;
    use crate::Profile;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[track_caller]
    fn check(contact: Contact, header: &str, expected: Cell<'_>) {
        let contact = ClassifiedContact::new(contact);
        let column = PLAIN.iter().chain(&MORE).find(|c| c.header == header);
        let mut built = String::new();
        assert_eq!((column.unwrap().cell)(&contact, &mut built), expected);
    }

    #[test]
    fn names_worth_a_second_look() {
        let odd = contact("4915112345678")
            .with_name("P\u{430}ul")
            .with_pushname("\u{202e}1234567");
        check(
            odd,
            "name_warnings",
            Ours("bidi mixed_scripts looks_like_phone"),
        );
        check(contact("49151").with_name("Ada"), "name_warnings", Ours(""));
        check(contact("4915112345678"), "name_warnings", Ours(""));
    }

    #[test]
    fn the_plain_header_is_fixed() {
        let header: Vec<_> = PLAIN.iter().map(|column| column.header).collect();
        assert_eq!(
            header.join(","),
            "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,\
             can_create,is_business"
        );
    }

    #[test]
    fn a_number_of_ours_is_not_a_strangers() {
        let number = "4915112345678@s.whatsapp.net";
        check(contact(number), "id", Strangers(number));
        check(contact(number), "phone", Ours("+4915112345678"));
        check(contact(number), "display_name", Ours("+4915112345678"));
        check(contact(number), "name_source", Ours("phone"));
        let copycat = contact(number).with_pushname("+4915112345678");
        check(copycat, "display_name", Strangers("+4915112345678"));
    }

    #[test]
    fn a_lid_has_no_phone() {
        let lid = "84958372615243@lid";
        check(contact(lid), "kind", Ours("lid"));
        check(contact(lid), "phone", Ours(""));
        check(contact(lid), "display_name", Strangers(lid));
        check(contact(lid), "name_source", Ours("id"));
    }

    #[test]
    fn rules_are_codes() {
        let discovered = contact("84958372615243@lid").with_saved(false);
        for (header, code) in [
            ("edit_rule", "discovered-cannot-be-edited"),
            ("delete_rule", "discovered-cannot-be-deleted"),
            ("create_rule", "lid-has-no-number"),
        ] {
            check(discovered.clone(), header, Ours(code));
        }
        check(contact("49151").with_saved(true), "edit_rule", Ours(""));
    }

    #[test]
    fn missing_and_empty_text_look_the_same() {
        check(contact("49151"), "name", Strangers(""));
        check(contact("49151").with_name(""), "name", Strangers(""));
        check(contact("49151"), "is_business", Ours(""));
        check(
            contact("49151").with_is_business(false),
            "is_business",
            Ours("false"),
        );
    }

    #[track_caller]
    fn check_choice(names: &[&str], expected: Result<&[&str], &str>) {
        let choice = Columns::Only(names.iter().map(|&name| name.to_owned()).collect());
        let found = choice
            .resolve(Profile::Plain.layout())
            .map(|columns| columns.iter().map(|c| c.header).collect::<Vec<_>>())
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
        check_choice(
            &["id", "fone"],
            Err(
                "option `columns`: unknown column `fone`; known: id, kind, phone, display_name, \
                 name, pushname, saved, standing, can_edit, can_delete, can_create, is_business, \
                 name_source, edit_rule, delete_rule, create_rule, about, profile_pic, \
                 profile_pic_full, name_warnings",
            ),
        );
    }

    #[test]
    fn the_mapping_document_lists_every_column_in_order() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mapping/csv.md");
        let document = std::fs::read_to_string(path).unwrap();
        let listed: Vec<_> = document
            .lines()
            .skip_while(|line| !line.starts_with("| column "))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.split('`').nth(1).unwrap())
            .collect();
        let known: Vec<_> = PLAIN.iter().chain(&MORE).map(|c| c.header).collect();
        assert_eq!(listed, known);
    }
}
