//! Names for importers, which show or refuse line ends and outer spaces.

use whapi_export::ClassifiedContact;
use whapi_export::fields::{Cell, shown_name};

/// The cell of the name to show, on one line: each run of white space and line ends is one space, and
/// there is none at the ends. `built` has to be empty.
pub(super) fn one_line_name<'a>(contact: &'a ClassifiedContact, built: &'a mut String) -> Cell<'a> {
    let shown = contact.display_name();
    if is_single_spaced(shown.text()) {
        return shown_name(contact, built);
    }
    for word in shown.text().split_whitespace() {
        if !built.is_empty() {
            built.push(' ');
        }
        built.push_str(word);
    }
    Cell::Untrusted(built)
}

/// Whether a text has no other white space than single spaces between words.
fn is_single_spaced(text: &str) -> bool {
    // As if a space stood before the text.
    let mut after_space = true;
    for c in text.chars() {
        let is_space = c.is_whitespace();
        if is_space && (after_space || c != ' ') {
            return false;
        }
        after_space = is_space;
    }
    !after_space || text.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_export::whapi_model::{Contact, ContactId};
    use whapi_text::is_line_end;

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
            ("Ada", "Ada"),
            ("Ada Beispiel", "Ada Beispiel"),
            ("  Ada  Beispiel ", "Ada Beispiel"),
            ("Ada\r\nBeispiel\n", "Ada Beispiel"),
            ("\tAda\u{2028}\u{a0}Beispiel", "Ada Beispiel"),
            ("Ada\u{3000}B", "Ada B"),
            ("Ada\u{85}\u{b}\u{c}B", "Ada B"),
            ("\n=SUM(1)", "=SUM(1)"),
            ("+447700900101", "+447700900101"),
            ("\u{200b} Ada", "\u{200b} Ada"),
        ] {
            check(name, Cell::Untrusted(expected));
        }
    }

    #[test]
    fn the_number_stands_in_for_a_blank_name() {
        check(" \n\t", Cell::phone("+447700900101"));
        check("", Cell::phone("+447700900101"));
    }

    proptest! {
        #[test]
        fn only_white_space_makes_the_difference(name in "[a \\n\r\t\u{a0}\u{2028}\u{85}]{0,6}|(?s:.)*") {
            let contact = classified(&name);
            let shown = contact.display_name().text().to_owned();
            let mut built = String::new();
            let found = one_line_name(&contact, &mut built).text();
            prop_assert!(!found.contains(is_line_end) && !found.contains("  "));
            prop_assert_eq!(found.trim(), found);
            let letters = |text: &str| text.replace(char::is_whitespace, "");
            prop_assert_eq!(letters(found), letters(&shown));
        }
    }
}
