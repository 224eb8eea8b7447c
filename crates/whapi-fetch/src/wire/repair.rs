//! Repairs of invalid text in JSON, which names of contacts can contain.

use std::borrow::Cow;

/// Replaces escapes of half a surrogate pair, and bytes that are not UTF-8, by U+FFFD. `None`
/// when there is nothing to replace, so that the first error stands.
pub(super) fn repair(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let mut repaired = String::with_capacity(text.len());
    let mut changed = matches!(text, Cow::Owned(_));
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let taken = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(_), _) => {
                repaired.push('\u{fffd}');
                changed = true;
                rest = &escape[6..];
                continue;
            }
            // A backslash and what it escapes, so that `\\ud800` is not taken for an escape.
            (None, _) => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        repaired.push_str(&escape[..taken]);
        rest = &escape[taken..];
    }
    repaired.push_str(rest);
    changed.then_some(repaired)
}

/// The surrogate that an escape at the start of `text` spells, if it spells one.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(unit)
}
