//! Secrets in text of others, in whatever encoding.

use std::ops::Range;

/// The most characters of an API's own words that a message holds.
pub const MOST_QUOTED: usize = 300;
/// No words behind these bytes are shown.
const LOOKED_AT: usize = 8 << 10;
/// The most bytes that a byte of a secret takes: 9 of an escape in an escape, by 16 to 9 in Base64
/// of Base64, each again as 9.
const LONGEST_FORM: usize = 160;
/// What stands in a secret's place.
const MARK: &str = "[token]";
/// Escapes are found in escapes of this depth: 2 is the percent-encoding of a JSON escape.
const ESCAPES: u32 = 2;
/// Base64 is found in Base64 of this depth.
const BASE64S: u32 = 2;

/// An API's own words for a message: without the secrets, on one line, at most 300 characters.
///
/// Each white space character, line ends among them, becomes a space; other control characters
/// stay. Each secret is replaced as [`redact()`] does; one that is empty is passed over. Only the
/// first 8 KiB are shown and little more is looked at, so that a long text costs no more time.
///
/// # Examples
///
/// ```
/// use whapi_secret::quote;
///
/// assert_eq!(quote("busy\r\nretry", &[]), "busy  retry");
/// assert_eq!(quote(&"x".repeat(400), &[]).len(), 300);
/// assert_eq!(quote("Bearer s3cret", &["s3cret"]), "Bearer [token]");
/// ```
pub fn quote(said: &str, secrets: &[&str]) -> String {
    let longest = secrets.iter().map(|secret| secret.len()).max().unwrap_or(0);
    let mut end = LOOKED_AT.saturating_add(longest.saturating_mul(LONGEST_FORM));
    // A secret that begins in what is shown must be there as a whole to be found.
    let shown = if end < said.len() {
        LOOKED_AT
    } else {
        said.len()
    };
    while !said.is_char_boundary(end.min(said.len())) {
        end -= 1;
    }
    let mut words = Words::of(&said[..end.min(said.len())], secrets);
    let mut quoted = String::new();
    let mut room = MOST_QUOTED;
    while room > 0
        && words.at < shown
        && let Some(word) = words.next()
    {
        for c in word.chars().take(room) {
            quoted.push(if c.is_whitespace() { ' ' } else { c });
            room -= 1;
        }
    }
    quoted
}

/// Replaces a secret by `[token]` wherever a text holds it.
///
/// The secret is found
///
/// - as it is,
/// - with any of its characters percent-encoded (`%2F`, `%2f`),
/// - with any of its characters as JSON escapes (`\u002F`, `\/`),
/// - with these mixed, and one within the other (`%5Cu002F`),
/// - within Base64 of any longer text: standard or URL-safe alphabet, with or without padding, the
///   secret at any offset, also where the Base64 or what it encodes is escaped in these ways. The
///   whole run of Base64 characters is replaced.
///
/// Takes time in proportion to the text: some seconds a MiB where the text is made to take long.
/// An empty secret is nowhere. Secrets are ASCII; of another nothing but the plain form is found.
///
/// # Examples
///
/// ```
/// use whapi_secret::redact;
///
/// assert_eq!(redact("<a/b+c>", "a/b+c"), "<[token]>");
/// assert_eq!(redact(r"<%61\/b\u002bc>", "a/b+c"), "<[token]>");
/// // `id=a/b+c;`
/// assert_eq!(redact("<aWQ9YS9iK2M7>", "a/b+c"), "<[token]>");
/// ```
pub fn redact(text: &str, secret: &str) -> String {
    Words::of(text, &[secret]).collect()
}

/// The parts of a text, with a mark in place of each secret.
struct Words<'a> {
    text: &'a str,
    secrets: Vec<&'a [u8]>,
    at: usize,
    runs: Runs<'a>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str, secrets: &[&'a str]) -> Self {
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        Self {
            text,
            secrets: secrets.map(|secret| secret.as_bytes()).collect(),
            at: 0,
            runs: Runs::of(text.as_bytes()),
        }
    }

    /// Where the secret ends that starts at `at`.
    fn secret_at(&mut self, at: usize) -> Option<usize> {
        let secrets = &self.secrets;
        if secrets.is_empty() {
            return None;
        }
        let hides = |run: &Run| secrets.iter().any(|secret| run.hides(secret, BASE64S));
        let runs = self.runs.at(at).into_iter().filter(hides);
        if let Some(end) = runs.map(|run| run.range.end).max() {
            return Some(end);
        }
        let text = self.text.as_bytes();
        let ends = secrets.iter().filter_map(|secret| end_of(text, at, secret));
        ends.max()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.at;
        let c = self.text[start..].chars().next()?;
        if let Some(end) = self.secret_at(start) {
            self.at = end;
            return Some(MARK);
        }
        self.at += c.len_utf8();
        Some(&self.text[start..self.at])
    }
}

