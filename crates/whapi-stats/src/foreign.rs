//! Text of strangers, made safe to show.

/// Longer titles are cut; WhatsApp itself allows 100 characters.
const LONGEST: usize = 100;

/// `text` in one line, with every character that could steer, reorder or hide something shown as
/// `\u{…}`: controls, line separators, bidirectional marks and overrides, and characters that are
/// drawn as nothing. Joiners stay, since emoji and scripts are made with them.
///
/// ```
/// assert_eq!(whapi_stats::visible("a\u{202e}b\nc"), r"a\u{202e}b\u{a}c");
/// ```
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// [`visible`], and no more than a hundred characters of it before `…`.
pub(crate) fn visible_title(title: &str) -> String {
    match title.char_indices().nth(LONGEST) {
        Some((end, _)) => visible(&title[..end]) + "…",
        None => visible(title),
    }
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_hides_is_shown() {
        let table = [
            ("Familie Möller 👨\u{200d}👩", "Familie Möller 👨\u{200d}👩"),
            ("\u{1b}[31m", r"\u{1b}[31m"),
            ("a\u{2066}b\u{2069}", r"a\u{2066}b\u{2069}"),
            ("\u{3164}\u{feff}\u{e0041}", r"\u{3164}\u{feff}\u{e0041}"),
            ("משפחה", "משפחה"),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn long_titles_are_cut() {
        let hundred = "é".repeat(100);
        assert_eq!(visible_title(&hundred), hundred);
        let longer = format!("{hundred}x");
        assert_eq!(visible_title(&longer), format!("{hundred}…"));
        assert_eq!(visible(&longer), longer);
    }
}
