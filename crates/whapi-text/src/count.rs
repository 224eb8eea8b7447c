//! Counts in messages: grouped digits, and nouns in the singular or plural.

/// Digits in groups of three.
///
/// # Examples
///
/// ```
/// assert_eq!(whapi_text::grouped(1_234_567), "1,234,567");
/// ```
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A [grouped] number and its noun, in the plural unless the number is 1.
///
/// The plural is the regular one of English; for others, see [`plural`].
///
/// # Examples
///
/// ```
/// use whapi_text::counted;
///
/// assert_eq!(counted(1, "contact"), "1 contact");
/// assert_eq!(counted(1317, "contact"), "1,317 contacts");
/// assert_eq!(counted(0, "entry"), "0 entries");
/// ```
pub fn counted(number: u64, noun: &str) -> String {
    let shown = grouped(number);
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("{shown} {noun}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{shown} {stem}ies"),
        _ => format!("{shown} {noun}s"),
    }
}

/// One of two words or phrases: `one` for the number 1, `many` for all others.
///
/// # Examples
///
/// ```
/// use whapi_text::{counted, plural};
///
/// let message = |cells| format!("{} {} cut", counted(cells, "cell"), plural(cells, "was", "were"));
/// assert_eq!(message(1), "1 cell was cut");
/// assert_eq!(message(2), "2 cells were cut");
/// ```
pub fn plural<'a>(number: u64, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u64, noun: &str, expected: &str) {
        assert_eq!(counted(number, noun), expected);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        check(0, "contact", "0 contacts");
        check(999, "contact", "999 contacts");
        check(1000, "contact", "1,000 contacts");
        check(1_234_567, "contact", "1,234,567 contacts");
        check(u64::MAX, "contact", "18,446,744,073,709,551,615 contacts");
    }

    #[test]
    fn plurals_are_regular() {
        check(1, "entry", "1 entry");
        check(2, "entry", "2 entries");
        check(2, "day", "2 days");
    }
}
