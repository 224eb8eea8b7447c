//! Spellings of phone numbers.

use whapi_export::whapi_model::ContactId;
use whapi_phone::look_up;

/// How a profile writes phone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phones {
    /// `+` and the digits, as importers and programs want them.
    Bare,
    /// With spaces, so that a spreadsheet takes them for text: it drops the plus of a number.
    Spaced,
}

impl Phones {
    /// A number as it goes into the file. `text` is `+` and 4 to 15 digits.
    pub(crate) fn write<'a>(self, text: &'a str, buffer: &'a mut String) -> &'a str {
        match self {
            Self::Bare => text,
            Self::Spaced => {
                buffer.clear();
                push_spaced(text, buffer);
                buffer
            }
        }
    }
}

fn push_spaced(text: &str, buffer: &mut String) {
    let digits = text.trim_start_matches('+');
    let id = ContactId::parse(digits).ok();
    if let Some(phone) = id.as_ref().and_then(ContactId::phone) {
        buffer.push_str(&look_up(phone).international);
    }
    // The numbering plans have no spaces for numbers that they do not know.
    if !buffer.contains(' ') {
        let (code, rest) = digits.split_at(calling_code_digits(digits.as_bytes()));
        buffer.clear();
        buffer.extend(["+", code, " ", rest]);
    }
}

/// The length of the calling code, by its first two digits.
fn calling_code_digits(digits: &[u8]) -> usize {
    match digits {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut buffer = "left over".to_owned();
        assert_eq!(Phones::Spaced.write(text, &mut buffer), expected);
        assert_eq!(Phones::Bare.write(text, &mut buffer), text);
    }

    #[test]
    fn numbers_as_people_write_them() {
        check("+4915112345678", "+49 1511 2345678");
        check("+46701740605", "+46 70 174 06 05");
        check("+12125550160", "+1 212-555-0160");
    }

    #[test]
    fn numbers_that_no_plan_knows_have_a_space_behind_the_calling_code() {
        check("+551187654321", "+55 1187654321");
        check("+447700900101", "+44 7700900101");
        check("+10005550160", "+1 0005550160");
        check("+999000000000015", "+999 000000000015");
        check("+0000", "+000 0");
        check("+3700", "+370 0");
    }

    proptest! {
        #[test]
        fn the_digits_are_the_same_and_there_is_a_space(digits in "[0-9]{4,15}") {
            let text = format!("+{digits}");
            let mut buffer = String::new();
            let found = Phones::Spaced.write(&text, &mut buffer);
            let kept: String = found.chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(kept, digits);
            prop_assert!(found.starts_with('+') && found.contains(' '), "{}", found);
        }
    }
}
