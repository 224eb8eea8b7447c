//! The other spelling of a number, where a country changed how it writes mobile numbers.

use whapi_model::Phone;

/// The other spelling under which the same person may be found, as `+` and digits.
///
/// Three countries put a digit into their mobile numbers, and WhatsApp knows people by either form:
///
/// - Brazil: a `9` behind the area code, before eight digits that begin with 6 to 9. Numbers whose
///   eight digits begin lower are landlines, or were handed out with the 9.
/// - Mexico: a `1` behind `+52`, before ten digits. Since 2019 it is not dialled any more.
/// - Argentina: a `9` behind `+54`, before ten digits that begin with an area code.
///
/// The two spellings need not be one person's, so this is for showing, not for merging. It looks at
/// the digits alone and loads no numbering plans. The variant of a variant is the number itself.
/// `None` for all other numbers.
///
/// # Examples
///
/// ```
/// use whapi_model::ContactId;
/// use whapi_phone::variant_of;
///
/// let variant = |id: &str| {
///     let id = ContactId::parse(id).unwrap();
///     variant_of(id.phone().unwrap())
/// };
/// assert_eq!(variant("551187654321").as_deref(), Some("+5511987654321"));
/// assert_eq!(variant("5215512345678").as_deref(), Some("+525512345678"));
/// assert_eq!(variant("5491123456789").as_deref(), Some("+541123456789"));
/// assert_eq!(variant("46701740605"), None);
/// ```
pub fn variant_of(phone: Phone<'_>) -> Option<String> {
    let digits = phone.digits();
    RULES.iter().find_map(|rule| rule.variant(digits))
}

const RULES: [Rule; 3] = [
    // Brazil. Area codes have two digits and no zero.
    Rule {
        code: "55",
        area: &[b'1'..=b'9', b'1'..=b'9'],
        extra: '9',
        rest: 8,
        first: b'6'..=b'9',
    },
    // Mexico.
    Rule {
        code: "52",
        area: &[],
        extra: '1',
        rest: 10,
        first: b'2'..=b'9',
    },
    // Argentina. Area codes are 11 and what begins with 2 or 3.
    Rule {
        code: "54",
        area: &[],
        extra: '9',
        rest: 10,
        first: b'1'..=b'3',
    },
];

/// Where a country's extra digit stands.
struct Rule {
    /// The calling code.
    code: &'static str,
    /// What stands between the calling code and the extra digit.
    area: &'static [std::ops::RangeInclusive<u8>],
    extra: char,
    /// How many digits follow.
    rest: usize,
    /// What the first of them may be.
    first: std::ops::RangeInclusive<u8>,
}

impl Rule {
    fn variant(&self, digits: &str) -> Option<String> {
        let national = digits.strip_prefix(self.code)?;
        let (area, rest) = national.split_at_checked(self.area.len())?;
        if !self
            .area
            .iter()
            .zip(area.bytes())
            .all(|(range, byte)| range.contains(&byte))
        {
            return None;
        }
        let code = self.code;
        if self.is_rest(rest) {
            return Some(format!("+{code}{area}{}{rest}", self.extra));
        }
        let rest = rest.strip_prefix(self.extra)?;
        self.is_rest(rest).then(|| format!("+{code}{area}{rest}"))
    }

    fn is_rest(&self, rest: &str) -> bool {
        let first = rest.bytes().next();
        rest.len() == self.rest && first.is_some_and(|first| self.first.contains(&first))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_model::ContactId;

    use super::*;

    fn variant(digits: &str) -> Option<String> {
        let id = ContactId::parse(digits).unwrap();
        variant_of(id.phone().unwrap())
    }

    #[track_caller]
    fn check_pair(with: &str, without: &str) {
        assert_eq!(variant(with), Some(format!("+{without}")));
        assert_eq!(variant(without), Some(format!("+{with}")));
    }

    #[test]
    fn pairs() {
        check_pair("5511987654321", "551187654321");
        check_pair("5585961234567", "558561234567");
        check_pair("5215512345678", "525512345678");
        check_pair("5491123456789", "541123456789");
        check_pair("5492966123456", "542966123456");
    }

    #[test]
    fn numbers_with_one_spelling() {
        for digits in [
            // Landlines of Brazil, and a mobile number that never had eight digits.
            "551134567890",
            "551151234567",
            "5511951234567",
            // No area code of Brazil, too short, too long.
            "551087654321",
            "5511",
            "55118765432",
            "55119876543210",
            // Mexico: no number begins with 0 or 1.
            "521112345678",
            "520123456789",
            "52155123456789",
            // Argentina: a freephone number, and the domestic 15.
            "548001234567",
            "54111512345678",
            "46701740605",
            "447700900123",
            "5555",
        ] {
            assert_eq!(variant(digits), None, "{digits}");
        }
    }

    proptest! {
        #[test]
        fn the_variant_of_a_variant_is_the_number(
            digits in "5[245][0-9]{9,12}|55[1-9]{2}9?[6-9][0-9]{7}|[0-9]{4,15}"
        ) {
            let Some(other) = variant(&digits) else {
                return Ok(());
            };
            prop_assert_eq!(other.len().abs_diff(digits.len() + 1), 1);
            prop_assert_eq!(variant(&other[1..]), Some(format!("+{digits}")));
        }
    }
}
