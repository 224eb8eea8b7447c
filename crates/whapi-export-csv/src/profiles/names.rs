//! Names for importers, which show or refuse line ends and outer spaces.

use std::borrow::Cow;

use whapi_export::ClassifiedContact;
use whapi_export::fields::{Cell, shown_name};
use whapi_text::one_line;

/// The cell of the name to show, on [one line](one_line). `built` has to be empty.
pub(super) fn one_line_name<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    match one_line(contact.display_name().text()) {
        Cow::Borrowed(_) => shown_name(contact, built),
        Cow::Owned(line) => {
            *built = line;
            Cell::Untrusted(built)
        }
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_model::{Contact, ContactId};

    use super::*;

    fn classified(name: &str) -> ClassifiedContact {
        let id = ContactId::parse("447700900101").unwrap();
        ClassifiedContact::new(Contact::new(id).with_name(name))
    }

    #[track_caller]
    fn check(name: &str, expected: Cell<'_>) {
        let contact = classified(name);
        assert_eq!(one_line_name(&contact, &mut String::new()), expected);
    }

    #[test]
    fn white_space_becomes_single_spaces() {
        for (name, expected) in [
            ("Ada Beispiel", "Ada Beispiel"),
            (" Ada\r\n\u{3000}Beispiel ", "Ada Beispiel"),
            ("\n=SUM(1)", "=SUM(1)"),
            ("+447700900101", "+447700900101"),
            ("+447700900101\n", "+447700900101"),
        ] {
            check(name, Cell::Untrusted(expected));
        }
    }

    #[test]
    fn the_number_stands_in_for_a_blank_name() {
        check(" \n\t", Cell::phone("+447700900101"));
        check("", Cell::phone("+447700900101"));
    }
}
