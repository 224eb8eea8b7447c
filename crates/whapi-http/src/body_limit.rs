//! JSON bodies that would take far more memory than their bytes.

use std::fmt;

use whapi_text::grouped;

/// The longest text in a body, in bytes as it stands there: 1 MiB.
const MAX_TEXT: usize = 1 << 20;

/// What a body has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyExcess {
    /// A text longer than 1 MiB.
    Text,
    /// More values than this limit.
    Values(usize),
}

impl fmt::Display for BodyExcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text longer than 1 MiB"),
            Self::Values(limit) => write!(f, "more than {} values", grouped(*limit as u64)),
        }
    }
}

/// Checks a JSON body against limits before it is parsed.
///
/// A list of a million zeros has 2 MB and takes a hundred times that as parsed values; a parser
/// holds a long text with escapes several times. The check allocates nothing and reads each byte
/// once. The body need not be valid JSON.
///
/// # Errors
///
/// [`BodyExcess::Text`] for a text longer than 1 MiB, [`BodyExcess::Values`] for more than
/// `max_values` values: texts, numbers, lists, objects, `true`, `false` and `null`. The outermost
/// value is not counted.
///
/// ```
/// use whapi_http::check_body;
///
/// assert!(check_body(b"[1, 2, 3]", 4).is_ok());
/// let error = check_body(b"[1, 2, 3]", 2).unwrap_err();
/// assert_eq!(error.to_string(), "more than 2 values");
/// ```
pub fn check_body(body: &[u8], max_values: usize) -> Result<(), BodyExcess> {
    if body.len() <= max_values.min(MAX_TEXT) {
        return Ok(());
    }
    let mut values = 0;
    let mut rest = body.iter().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'"' => {
                let end = loop {
                    match rest.next() {
                        None => break body.len(),
                        Some((end, b'"')) => break end,
                        Some((_, b'\\')) => {
                            rest.next();
                        }
                        Some(_) => {}
                    }
                };
                if end - at - 1 > MAX_TEXT {
                    return Err(BodyExcess::Text);
                }
            }
            // Each value but the outermost stands after one of these, or begins with one.
            b',' | b'[' | b'{' => {
                values += 1;
                if values > max_values {
                    return Err(BodyExcess::Values(max_values));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// An upper bound of the number of values in a JSON body.
///
/// Texts are not skipped, so that the bytes can be counted many at a time; the bound may be too
/// high and is never too low.
///
/// ```
/// assert_eq!(whapi_http::max_value_count(br#"{"a":[1,2]}"#), 4);
/// assert_eq!(whapi_http::max_value_count(br#"["a,b"]"#), 3);
/// ```
pub fn max_value_count(body: &[u8]) -> usize {
    let opens = |byte: &&u8| matches!(**byte, b',' | b'[' | b'{');
    1 + body.iter().filter(opens).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_VALUES: usize = 100_000;

    #[track_caller]
    fn check_text(length: usize, text: &str, expected: Result<(), BodyExcess>) {
        let text = text.repeat(length / text.len());
        assert_eq!(text.len(), length);
        for body in [
            format!(r#"{{"contacts":[{{"id":"4470","name":"{text}"}}],"total":1}}"#),
            format!(r#"{{"{text}":1}}"#),
            format!("\"{text}\""),
            format!("\"{text}"),
        ] {
            assert_eq!(check_body(body.as_bytes(), MAX_VALUES), expected);
        }
    }

    #[test]
    fn texts_are_limited() {
        check_text(MAX_TEXT, "a", Ok(()));
        check_text(MAX_TEXT, ",", Ok(()));
        check_text(MAX_TEXT, "{[,]}\\\\\\\"...,,{[", Ok(()));
        check_text(MAX_TEXT + 1, "a", Err(BodyExcess::Text));
        check_text(MAX_TEXT + 2, "\\\"", Err(BodyExcess::Text));
        check_text(MAX_TEXT + 2, "\\\\", Err(BodyExcess::Text));
    }

    #[test]
    fn values_are_limited() {
        for (value, most) in [("0", MAX_VALUES), ("\"a,b\"", MAX_VALUES), ("{}", 50_000)] {
            let list = |count: usize| format!("[{}]", vec![value; count].join(","));
            assert_eq!(
                check_body(list(most).as_bytes(), MAX_VALUES),
                Ok(()),
                "{value}"
            );
            let more = list(most + 1);
            assert_eq!(
                check_body(more.as_bytes(), MAX_VALUES),
                Err(BodyExcess::Values(MAX_VALUES)),
                "{value}"
            );
        }
        let deep = "[".repeat(MAX_VALUES + 1);
        assert_eq!(
            check_body(deep.as_bytes(), MAX_VALUES),
            Err(BodyExcess::Values(MAX_VALUES))
        );
    }

    #[test]
    fn the_limit_is_the_one_given() {
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        let most = 400_000;
        assert_eq!(check_body(list(most).as_bytes(), most), Ok(()));
        let error = check_body(list(most + 1).as_bytes(), most).unwrap_err();
        assert_eq!(error.to_string(), "more than 400,000 values");
    }

    #[test]
    fn the_bound_is_never_too_low() {
        for (body, most) in [
            ("7", 1),
            ("[]", 2),
            (r#"{"a":[1,2]}"#, 4),
            (r#"["a,b"]"#, 3),
        ] {
            assert_eq!(max_value_count(body.as_bytes()), most, "{body}");
        }
    }

    #[test]
    fn white_space_is_not_counted() {
        let body = format!("{{{}}}", " ".repeat(20 << 20));
        assert_eq!(check_body(body.as_bytes(), MAX_VALUES), Ok(()));
    }

    #[test]
    fn a_body_as_short_as_the_limit_is_within_it() {
        assert_eq!(
            check_body(",".repeat(MAX_VALUES - 1).as_bytes(), MAX_VALUES),
            Ok(())
        );
        assert_eq!(
            check_body(",".repeat(MAX_VALUES).as_bytes(), MAX_VALUES),
            Ok(())
        );
        assert_eq!(
            check_body(",".repeat(MAX_VALUES + 1).as_bytes(), MAX_VALUES),
            Err(BodyExcess::Values(MAX_VALUES))
        );
    }
}
