//! Guards cells with untrusted text against formulas, and undoes that.

use std::borrow::Cow;

use whapi_text::{CharClass, is_line_end};

use crate::lines::may_need_quotes;
use crate::options::Separator;

/// Which text gets apostrophes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// None.
    Off,
    /// Text that could call something: it begins like a formula and holds `(`, `|` or `!`. Only at
    /// the beginning of a cell, since importers respect quotes.
    Calls,
    /// Text that could be a formula, at its beginning and wherever a reader could split a cell of a
    /// file with this separator.
    Formulas(Separator),
}

/// A text for the file, and what [`make_safe`] changed in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Safe<'a> {
    pub(crate) text: &'a str,
    /// At least one apostrophe was added.
    pub(crate) guarded: bool,
    /// NUL characters were removed.
    pub(crate) cut: bool,
}

/// Whether an untrusted text needs neither [`make_safe`] nor quotes.
///
/// A fast check that is true for nearly all text, with any separator. False means unknown.
#[inline]
pub(crate) fn is_harmless(text: &str, guard: Guard) -> bool {
    // A fold, because a loop that ends early is not vectorized.
    let classes = text
        .bytes()
        .fold(0, |classes, byte| classes | BYTE_CLASSES[usize::from(byte)]);
    match classes {
        0 => {}
        LEAD if !holds_rare_line_end(text) => {}
        _ => return false,
    }
    !(text.starts_with('\'') || is_formula(text)) || guard == Guard::Off
}

/// The class of a byte that makes a text not harmless.
const SUSPECT: u8 = 1;

/// The class of a byte that may begin a line end outside of ASCII.
const LEAD: u8 = 2;

/// The class of each byte; 0 for all others.
static BYTE_CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if is_rare(byte) || may_need_quotes(byte) {
            table[byte as usize] = SUSPECT;
        }
        byte += 1;
    }
    // The first bytes of U+0085, and of U+2028 and U+2029.
    table[0xc2] = LEAD;
    table[0xe2] = LEAD;
    table
};

/// Removes NUL from an untrusted text and adds `'` before each formula that `guard` is for.
///
/// Several readers stop at NUL. With [`Guard::Formulas`] a formula is what a spreadsheet could take for
/// one, at the beginning and wherever a reader that splits at another separator than the file's could
/// begin a cell. A formula that has apostrophes already gets one more, so that [`undo`] can restore the
/// text.
///
/// `buffer` holds the changed text.
pub(crate) fn make_safe<'a>(text: &'a str, guard: Guard, buffer: &'a mut String) -> Safe<'a> {
    // Without NUL, a TAB behind it becomes a leading TAB.
    let (guarded, split_at) = match guard {
        Guard::Off => (false, None),
        Guard::Calls => (is_call(text.trim_start_matches('\0')), None),
        Guard::Formulas(separator) => (
            is_formula(text.trim_start_matches(['\0', '\''])),
            Some(separator),
        ),
    };
    let mut safe = Safe {
        text,
        guarded,
        cut: false,
    };
    if !guarded && !holds_rare(text, split_at) {
        return safe;
    }
    safe.cut = text.contains('\0');
    buffer.clear();
    if guarded {
        buffer.push('\'');
    }
    let mut rest = text;
    while let Some(separator) = split_at
        && let Some((before, formula)) = next_split_formula(rest, separator)
    {
        buffer.extend(before.split('\0'));
        buffer.push('\'');
        rest = formula;
        safe.guarded = true;
    }
    if safe.guarded || safe.cut {
        buffer.extend(rest.split('\0'));
        safe.text = buffer;
    }
    safe
}

/// Removes the apostrophes that [`make_safe`] added with [`Guard::Formulas`] of this separator: returns
/// the same text without NUL.
///
/// A text that was written without the guard is changed only if it has an apostrophe where the guard
/// adds one.
pub(crate) fn undo(text: &str, separator: Separator) -> Cow<'_, str> {
    let mut found = Cow::Borrowed(text);
    if holds_rare(text, Some(separator)) {
        found = undo_splits(text, separator);
    }
    if found.starts_with('\'') && is_formula(found.trim_start_matches('\'')) {
        match &mut found {
            Cow::Borrowed(text) => *text = &text[1..],
            Cow::Owned(text) => drop(text.remove(0)),
        }
    }
    found
}

