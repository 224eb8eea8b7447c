//! The country of a phone number.

use std::fmt;
use std::str::FromStr;

use crate::names::COUNTRIES;

/// A country or territory with phone numbers of its own, by its two letters of ISO 3166-1.
///
/// These are the 245 regions of the numbering plans. Three of them are not on the list of ISO 3166-1
/// itself: `XK` (Kosovo) is a user-assigned code, `AC` (Ascension Island) and `TA` (Tristan da Cunha)
/// are reserved. Seven on that list have no numbers of their own, and so are no `Country`: `AQ`, `BV`,
/// `GS`, `HM`, `PN`, `TF` and `UM`.
///
/// Ordered by code. Parsing takes upper and lower case.
///
/// # Examples
///
/// ```
/// use whapi_phone::Country;
///
/// let country: Country = "br".parse()?;
/// assert_eq!(country.as_str(), "BR");
/// assert_eq!(country.name(), "Brazil");
/// # Ok::<(), whapi_phone::UnknownCountry>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(
    /// The place in [`COUNTRIES`].
    u8,
);

impl Country {
    /// All countries, in the order of their codes.
    ///
    /// ```
    /// let last = whapi_phone::Country::all().last().unwrap();
    /// assert_eq!(last.name(), "Zimbabwe");
    /// ```
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        const COUNT: u8 = {
            assert!(COUNTRIES.len() <= u8::MAX as usize);
            #[expect(clippy::cast_possible_truncation, reason = "asserted above")]
            let count = COUNTRIES.len() as u8;
            count
        };
        (0..COUNT).map(Self)
    }

    /// The two upper-case letters of ISO 3166-1.
    pub fn as_str(self) -> &'static str {
        COUNTRIES[usize::from(self.0)].0
    }

    /// What people call the country in English, such as `South Korea`.
    ///
    /// ```
    /// let country: whapi_phone::Country = "KR".parse()?;
    /// assert_eq!(country.name(), "South Korea");
    /// # Ok::<(), whapi_phone::UnknownCountry>(())
    /// ```
    pub fn name(self) -> &'static str {
        COUNTRIES[usize::from(self.0)].1
    }

    /// The country with exactly these two upper-case letters.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let place = COUNTRIES
            .binary_search_by_key(&code, |(code, _)| code)
            .ok()?;
        u8::try_from(place).ok().map(Self)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.as_str())
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        Self::from_code(&text.to_ascii_uppercase()).ok_or_else(|| UnknownCountry(text.to_owned()))
    }
}

/// The text is no code of a country. The message shows what a code looks like, and the right one
/// where the text is a country's name or `UK`.
///
/// ```
/// use whapi_phone::Country;
///
/// assert_eq!(
///     "Germany".parse::<Country>().unwrap_err().to_string(),
///     "unknown country `Germany`; the code of Germany is DE"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCountry(String);

impl UnknownCountry {
    /// The country that was probably meant.
    fn meant(&self) -> Option<Country> {
        if self.0.eq_ignore_ascii_case("UK") {
            return Country::from_code("GB");
        }
        let name = self.0.to_lowercase();
        Country::all().find(|country| country.name().to_lowercase() == name)
    }
}

impl fmt::Display for UnknownCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown country `{}`; ", self.0)?;
        match self.meant() {
            Some(country) => write!(f, "the code of {} is {country}", country.name()),
            None => f.write_str(
                "a country is two letters of ISO 3166-1 that have phone numbers, such as BR or DE",
            ),
        }
    }
}

impl std::error::Error for UnknownCountry {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_each_one_countrys_own() {
        assert_eq!(Country::all().len(), 245);
        assert!(COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
        let mut names: Vec<_> = Country::all().map(Country::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 245);
        for (code, name) in COUNTRIES {
            assert!(code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()));
            assert!(name.len() > 3 && name.trim() == name, "`{name}`");
            assert!(!name.contains(['&', '<', '"', ',']), "`{name}`");
        }
    }

    #[test]
    fn codes_parse_back_in_any_case() {
        for country in Country::all() {
            assert_eq!(country.as_str().parse(), Ok(country));
            assert_eq!(country.to_string().to_lowercase().parse(), Ok(country));
        }
        assert_eq!(
            format!("{:?} {:>3}", Country::from_code("ZW"), Country(0)),
            "Some(Country(ZW))  AC"
        );
    }

    #[track_caller]
    fn check_unknown(text: &str, message: &str) {
        let error = text.parse::<Country>().unwrap_err();
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn an_unknown_code_is_an_error_with_examples() {
        for text in ["", "B", "BRA", "001", "AQ", "ZZ", " BR", "ＢＲ", "+55"] {
            check_unknown(
                text,
                &format!(
                    "unknown country `{text}`; a country is two letters of ISO 3166-1 that have \
                     phone numbers, such as BR or DE"
                ),
            );
        }
        check_unknown(
            "uk",
            "unknown country `uk`; the code of United Kingdom is GB",
        );
        check_unknown(
            "türkiye",
            "unknown country `türkiye`; the code of Türkiye is TR",
        );
    }
}
