//! What the numbering plans say about a number.

use std::fmt;

use whapi_model::{ContactId, Phone};

use crate::Country;
use crate::plan::{self, Number, Users};

/// Country, validity and spelling of a phone number.
///
/// See [`look_up`]. `Debug` hides the number, which is personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PhoneDetails {
    /// The country, as [`country_of`] gives it.
    pub country: Option<Country>,
    /// The number as people write it, with `+` and with spaces, hyphens or dots, when it is valid;
    /// `+` and the bare digits when it is not. Always the same digits in the same order.
    pub international: String,
    /// Whether the number, as it stands, is one that its country hands out.
    ///
    /// `false` says nothing against a contact: WhatsApp keeps numbers of old numbering plans, and
    /// the plans themselves change.
    pub valid: bool,
}

impl fmt::Debug for PhoneDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhoneDetails")
            .field("country", &self.country)
            .field("valid", &self.valid)
            .finish_non_exhaustive()
    }
}

/// Looks a number up in the world's numbering plans.
///
/// The number is checked as it stands. One with a trunk prefix in it, such as `4407…`, is invalid.
///
/// # Examples
///
/// ```
/// use whapi_model::ContactId;
/// use whapi_phone::look_up;
///
/// let id = ContactId::parse("12125550160")?;
/// let details = look_up(id.phone().unwrap());
/// assert_eq!(details.international, "+1 212-555-0160");
/// assert_eq!(details.country.unwrap().as_str(), "US");
///
/// // Invalid, and +61 is Australia's, Christmas Island's and the Cocos Islands'.
/// let id = ContactId::parse("619528001122")?;
/// let details = look_up(id.phone().unwrap());
/// assert_eq!(details.international, "+619528001122");
/// assert_eq!(details.country, None);
/// assert!(!details.valid);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
pub fn look_up(phone: Phone<'_>) -> PhoneDetails {
    let number = Number::split(phone);
    let (valid, country) = number.as_ref().map_or((false, None), Number::classify);
    let international = number
        .filter(|_| valid)
        .map(|number| number.international().into_owned())
        .filter(|text| has_digits(text, phone.digits()))
        .unwrap_or_else(|| phone.to_string());
    PhoneDetails {
        country,
        international,
        valid,
    }
}

/// The country that a number belongs to.
///
/// A calling code that is one country's alone decides, whether the number is valid or not. Where
/// countries share one, as 25 share `+1`, a valid number shows which; an invalid one does not, and
/// then this is `None` rather than a guess. `None` too for services without a country (`+800`) and
/// for calling codes that no country uses.
///
/// # Examples
///
/// ```
/// use whapi_model::ContactId;
/// use whapi_phone::country_of;
///
/// let country = |id: &str| {
///     let id = ContactId::parse(id).unwrap();
///     country_of(id.phone().unwrap()).map(|country| country.as_str())
/// };
/// assert_eq!(country("5215512345678"), Some("MX"));
/// assert_eq!(country("77011234567"), Some("KZ"));
/// assert_eq!(country("10005550160"), None);
/// ```
pub fn country_of(phone: Phone<'_>) -> Option<Country> {
    match plan::users(phone.digits())? {
        (Users::One(country), _) => Some(country),
        (Users::Several, _) => Number::split(phone)?.classify().1,
        (Users::NoCountry, _) => None,
    }
}

/// The country of a person: that of the phone number, or else the one that a
/// [business-scoped id](ContactId::business_country) names.
///
/// ```
/// use whapi_model::ContactId;
/// use whapi_phone::country_of_person;
///
/// let country = |id: &str| {
///     let id = ContactId::parse(id).unwrap();
///     country_of_person(id.phone(), &id).map(|country| country.as_str())
/// };
/// assert_eq!(country("4915112345678"), Some("DE"));
/// assert_eq!(country("US.13491208655302741918"), Some("US"));
/// assert_eq!(country("84958372615243@lid"), None);
/// ```
pub fn country_of_person(phone: Option<Phone<'_>>, id: &ContactId) -> Option<Country> {
    match phone {
        Some(phone) => country_of(phone),
        None => id.business_country()?.parse().ok(),
    }
}

