//! The world's numbering plans. The only module that uses libphonenumber.

use std::borrow::Cow;
use std::sync::LazyLock;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};
use whapi_model::Phone;

use crate::Country;

/// Calling codes have one to three digits.
const MAX_CODE_DIGITS: usize = 3;

/// The users of each calling code, by the code.
static USERS: LazyLock<[Option<Users>; 1000]> = LazyLock::new(|| {
    let mut users = [None; 1000];
    for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
        if let Some(place) = usize::try_from(code).ok().and_then(|at| users.get_mut(at)) {
            *place = Some(Users::of(code));
        }
    }
    users
});

/// The countries that share a calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Users {
    /// One country alone.
    One(Country),
    /// Several countries, which only the rest of a valid number distinguishes.
    Several,
    /// A service without a country, such as international freephone.
    NoCountry,
}

impl Users {
    fn of(code: i32) -> Self {
        let mut regions = PHONE_NUMBER_UTIL
            .get_regions_for_country_calling_code(code)
            .into_iter()
            .flatten();
        match (regions.next(), regions.next()) {
            (Some(_), Some(_)) => Self::Several,
            (only, _) => only
                .and_then(|region| Country::from_code(&region.as_region_str()))
                .map_or(Self::NoCountry, Self::One),
        }
    }
}

/// A number under a calling code in use.
///
/// It is made of the digits as they stand. libphonenumber's own parser takes away what it holds for
/// a trunk prefix, and would so describe another number than the contact's.
pub(crate) struct Number {
    users: Users,
    library: PhoneNumber,
}

impl Number {
    /// Splits a number behind its calling code; `None` where no calling code is in use.
    pub(crate) fn split(phone: Phone<'_>) -> Option<Self> {
        let digits = phone.digits();
        let (users, length) = users(digits)?;
        let (code, national) = digits.split_at(length);
        let zeros = national.bytes().take_while(|byte| *byte == b'0').count();
        // The library keeps zeros apart from the value, and a last digit always in the value.
        let zeros = zeros.min(national.len().saturating_sub(1));
        let library = PhoneNumber {
            country_code: code.parse().ok()?,
            national_number: national.parse().ok()?,
            italian_leading_zero: (zeros > 0).then_some(true),
            number_of_leading_zeros: i32::try_from(zeros).ok().filter(|zeros| *zeros > 1),
            ..PhoneNumber::default()
        };
        Some(Self { users, library })
    }

    /// Whether the number is valid, and its country.
    ///
    /// An invalid number has a country only where its calling code is one country's alone.
    pub(crate) fn classify(&self) -> (bool, Option<Country>) {
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&self.library);
        let valid = region.is_some_and(|region| {
            PHONE_NUMBER_UTIL.is_valid_number_for_region(&self.library, region)
        });
        let country = match self.users {
            Users::One(country) => Some(country),
            Users::Several => region
                .filter(|_| valid)
                .and_then(|region| Country::from_code(&region.as_region_str())),
            Users::NoCountry => None,
        };
        (valid, country)
    }

    /// The number in international format.
    pub(crate) fn international(&self) -> Cow<'_, str> {
        PHONE_NUMBER_UTIL.format(&self.library, PhoneNumberFormat::International)
    }
}

/// The users of the calling code that the digits begin with, and its length.
///
/// No calling code begins with another, so there is one at most.
pub(crate) fn users(digits: &str) -> Option<(Users, usize)> {
    // "020" is no way to write 20.
    if digits.starts_with('0') {
        return None;
    }
    (1..=MAX_CODE_DIGITS).find_map(|length| {
        let code: usize = digits.get(..length)?.parse().ok()?;
        USERS[code].map(|users| (users, length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_countries_is_the_librarys() {
        let mut regions: Vec<_> = PHONE_NUMBER_UTIL
            .get_supported_regions()
            .map(|region| region.as_region_str().to_string())
            .collect();
        regions.sort_unstable();
        let countries: Vec<_> = Country::all().map(Country::as_str).collect();
        assert_eq!(regions, countries);
    }

    #[test]
    fn no_calling_code_begins_with_another() {
        let codes: Vec<_> = (0..1000)
            .filter(|code| USERS[*code].is_some())
            .map(|code| code.to_string())
            .collect();
        assert_eq!(
            codes.len(),
            PHONE_NUMBER_UTIL.get_supported_calling_codes().count()
        );
        for code in &codes {
            let beginning: Vec<_> = codes.iter().filter(|c| c.starts_with(code)).collect();
            assert_eq!(beginning, [code]);
        }
    }

    #[test]
    fn users_of_calling_codes() {
        let one = |code| Some((Users::One(Country::from_code(code).unwrap()), 2));
        assert_eq!(users("5511"), one("BR"));
        assert_eq!(users("4915"), one("DE"));
        assert_eq!(users("1555"), Some((Users::Several, 1)));
        assert_eq!(users("4477"), Some((Users::Several, 2)));
        assert_eq!(users("80012"), Some((Users::NoCountry, 3)));
        assert_eq!(users("999123"), None);
        assert_eq!(users("0049"), None);
        let shared: Vec<_> = (0..1000)
            .filter(|code| USERS[*code] == Some(Users::Several))
            .collect();
        assert_eq!(shared, [1, 7, 39, 44, 47, 61, 212, 262, 290, 358, 590, 599]);
    }
}
