//! Repairs of JSON that a strict parser refuses as a whole for one value.

use std::borrow::Cow;

/// Replaces escapes of half a surrogate pair, and bytes that are not UTF-8, by U+FFFD, and numbers
/// too large for an `f64` by `null`. `None` when there is nothing to replace, so that the first
/// error stands.
pub(super) fn repair(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let mut repaired = String::with_capacity(text.len());
    let mut changed = matches!(text, Cow::Owned(_));
    let mut in_string = false;
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(|c| begins_token(c, in_string)) {
        let (before, token) = rest.split_at(at);
        repaired.push_str(before);
        let (length, replacement) = if token.starts_with('"') {
            in_string = !in_string;
            (1, None)
        } else if in_string {
            escape(token)
        } else {
            number(token)
        };
        repaired.push_str(replacement.unwrap_or(&token[..length]));
        changed |= replacement.is_some();
        rest = &token[length..];
    }
    repaired.push_str(rest);
    changed.then_some(repaired)
}

/// Whether a quotation mark, an escape in a string, or a number outside of one begins here.
fn begins_token(c: char, in_string: bool) -> bool {
    match c {
        '"' => true,
        '\\' => in_string,
        '-' | '0'..='9' => !in_string,
        _ => false,
    }
}

/// The length of the escape at the start of `text`, and what replaces it.
fn escape(text: &str) -> (usize, Option<&'static str>) {
    match (surrogate(text), text.get(6..).and_then(surrogate)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(_), _) => (6, Some("\u{fffd}")),
        // A backslash and what it escapes, so that `\\ud800` is not taken for an escape.
        (None, _) => (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
    }
}

/// The length of the number at the start of `text`, and what replaces it.
fn number(text: &str) -> (usize, Option<&'static str>) {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let value: Result<f64, _> = text[..length].parse();
    (length, value.is_ok_and(f64::is_infinite).then_some("null"))
}

/// The surrogate that an escape at the start of `text` spells, if it spells one.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&str>) {
        assert_eq!(repair(body.as_bytes()).as_deref(), expected);
    }

    #[test]
    fn halves_of_surrogate_pairs() {
        check(r#"["\ud83d"]"#, Some("[\"\u{fffd}\"]"));
        check(
            r#"["\udc00\ud83dx\ud83d\ude00"]"#,
            Some("[\"\u{fffd}\u{fffd}x\\ud83d\\ude00\"]"),
        );
        check(
            r#"["\\ud83d", "\"\ud83d"]"#,
            Some("[\"\\\\ud83d\", \"\\\"\u{fffd}\"]"),
        );
        check(r#"["\ud83d\ude00", "\n", "\\ud83d"]"#, None);
        check(r#"["\"#, None);
    }

    #[test]
    fn numbers_out_of_range() {
        check("[1e400,-1e400,1E+400,7]", Some("[null,null,null,7]"));
        check(
            &format!("{{\"a\":{}}}", "9".repeat(400)),
            Some(r#"{"a":null}"#),
        );
        check("1e400", Some("null"));
        check(
            r#"["1e400", "\"1e400", 1e308, 18446744073709551616, -1e-400]"#,
            None,
        );
        // No numbers, so the parser's error stands.
        check("[1e, 1.2.3e400, inf, NaN]", None);
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(repair(b"[\"\xff\"]").as_deref(), Some("[\"\u{fffd}\"]"));
    }
}
