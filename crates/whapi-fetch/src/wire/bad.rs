//! What is wrong with JSON, in words that hold nothing of it.

use std::fmt;

use serde_json::error::Category;

/// Where a text stops being the expected JSON, and how.
///
/// Made of a position and a category alone: the message of a `serde_json::Error` quotes the value
/// that it did not expect, which may be a token, a name or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadJson {
    problem: Problem,
    line: usize,
    column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// The text ends before the JSON does.
    Ends,
    Syntax,
    /// JSON, but another value than expected.
    Type,
}

impl BadJson {
    /// Whether the text ends before the JSON does.
    pub(crate) fn ends_early(self) -> bool {
        self.problem == Problem::Ends
    }

    /// The same problem in a text that has this many lines in front of this one.
    pub(crate) fn behind_lines(self, lines: usize) -> Self {
        Self {
            line: self.line.saturating_add(lines),
            ..self
        }
    }
}

impl From<serde_json::Error> for BadJson {
    fn from(error: serde_json::Error) -> Self {
        let problem = match error.classify() {
            Category::Eof => Problem::Ends,
            Category::Data => Problem::Type,
            // Text in memory has no errors of reading.
            Category::Syntax | Category::Io => Problem::Syntax,
        };
        Self {
            problem,
            line: error.line(),
            column: error.column(),
        }
    }
}

impl fmt::Display for BadJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::Ends => "JSON that ends too early",
            Problem::Syntax => "text that is not JSON",
            Problem::Type => "a value of another type than expected",
        };
        let Self { line, column, .. } = self;
        write!(f, "{problem}, in line {line}, column {column}")
    }
}

impl std::error::Error for BadJson {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = serde_json::from_str::<Vec<u8>>(text).unwrap_err();
        assert_eq!(BadJson::from(error).to_string(), expected);
    }

    #[test]
    fn problems_have_a_position_and_no_value() {
        check("\n[1,", "JSON that ends too early, in line 2, column 3");
        check("[1,hush]", "text that is not JSON, in line 1, column 4");
        check(
            "[\"hush\"]",
            "a value of another type than expected, in line 1, column 7",
        );
        check(
            "\n[447700900199]",
            "a value of another type than expected, in line 2, column 13",
        );
    }

    #[test]
    fn lines_in_front_are_counted() {
        let error = BadJson::from(serde_json::from_str::<u8>("x").unwrap_err());
        assert_eq!(
            error.behind_lines(2).to_string(),
            "text that is not JSON, in line 3, column 1"
        );
    }
}
