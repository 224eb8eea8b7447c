//! The spellings of a person's id.

use std::borrow::Cow;

/// Returns the plain spelling: the digits of a phone number, or `<digits>@lid`.
///
/// The number of a device, the case of the domain, `hosted`, `+` and white space do not count.
/// `None` for ids that are no person's.
pub(crate) fn plain(id: &str) -> Option<Cow<'_, str>> {
    if is_phone_number(id) {
        return Some(Cow::Borrowed(id));
    }
    let Some((user, domain)) = id.split_once('@') else {
        return number(id).map(Cow::Owned);
    };
    let user = without_device(user);
    match domain.to_ascii_lowercase().as_str() {
        "s.whatsapp.net" | "c.us" | "hosted" => number(user).map(Cow::Owned),
        "lid" | "hosted.lid" => is_digits(user).then(|| Cow::Owned(format!("{user}@lid"))),
        _ => None,
    }
}

/// Returns whether the text is digits that are taken for a phone number.
pub(crate) fn is_phone_number(text: &str) -> bool {
    (4..=15).contains(&text.len()) && is_digits(text)
}

fn without_device(user: &str) -> &str {
    match user.split_once(':') {
        Some((user, device)) if is_digits(device) => user,
        _ => user,
    }
}

fn number(text: &str) -> Option<String> {
    let number = text.trim();
    let number = number.strip_prefix('+').unwrap_or(number);
    let digits: String = number.split_whitespace().collect();
    is_phone_number(&digits).then_some(digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_every_spelling() {
        for id in [
            "447700900101",
            "447700900101@s.whatsapp.net",
            "447700900101@c.us",
            "447700900101@hosted",
            "447700900101@S.WhatsApp.Net",
            "447700900101:5@s.whatsapp.net",
            "+447700900101",
            " +44 7700 900101 ",
            "44 7700\u{a0}900101@s.whatsapp.net",
        ] {
            assert_eq!(plain(id).as_deref(), Some("447700900101"), "{id}");
        }
    }

    #[test]
    fn a_lid_in_every_spelling() {
        for id in [
            "84958372615243@lid",
            "84958372615243@LID",
            "84958372615243:12@lid",
            "84958372615243@hosted.lid",
        ] {
            assert_eq!(plain(id).as_deref(), Some("84958372615243@lid"), "{id}");
        }
    }

    #[test]
    fn other_ids_are_no_person() {
        for id in [
            "",
            "123",
            "1234567890123456",
            "447700900101:5",
            "447700900101:x@s.whatsapp.net",
            "@lid",
            "+1@lid",
            "status@broadcast",
            "120363000000000001@g.us",
            "US.13491208655302741918",
            "٤٤٧٧٠٠٩٠٠١٠١",
        ] {
            assert_eq!(plain(id), None, "{id}");
        }
    }
}