fn undo_splits(text: &str, separator: Separator) -> Cow<'_, str> {
    let mut found = String::new();
    let mut rest = text;
    while let Some((before, formula)) = next_split_formula(rest, separator) {
        found.push_str(before);
        rest = formula.strip_prefix('\'').unwrap_or(formula);
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.push_str(rest);
    Cow::Owned(found)
}

/// Whether a text holds NUL or a [separator](is_separator); other controls below CR count, too.
fn holds_rare(text: &str, split_at: Option<Separator>) -> bool {
    let comma = split_at.is_some_and(splits_at_comma);
    text.bytes()
        .any(|byte| is_rare(byte) || comma && byte == b',')
        || holds_rare_line_end(text)
}

/// Whether a reader could split a cell of a file with this separator at the comma.
///
/// In a file with commas such a cell stands in quotes.
fn splits_at_comma(separator: Separator) -> bool {
    separator != Separator::Comma
}

/// Whether a byte is an ASCII [separator](is_separator), NUL, or a control between them.
///
/// The controls between them make it one range, which is faster.
const fn is_rare(byte: u8) -> bool {
    matches!(byte, 0..=b'\r' | b';')
}

/// Whether a text holds a [separator](is_separator) that is not ASCII: U+0085, U+2028 or U+2029.
fn holds_rare_line_end(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        matches!(byte, 0xc2 | 0xe2)
            && matches!(
                bytes[at..],
                [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..]
            )
    })
}

/// Whether a reader could begin a cell after a character: `;`, TAB, a line end, or the comma where
/// another separator is the file's.
///
/// Quotes do not prevent that: to a reader that splits at `;` they are in the middle of a cell.
fn is_separator(c: char, separator: Separator) -> bool {
    matches!(c, ';' | '\t') || c == ',' && splits_at_comma(separator) || is_line_end(c)
}

/// Splits a text before the next formula behind a separator, its apostrophes included.
///
/// Of several separators with nothing visible between them the last counts: one apostrophe there
/// guards the cells that begin at the others as well.
fn next_split_formula(text: &str, separator: Separator) -> Option<(&str, &str)> {
    let mut at = None;
    let mut only_apostrophes = false;
    for (index, c) in text.char_indices() {
        if is_separator(c, separator) {
            at = Some(index + c.len_utf8());
            only_apostrophes = true;
        } else if let Some(split) = at {
            if starts_formula(c) {
                return Some(text.split_at(split));
            }
            if only_apostrophes && matches!(c, '\'' | '\0') {
                continue;
            }
            only_apostrophes = false;
            // A spreadsheet removes quotes around a cell before it looks for a formula.
            if c != '"' && !is_skipped(c) {
                at = None;
            }
        }
    }
    None
}

/// Whether a spreadsheet could take a cell for a formula or a command.
///
/// True if the first visible character starts one, or the cell begins with TAB, CR or LF, which some
/// programs drop. Quotes around the cell do not help: the spreadsheet removes them first.
fn is_formula(text: &str) -> bool {
    match text.as_bytes().first() {
        None => false,
        Some(b'\t' | b'\r' | b'\n') => true,
        Some(first @ b'!'..=b'~') => starts_formula(char::from(*first)),
        Some(_) => text
            .chars()
            .find(|c| !is_skipped(*c))
            .is_some_and(starts_formula),
    }
}

/// Whether a formula could call something: a function, a program (`=cmd|…`) or another sheet.
fn is_call(text: &str) -> bool {
    is_formula(text) && text.contains(['(', '|', '!'])
}

fn starts_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'
    )
}

/// Whether a spreadsheet could skip a character before it looks for a formula.
///
/// Besides blanks these are format characters and noncharacters, which programs may drop.
fn is_skipped(c: char) -> bool {
    CharClass::of(c) != CharClass::Other
}

#[cfg(test)]
mod tests;
