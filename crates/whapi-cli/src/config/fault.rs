//! Faults of the configuration.

use std::ops::Range;

use whapi_text::escape_terminal;

/// A name that differs in more letters is not suggested.
const MOST_EDITS: usize = 2;

/// A fault of the configuration, and the line where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Counted from 1. `None` if the fault is nowhere in particular.
    pub(super) line: Option<usize>,
    pub(super) message: String,
}

impl Fault {
    /// A fault of these bytes of a text.
    pub(super) fn at(text: &str, span: Option<Range<usize>>, message: impl Into<String>) -> Self {
        let before = span.and_then(|span| text.get(..span.start));
        let line = before.map(|before| 1 + before.matches('\n').count());
        Self {
            line,
            message: message.into(),
        }
    }
}

/// Ends a phrase about an unknown name: `, did you mean …?` with the most similar of the known
/// names, or a semicolon.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let edits = |known: &'a str| {
        let edits = strsim::damerau_levenshtein(known, &name.to_ascii_lowercase());
        (edits, known)
    };
    let nearest = known.into_iter().map(edits).min();
    match nearest.filter(|(edits, _)| *edits <= MOST_EDITS) {
        Some((_, known)) => format!(", did you mean `{known}`?"),
        None => ";".to_owned(),
    }
}

/// Quotes a key for a message, unless it looks like a token.
pub(crate) fn quoted_key(key: &str) -> String {
    if whapi_secret::holds_token(key) {
        "that looks like a token".to_owned()
    } else {
        format!("`{}`", escape_terminal(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\nb\nc";
        for (span, line) in [(0..1, 1), (1..2, 1), (2..3, 2), (4..5, 3), (5..5, 3)] {
            assert_eq!(Fault::at(text, Some(span), "").line, Some(line));
        }
        assert_eq!(Fault::at(text, None, "").line, None);
    }

    #[test]
    fn similar_names_are_suggested() {
        let known = ["token_file", "token_env", "shop"];
        let suggested = |name| did_you_mean(name, known);
        assert_eq!(suggested("tokenfile"), ", did you mean `token_file`?");
        assert_eq!(suggested("Token_Env"), ", did you mean `token_env`?");
        assert_eq!(suggested("shpo"), ", did you mean `shop`?");
        assert_eq!(suggested("main"), ";");
    }
}