/// Where a secret ends that starts at `at`, whichever of its bytes are escaped.
fn end_of(text: &[u8], at: usize, secret: &[u8]) -> Option<usize> {
    let (first, rest) = secret.split_first()?;
    // Several readings of one text may go on at different places.
    let mut places = after(text, at, *first)?;
    for byte in rest {
        let mut next = Vec::new();
        for place in places {
            for end in after(text, place, *byte).into_iter().flatten() {
                if !next.contains(&end) {
                    next.push(end);
                }
            }
        }
        places = next;
    }
    places.into_iter().max()
}

/// Where the text may go on after this byte at `at`. `None` when it is not there.
fn after(text: &[u8], at: usize, byte: u8) -> Option<Vec<usize>> {
    let found = *text.get(at)?;
    if !is_escape(found) {
        return (found == byte).then(|| vec![at + 1]);
    }
    let ends = readings(text, at, ESCAPES)
        .into_iter()
        .filter(|(read, _)| *read == byte)
        .map(|(_, end)| end);
    let ends: Vec<_> = ends.collect();
    (!ends.is_empty()).then_some(ends)
}

fn is_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\')
}

/// Every byte that the text at `at` may mean, and where the text goes on after it.
fn readings(text: &[u8], at: usize, depth: u32) -> Vec<(u8, usize)> {
    let Some(&byte) = text.get(at) else {
        return Vec::new();
    };
    if depth == 0 || !is_escape(byte) {
        return vec![(byte, at + 1)];
    }
    let mut found = readings(text, at, depth - 1);
    for (escape, at) in found.clone() {
        match escape {
            b'%' => hex(text, at, 2, depth - 1, &mut found),
            b'\\' => {
                for (kind, at) in readings(text, at, depth - 1) {
                    match kind {
                        b'u' => hex(text, at, 4, depth - 1, &mut found),
                        _ if kind.is_ascii_punctuation() => add((kind, at), &mut found),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn add(reading: (u8, usize), found: &mut Vec<(u8, usize)>) {
    if !found.contains(&reading) {
        found.push(reading);
    }
}

/// Adds the ASCII characters that this many hexadecimal digits may mean.
fn hex(text: &[u8], at: usize, digits: u32, depth: u32, found: &mut Vec<(u8, usize)>) {
    let mut values = vec![(0, at)];
    for _ in 0..digits {
        let mut next = Vec::new();
        for (value, at) in values {
            for (digit, at) in readings(text, at, depth) {
                if let Some(digit) = char::from(digit).to_digit(16) {
                    next.push((value << 4 | digit, at));
                }
            }
        }
        values = next;
    }
    for (value, at) in values {
        if let Ok(byte) = u8::try_from(value)
            && byte.is_ascii()
        {
            add((byte, at), found);
        }
    }
}

/// Characters of Base64 in a row.
struct Run {
    /// Where it stands, with its padding.
    range: Range<usize>,
    /// Six bits of each character.
    values: Vec<u8>,
}

/// The runs of Base64 in a text, each seen once.
struct Runs<'a> {
    text: &'a [u8],
    /// The end of the last run, by the depth of the escapes that are taken for what they mean.
    seen: [usize; ESCAPES as usize + 1],
}

impl<'a> Runs<'a> {
    fn of(text: &'a [u8]) -> Self {
        Self {
            text,
            seen: [0; ESCAPES as usize + 1],
        }
    }

    /// The runs that start at `at`, at most one for each depth of escapes.
    fn at(&mut self, at: usize) -> Vec<Run> {
        let mut found = Vec::new();
        for (depth, seen) in (0..).zip(&mut self.seen) {
            if at >= *seen
                && let Some(run) = run(self.text, at, depth)
            {
                *seen = run.range.end;
                found.push(run);
            }
        }
        found
    }
}

fn run(text: &[u8], start: usize, depth: u32) -> Option<Run> {
    let mut values = Vec::new();
    let mut at = start;
    while let Some((value, end)) = unit(text, at, depth, six_bits) {
        values.push(value);
        at = end;
    }
    if values.is_empty() {
        return None;
    }
    let padding = |byte| (byte == b'=').then_some(());
    while let Some(((), end)) = unit(text, at, depth, padding) {
        at = end;
    }
    let range = start..at;
    Some(Run { range, values })
}

/// What is at `at` by the longest reading that means something.
fn unit<T>(
    text: &[u8],
    at: usize,
    depth: u32,
    meaning: impl Fn(u8) -> Option<T>,
) -> Option<(T, usize)> {
    let byte = *text.get(at)?;
    if !is_escape(byte) {
        return meaning(byte).map(|found| (found, at + 1));
    }
    readings(text, at, depth)
        .into_iter()
        .filter_map(|(byte, end)| Some((meaning(byte)?, end)))
        .max_by_key(|(_, end)| *end)
}

/// The value of a character of either alphabet.
fn six_bits(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

impl Run {
    /// Whether the bytes that are encoded hold the secret, wherever the Base64 starts in the run.
    fn hides(&self, secret: &[u8], depth: u32) -> bool {
        // Three bytes are four characters; what is shorter than the secret holds none.
        self.values.len() > secret.len()
            && (0..4).any(|skipped| {
                let bytes = decoded(self.values.get(skipped..).unwrap_or_default());
                holds(&bytes, secret, depth - 1)
            })
    }
}

fn holds(text: &[u8], secret: &[u8], depth: u32) -> bool {
    let mut runs = Runs::of(text);
    (0..text.len()).any(|at| {
        end_of(text, at, secret).is_some()
            || depth > 0 && runs.at(at).iter().any(|run| run.hides(secret, depth))
    })
}

/// The bytes that values of six bits encode, without what is left at the end.
fn decoded(values: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * 3 / 4);
    let (mut bits, mut kept) = (0_u32, 0);
    for value in values {
        bits = bits << 6 | u32::from(*value);
        kept += 6;
        if kept >= 8 {
            kept -= 8;
            bytes.push((bits >> kept).to_le_bytes()[0]);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "canary/5Yx+Q9==";

    #[test]
    fn each_encoding_is_replaced() {
        for echoed in [
            "canary/5Yx+Q9==",
            "canary%2F5Yx%2BQ9%3D%3D",
            "canary%2f5Yx%2bQ9%3d%3d",
            "%63anary%2F5Yx+%519==",
            r"canary\/5Yx+Q9==",
            r"c\u0061nary\u002F5Yx\u002bQ9=\u003D",
            r"c%61nar\u0079\/5Yx%2bQ9==",
            "canary%5Cu002F5Yx+Q9==",
            "canary%252F5Yx+Q9==",
            r"canary\u00252F5Yx+Q9==",
            "Y2FuYXJ5LzVZeCtROT09",
            // Behind `Bearer`, with and without padding.
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ==",
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ",
            "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ%3D%3d",
            // In Base64 of Base64.
            "WTJGdVlYSjVMelZaZUN0Uk9UMDk=",
        ] {
            assert_eq!(redact(&format!("<{echoed}>"), TOKEN), "<[token]>");
        }
        let twice = format!("{TOKEN}{TOKEN} {TOKEN}");
        assert_eq!(redact(&twice, TOKEN), "[token][token] [token]");
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "",
            "a canary",
            "canary/5Yx+Q9=",
            "%",
            "\\",
            "%4",
            r"\u00",
            "д😀%",
        ] {
            assert_eq!(redact(text, TOKEN), text);
        }
        assert_eq!(redact("anything", ""), "anything");
    }

    #[test]
    fn a_secret_with_escapes_of_its_own() {
        for echoed in [r"50%25\u0061", "50%2525%5Cu0061", r"50\u002525\\u0061"] {
            assert_eq!(redact(&format!("<{echoed}>"), r"50%25\u0061"), "<[token]>");
        }
    }

    #[test]
    fn a_secret_at_the_end_of_the_bound_is_replaced_before_the_cut() {
        let said = format!("{}{TOKEN}", "x ".repeat(148));
        let expected = format!("{}[tok", "x ".repeat(148));
        assert_eq!(quote(&said, &[TOKEN]), expected);
    }

    #[test]
    fn a_secret_where_a_long_text_is_cut_is_not_shown_in_part() {
        // `TOKEN` and then nothing but `A`, in Base64: one run that hides it.
        let run = |bytes: usize| format!("Y2FuYXJ5LzVZeCtROT09{}", "QUFB".repeat(bytes / 4));
        for bytes in (LOOKED_AT - 40..LOOKED_AT + 8).step_by(4) {
            for padding in ["", " ", "  ", "   "] {
                let said = format!("{}{padding} {TOKEN}{}", run(bytes - 20), "x".repeat(9000));
                let quoted = quote(&said, &[TOKEN]);
                assert!(!quoted.contains('c'), "{bytes}: {quoted}");
                assert!(quoted.starts_with("[token]"), "{quoted}");
            }
        }
    }

    #[test]
    fn what_is_cut_is_cut_between_characters() {
        for before in 0..4 {
            let said = format!("{}{}", "x".repeat(before), "😀".repeat(4000));
            let expected: String = said.chars().take(300).collect();
            assert_eq!(quote(&said, &[TOKEN]), expected);
        }
    }

    #[test]
    fn several_secrets() {
        assert_eq!(
            quote("first\tsecond\u{2028}third", &["second", "", "first"]),
            "[token] [token] third"
        );
    }
}