/// Whether a text is `+` and these digits, with anything but digits among them.
fn has_digits(text: &str, digits: &str) -> bool {
    let found = text.bytes().filter(u8::is_ascii_digit);
    text.starts_with('+') && found.eq(digits.bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

    use super::*;

    fn id(digits: &str) -> ContactId {
        ContactId::parse(digits).unwrap()
    }

    #[track_caller]
    fn check(digits: &str, country: Option<&str>, international: &str, valid: bool) {
        let id = id(digits);
        let details = look_up(id.phone().unwrap());
        assert_eq!(details.international, international);
        assert_eq!(details.country.map(Country::as_str), country, "{digits}");
        assert_eq!(details.valid, valid, "{digits}");
        assert_eq!(country_of(id.phone().unwrap()), details.country);
    }

    #[test]
    fn valid_numbers() {
        check("46701740605", Some("SE"), "+46 70 174 06 05", true);
        check("12125550160", Some("US"), "+1 212-555-0160", true);
        check("5511987654321", Some("BR"), "+55 11 98765-4321", true);
        check("5491123456789", Some("AR"), "+54 9 11 2345-6789", true);
        check("79161234567", Some("RU"), "+7 916 123-45-67", true);
        check("77011234567", Some("KZ"), "+7 701 123 4567", true);
        check("38344123456", Some("XK"), "+383 44 123 456", true);
        check("687700000", Some("NC"), "+687 70.00.00", true);
        // Italy's zero is part of the number.
        check("390236618300", Some("IT"), "+39 02 3661 8300", true);
        check("390669812345", Some("VA"), "+39 06 6981 2345", true);
        // The same, by its domain.
        check(
            "46701740605@s.whatsapp.net",
            Some("SE"),
            "+46 70 174 06 05",
            true,
        );
    }

    #[test]
    fn invalid_numbers_are_kept_as_they_are() {
        check("551187654321", Some("BR"), "+551187654321", false);
        check("5215512345678", Some("MX"), "+5215512345678", false);
        check("619528001122", None, "+619528001122", false);
        check("447700900123", None, "+447700900123", false);
        check("10005550160", None, "+10005550160", false);
        check("5512", Some("BR"), "+5512", false);
        check("49000000000000", Some("DE"), "+49000000000000", false);
        check("3700", Some("LT"), "+3700", false);
    }

    #[test]
    fn a_trunk_prefix_is_not_taken_away() {
        check("9710501234567", Some("AE"), "+9710501234567", false);
        check("971501234567", Some("AE"), "+971 50 123 4567", true);
        check("440207031300", None, "+440207031300", false);
    }

    #[test]
    fn numbers_without_a_country() {
        check("80012345678", None, "+800 1234 5678", true);
        check("8001234", None, "+8001234", false);
        check("999123456789", None, "+999123456789", false);
        check("0049301234567", None, "+0049301234567", false);
        check("0000", None, "+0000", false);
    }

    #[test]
    fn debug_hides_the_number() {
        let id = id("46701740605");
        assert_eq!(
            format!("{:?}", look_up(id.phone().unwrap())),
            "PhoneDetails { country: Some(Country(SE)), valid: true, .. }"
        );
    }

    #[test]
    fn only_the_same_digits_pass() {
        assert!(has_digits("+1 212-555", "1212555"));
        assert!(!has_digits("+1 212-55", "1212555"));
        assert!(!has_digits("+1 0212-555", "1212555"));
        assert!(!has_digits("1 212-555", "1212555"));
    }

    /// The library's result for `+` and the digits through its own parser. `None` when they are
    /// invalid, or valid only after the parser has changed them.
    fn librarys_word(digits: &str) -> Option<(String, String)> {
        let number: PhoneNumber = format!("+{digits}").parse().ok()?;
        let unchanged = number.format_as(PhoneNumberFormat::E164) == format!("+{digits}");
        (unchanged && number.is_valid()).then(|| {
            let region = number.get_region_code().unwrap().as_region_str();
            let format = number.format_as(PhoneNumberFormat::International);
            (region.to_string(), format.into_owned())
        })
    }

    /// Random digits, or a real calling code and random digits, or a real number with a new end.
    fn digits() -> impl Strategy<Value = String> {
        let codes: Vec<i32> = PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
        let examples: Vec<String> = PHONE_NUMBER_UTIL
            .get_supported_regions()
            .filter_map(|region| PHONE_NUMBER_UTIL.get_example_number(region).ok())
            .map(|number| number.format_as(PhoneNumberFormat::E164)[1..].to_owned())
            .collect();
        let behind_a_code = (prop::sample::select(codes), "[0-9]{3,12}")
            .prop_map(|(code, rest)| format!("{code}{rest}"));
        let near_an_example = (prop::sample::select(examples), "[0-9]{1,8}", 0..8_usize).prop_map(
            |(example, end, keep)| {
                let kept = example.len().saturating_sub(end.len().min(keep));
                format!("{}{end}", &example[..kept])
            },
        );
        prop_oneof!["[0-9]{4,15}", behind_a_code, near_an_example]
            .prop_filter("4 to 15 digits", |digits| (4..=15).contains(&digits.len()))
    }

    proptest! {
        #[test]
        fn never_drops_or_changes_a_digit(digits in digits()) {
            let id = id(&digits);
            let details = look_up(id.phone().unwrap());
            let bare: String = details
                .international
                .chars()
                .filter(|c| !matches!(c, ' ' | '-' | '.'))
                .collect();
            prop_assert_eq!(bare, format!("+{digits}"));
            if !details.valid {
                prop_assert_eq!(details.international, format!("+{digits}"));
            }
        }

        #[test]
        fn says_what_the_library_says(digits in digits()) {
            let id = id(&digits);
            let details = look_up(id.phone().unwrap());
            let word = librarys_word(&digits);
            prop_assert_eq!(details.valid, word.is_some(), "{}", digits);
            if let Some((region, international)) = word {
                prop_assert_eq!(details.international, international);
                let region = Some(region).filter(|region| region != "001");
                prop_assert_eq!(details.country.map(|c| c.to_string()), region);
            }
        }

        #[test]
        fn both_give_the_same_country(digits in digits()) {
            let id = id(&digits);
            let phone = id.phone().unwrap();
            prop_assert_eq!(country_of(phone), look_up(phone).country);
        }
    }
}
