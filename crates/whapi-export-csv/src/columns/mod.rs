//! The columns: what each is called, and what it says about a contact.

mod crm;
mod found;
mod google;
mod number;
mod outlook;
mod plain;

use whapi_export::whapi_classify::NameSource;
use whapi_export::{ClassifiedContact, Facts};

pub(crate) use crm::{CHATWOOT, HUBSPOT};
pub(crate) use found::{FOUND, push_groups, push_labels};
pub(crate) use google::GOOGLE;
pub(crate) use number::NUMBERS;
pub(crate) use outlook::OUTLOOK;
pub(crate) use plain::{MORE, NAME_WARNINGS, PLAIN};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) header: &'static str,
    pub(crate) cell: CellOf,
    /// Whether a file gets the column unasked from a run that finds these facts out.
    pub(crate) comes_with: fn(Facts) -> bool,
}

/// Gives a column's cell for a contact. The `String` comes empty; a text that is nowhere in the
/// contact is built in it.
type CellOf = for<'a> fn(&'a ClassifiedContact, &'a mut String) -> Cell<'a>;

/// A cell's text by who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Chosen here: one of a few words, or digits with a plus. Goes into the file as it is, so it
    /// must not hold a comma, a quote or a line end.
    Ours(&'a str),
    /// `+` and 4 to 15 digits, made here. The profile says how it is written.
    Phone(&'a str),
    /// Chosen by somebody else, who may mean harm. Goes through the guard.
    Strangers(&'a str),
}

use Cell::{Ours, Phone, Strangers};

/// A column that is there when somebody asks for it, or always.
const fn column(header: &'static str, cell: CellOf) -> Column {
    Column {
        header,
        cell,
        comes_with: |_| false,
    }
}

/// A column that importers expect to be there, and about which nothing is known.
const fn empty(header: &'static str) -> Column {
    column(header, |_, _| Ours(""))
}

/// The phone number; empty when it is hidden.
fn phone<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    match contact.phone() {
        None => Ours(""),
        Some(phone) => {
            built.push('+');
            built.push_str(phone.digits());
            Phone(built)
        }
    }
}

/// The name to show. A number in its place is ours; one with something around it is not.
fn shown_name<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    let shown = contact.display_name();
    built.push_str(shown.text());
    if shown.source() == NameSource::Phone && is_phone(built) {
        Phone(built)
    } else {
        Strangers(built)
    }
}

/// Whether a text is `+` and 4 to 15 digits.
pub(crate) fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_number_of_ours_looks_like() {
        for text in ["+1234", "+123456789012345"] {
            assert!(is_phone(text), "{text}");
        }
        for text in [
            "",
            "+",
            "+123",
            "+1234567890123456",
            "1234",
            "+12 34",
            "+１２３４",
            "x+1234",
        ] {
            assert!(!is_phone(text), "{text}");
        }
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
        let known: Vec<_> = crate::Profile::Plain
            .layout()
            .all_columns()
            .map(|column| column.header)
            .collect();
        assert_eq!(listed, known);
    }
}
