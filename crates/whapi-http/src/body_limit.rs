//! Answers that would cost far more memory than their bytes once they are read.
//!
//! A list of a million zeros is 2 MB on the wire and a hundred as rows; a text of 30 MiB is held
//! three times while its escapes are read. So both have limits, far above what a gate sends, and
//! are looked for before anything is built.

use std::fmt;

/// The longest text in an answer, as it stands there. Real names have some hundred bytes at most.
const MAX_TEXT: usize = 1 << 20;
/// The most values in an answer. A full page of contacts has about 5,000.
pub const MAX_VALUES: usize = 100_000;
/// The most values in an answer with groups, whose participants are embedded: a page of 50 groups
/// of 1,024 has about 150,000.
pub const MAX_VALUES_OF_GROUPS: usize = 400_000;
/// An answer shorter than this can hold neither.
const SMALL: usize = MAX_VALUES;

/// What an answer has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// A text longer than [`MAX_TEXT`].
    Text,
    /// More values than this.
    Values(usize),
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text longer than 1 MiB"),
            Self::Values(most) => write!(f, "more than {},000 values", most / 1000),
        }
    }
}

/// Looks for excess in what may or may not be JSON. Holds nothing and takes one look at each byte.
pub fn check(body: &[u8], most_values: usize) -> Result<(), Excess> {
    if body.len() < SMALL {
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
                    return Err(Excess::Text);
                }
            }
            // Each value but the outermost stands behind one of these, or in front of one.
            b',' | b'[' | b'{' => {
                values += 1;
                if values > most_values {
                    return Err(Excess::Values(most_values));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The most values that a body can hold, whatever stands in its texts. Counts without looking at
/// what it counts, many bytes at a time.
pub fn most_values(body: &[u8]) -> usize {
    let opens = |byte: &&u8| matches!(**byte, b',' | b'[' | b'{');
    1 + body.iter().filter(opens).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(length: usize, text: &str, expected: Result<(), Excess>) {
        let text = text.repeat(length / text.len());
        assert_eq!(text.len(), length);
        for body in [
            format!(r#"{{"contacts":[{{"id":"4470","name":"{text}"}}],"total":1}}"#),
            format!(r#"{{"{text}":1}}"#),
            format!("\"{text}\""),
            format!("\"{text}"),
        ] {
            assert_eq!(check(body.as_bytes(), MAX_VALUES), expected);
        }
    }

    #[test]
    fn texts() {
        check_text(MAX_TEXT, "a", Ok(()));
        check_text(MAX_TEXT, ",", Ok(()));
        check_text(MAX_TEXT, "{[,]}\\\\\\\"...,,{[", Ok(()));
        check_text(MAX_TEXT + 1, "a", Err(Excess::Text));
        check_text(MAX_TEXT + 2, "\\\"", Err(Excess::Text));
        check_text(MAX_TEXT + 2, "\\\\", Err(Excess::Text));
    }

    #[test]
    fn values() {
        for (value, most) in [("0", MAX_VALUES), ("\"a,b\"", MAX_VALUES), ("{}", 50_000)] {
            let list = |count: usize| format!("[{}]", vec![value; count].join(","));
            assert_eq!(check(list(most).as_bytes(), MAX_VALUES), Ok(()), "{value}");
            let more = list(most + 1);
            assert_eq!(
                check(more.as_bytes(), MAX_VALUES),
                Err(Excess::Values(MAX_VALUES)),
                "{value}"
            );
        }
        let deep = "[".repeat(MAX_VALUES + 1);
        assert_eq!(
            check(deep.as_bytes(), MAX_VALUES),
            Err(Excess::Values(MAX_VALUES))
        );
    }

    #[test]
    fn a_list_of_groups_may_hold_more() {
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        let most = MAX_VALUES_OF_GROUPS;
        assert_eq!(check(list(most).as_bytes(), most), Ok(()));
        let excess = check(list(most + 1).as_bytes(), most).unwrap_err();
        assert_eq!(excess.to_string(), "more than 400,000 values");
    }

    #[test]
    fn no_body_holds_more_values_than_are_counted() {
        for (body, most) in [
            ("7", 1),
            ("[]", 2),
            (r#"{"a":[1,2]}"#, 4),
            (r#"["a,b"]"#, 3),
        ] {
            assert_eq!(most_values(body.as_bytes()), most, "{body}");
        }
    }

    #[test]
    fn space_is_no_excess() {
        let body = format!("{{{}}}", " ".repeat(20 << 20));
        assert_eq!(check(body.as_bytes(), MAX_VALUES), Ok(()));
    }

    #[test]
    fn a_short_answer_cannot_hold_it() {
        assert_eq!(check(",".repeat(SMALL - 1).as_bytes(), MAX_VALUES), Ok(()));
        assert_eq!(check(",".repeat(SMALL).as_bytes(), MAX_VALUES), Ok(()));
        assert_eq!(
            check(",".repeat(SMALL + 1).as_bytes(), MAX_VALUES),
            Err(Excess::Values(MAX_VALUES))
        );
    }
}
