//! Messages as lines.

use serde::Serialize;

/// Characters that end a line for some readers and that JSON allows in a text.
const LINE_ENDS: [(char, &str); 3] = [
    ('\u{85}', "\\u0085"),
    ('\u{2028}', "\\u2028"),
    ('\u{2029}', "\\u2029"),
];

/// Adds a message.
pub(crate) fn add(message: &impl Serialize, out: &mut Vec<u8>) {
    let start = out.len();
    serde_json::to_writer(&mut *out, message).expect("text and numbers become JSON");
    end(start, out);
}

/// A value as JSON over several lines.
pub(crate) fn indented(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text and numbers become JSON")
}

/// Ends the line that starts at this byte, and escapes what would end it before.
///
/// Node's `readline` takes U+2028 and U+2029 for line ends, and Python's `splitlines` U+0085 as well.
pub(crate) fn end(start: usize, out: &mut Vec<u8>) {
    let line = std::str::from_utf8(&out[start..]).expect("JSON is text");
    if line.contains(LINE_ENDS.map(|(end, _)| end)) {
        let escaped = LINE_ENDS
            .iter()
            .fold(line.to_owned(), |line, (end, escape)| {
                line.replace(*end, escape)
            });
        out.truncate(start);
        out.extend(escaped.bytes());
    }
    out.push(b'\n');
}
