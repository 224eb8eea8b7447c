//! The columns: those that every table has, and those of importers.

mod crm;
mod google;
mod number;
mod optional;
mod outlook;

use whapi_export::fields::Field;

pub(crate) use crm::{CHATWOOT, HUBSPOT};
pub(crate) use google::GOOGLE;
pub(crate) use number::NUMBERS;
pub(crate) use optional::OPTIONAL_FIELDS;
pub(crate) use outlook::OUTLOOK;
pub(crate) use whapi_export::fields::Cell;

use Cell::{Phone, Trusted, Untrusted};

/// A column that importers expect to be there, and about which nothing is known.
const fn empty(header: &'static str) -> Field {
    Field::new(header, |_, _| Trusted(""))
}

#[cfg(test)]
mod tests {
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
            .map(|column| column.name)
            .collect();
        assert_eq!(listed, known);
    }
}
