//! The option `encoding`, and how a line gets its bytes.

use encoding_rs::{EncoderResult, WINDOWS_1252};
use serde::Deserialize;

/// The encoding of the file: the option `encoding`.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_csv::{CsvConfig, Encoding};
///
/// let config: CsvConfig = OpenContext::new().with_option("encoding", "utf-16le").options()?;
/// assert_eq!(config.encoding, Encoding::Utf16Le);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8. The default.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little-endian, behind a byte order mark. With [`Separator::Tab`](crate::Separator::Tab)
    /// Excel opens it right in every locale.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// Windows-1252, for programs that read no Unicode. Each character that it lacks becomes `?`, and
    /// a warning at the end says how many.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The characters of windows-1252's five unassigned bytes, by the WHATWG's table. Other readers, such
/// as Python, refuse these bytes.
const UNASSIGNED: [char; 5] = ['\u{81}', '\u{8d}', '\u{8f}', '\u{90}', '\u{9d}'];

impl Encoding {
    /// Appends a text that is not UTF-8 in the file. Returns how many characters became `?`.
    pub(crate) fn append(self, text: &str, out: &mut Vec<u8>) -> u64 {
        match self {
            Self::Utf8 => out.extend_from_slice(text.as_bytes()),
            Self::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Windows1252 => return append_windows_1252(text, out),
        }
        0
    }
}

fn append_windows_1252(text: &str, out: &mut Vec<u8>) -> u64 {
    let mut replaced = 0;
    for (index, part) in text.split(UNASSIGNED).enumerate() {
        if index > 0 {
            out.push(b'?');
            replaced += 1;
        }
        let mut encoder = WINDOWS_1252.new_encoder();
        let mut rest = part;
        loop {
            let start = out.len();
            // A character takes one byte, and no more than it has in UTF-8.
            out.resize(start + rest.len(), 0);
            let (result, read, written) =
                encoder.encode_from_utf8_without_replacement(rest, &mut out[start..], true);
            out.truncate(start + written);
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => break,
                EncoderResult::Unmappable(_) => {
                    out.push(b'?');
                    replaced += 1;
                }
                EncoderResult::OutputFull => {}
            }
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(encoding: Encoding, text: &str, expected: (&[u8], u64)) {
        let mut out = b"before".to_vec();
        let replaced = encoding.append(text, &mut out);
        assert_eq!((out.strip_prefix(b"before").unwrap(), replaced), expected);
    }

    #[test]
    fn the_bytes_of_each_encoding() {
        check(Encoding::Utf8, "é👩", (b"\xc3\xa9\xf0\x9f\x91\xa9", 0));
        check(
            Encoding::Utf16Le,
            "é👩\r\n",
            (b"\xe9\0\x3d\xd8\x69\xdc\r\0\n\0", 0),
        );
        check(Encoding::Utf16Le, "", (b"", 0));
        check(
            Encoding::Windows1252,
            "Aé€’ÿ\u{a0}",
            (b"A\xe9\x80\x92\xff\xa0", 0),
        );
        check(Encoding::Windows1252, "", (b"", 0));
    }

    #[test]
    fn what_windows_1252_lacks_is_counted() {
        check(Encoding::Windows1252, "Łukasz 👩 é", (b"?ukasz ? \xe9", 2));
        check(Encoding::Windows1252, "ЖЖЖ", (b"???", 3));
        check(Encoding::Windows1252, "e\u{301}?", (b"e??", 1));
        check(
            Encoding::Windows1252,
            "\u{feff}a\u{85}\u{2028}",
            (b"?a??", 3),
        );
        check(Encoding::Windows1252, "\u{81}a\u{8d}\u{9d}", (b"?a??", 3));
    }

    #[test]
    fn every_byte_of_windows_1252_but_five_is_written() {
        let mut written = Vec::new();
        for byte in 0..=u8::MAX {
            let byte = [byte];
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(&byte);
            let mut out = Vec::new();
            if Encoding::Windows1252.append(&text, &mut out) == 0 {
                assert_eq!(out, byte);
                written.extend(out);
            } else {
                assert_eq!(out, b"?");
            }
        }
        assert_eq!(written.len(), 251);
    }

    proptest! {
        #[test]
        fn every_character_becomes_one_byte_and_the_others_question_marks(text in "(?s:.)*|[a-zé€Ж👩\u{81}]*") {
            let mut out = Vec::new();
            let replaced = Encoding::Windows1252.append(&text, &mut out);
            prop_assert_eq!(out.len(), text.chars().count());
            let (read, _) = WINDOWS_1252.decode_without_bom_handling(&out);
            let differ = text.chars().zip(read.chars()).filter(|(ours, read)| ours != read);
            let differ: Vec<_> = differ.map(|(_, read)| read).collect();
            prop_assert!(differ.iter().all(|c| *c == '?'));
            prop_assert_eq!(differ.len() as u64, replaced);
        }
    }
}
