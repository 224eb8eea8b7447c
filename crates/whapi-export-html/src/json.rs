//! JSON that may stand in a `script` element.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use whapi_export::{Error, ErrorKind, Result};

/// Appends a value as JSON without `<`, `>`, `&`, U+2028 and U+2029.
///
/// The end of the `script` element is thus the only one that a parser of HTML can find.
pub(crate) fn push(out: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    let mut serializer = Serializer::with_formatter(out, ForScript);
    value.serialize(&mut serializer).map_err(failed)
}

/// No value brings this about: all are made of text, and the bytes grow in memory. The cause may quote
/// a value and is left out.
fn failed(_: serde_json::Error) -> Error {
    Error::new(ErrorKind::Encode, "could not write a value as JSON")
}

/// Writes compact JSON. The characters that HTML could obey stand in strings only, where JSON has an
/// escape for each.
struct ForScript;

impl Formatter for ForScript {
    fn write_string_fragment<W>(&mut self, out: &mut W, text: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut written = 0;
        for (at, found) in text.match_indices(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            out.write_all(&text.as_bytes()[written..at])?;
            out.write_all(escape(found))?;
            written = at + found.len();
        }
        out.write_all(&text.as_bytes()[written..])
    }
}

fn escape(found: &str) -> &'static [u8] {
    match found {
        "<" => br"\u003c",
        ">" => br"\u003e",
        "&" => br"\u0026",
        "\u{2028}" => br"\u2028",
        _ => br"\u2029",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json_of(text: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, &text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            json_of("</script><!--<script>&\u{2028}\u{2029}\"\\\n"),
            r#""\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026\u2028\u2029\"\\\n""#
        );
    }

    proptest! {
        #[test]
        fn text_comes_back_and_no_parser_of_html_sees_it(text in r#"([<>&\u{2028}\u{2029}"\\/!a-]|\PC|\pC){0,40}"#) {
            let json = json_of(&text);
            let is_escaped = |c| "<>&\u{2028}\u{2029}".contains(c);
            prop_assert!(!json.contains(is_escaped));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
