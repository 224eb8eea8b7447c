//! The words that the page has for each code in a record.

use serde::{Serialize, Serializer};
use whapi_export::fields::wording;
use whapi_export::whapi_classify::{Change, NameWarning, ReasonKind, Rule, Standing};
use whapi_phone::Country;

/// A table for each kind of code.
#[derive(Serialize)]
pub(crate) struct Words {
    standing: Table,
    about_standing: Table,
    reason: Table,
    rule: Table,
    warning: Table,
    change: Table,
    country: Table,
}

/// Codes and their words, as an object of JSON in this order.
struct Table(Vec<(&'static str, &'static str)>);

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Words {
    /// The words for every code there is.
    pub(crate) fn all() -> Self {
        Self {
            standing: table(&Standing::ALL, Standing::as_str, standing),
            about_standing: table(&Standing::ALL, Standing::as_str, about_standing),
            reason: table(ReasonKind::ALL, ReasonKind::as_str, reason),
            rule: table(&RULES, Rule::code, Rule::sentence),
            warning: table(NameWarning::ALL, NameWarning::as_str, wording::warning),
            change: table(Change::ALL, Change::as_str, change),
            country: countries(),
        }
    }
}

fn table<T: Copy>(
    codes: &[T],
    code: impl Fn(T) -> &'static str,
    words: impl Fn(T) -> &'static str,
) -> Table {
    let rows = codes.iter().map(|of| (code(*of), words(*of)));
    Table(rows.collect())
}

fn countries() -> Table {
    let rows = Country::all().map(|country| (country.as_str(), country.name()));
    Table(rows.collect())
}

const RULES: [Rule; 6] = [
    Rule::UnknownStanding,
    Rule::DiscoveredCannotBeEdited,
    Rule::DiscoveredCannotBeDeleted,
    Rule::AlreadySaved,
    Rule::LidHasNoNumber,
    Rule::NotAPhoneNumber,
];

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Saved => "Saved",
        Standing::Discovered => "Discovered",
        Standing::Unknown => "Unknown",
    }
}

fn about_standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Saved => "In the phone's address book.",
        Standing::Discovered => "Not in the address book: seen through a chat or a group.",
        Standing::Unknown => "The Whapi API did not say whether this contact is saved.",
    }
}

fn reason(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "The account itself",
        ReasonKind::AddressBook => "In the address book",
        ReasonKind::PrivateChat => "Private chat",
        ReasonKind::Group => "In a group",
        ReasonKind::Blocked => "Blocked",
        ReasonKind::Unexplained => "Unexplained",
        other => other.as_str(),
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "Added",
        Change::Saved => "Saved",
        Change::RemovedFromAddressBook => "Removed from the address book",
        Change::Renamed => "Renamed",
        Change::NameMissing => "Name missing",
        Change::Gone => "Gone",
        Change::Unchanged => "Unchanged",
        other => other.as_str(),
    }
}
