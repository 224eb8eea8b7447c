//! Makes a stranger's text safe to stand in a cell.

use whapi_export::whapi_classify::is_blank;

/// A text as it goes into the file, and what was done to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Safe<'a> {
    pub(crate) text: &'a str,
    /// An apostrophe was put in front.
    pub(crate) guarded: bool,
    /// NUL characters were taken out.
    pub(crate) cut: bool,
}

/// Makes a stranger's text safe: takes out NUL, at which several readers stop, and, if `guard` is
/// set, puts `'` in front of what a spreadsheet could take for a formula.
///
/// Nearly all text is fine and comes back as it is; `buffer` is for the rest.
pub(crate) fn make_safe<'a>(text: &'a str, guard: bool, buffer: &'a mut String) -> Safe<'a> {
    let cut = text.contains('\0');
    // What stands first once NUL is gone: a TAB behind a NUL is a leading TAB.
    let guarded = guard && is_formula(text.trim_start_matches('\0'));
    if !cut && !guarded {
        return Safe { text, guarded, cut };
    }
    buffer.clear();
    if guarded {
        buffer.push('\'');
    }
    buffer.extend(text.split('\0'));
    Safe {
        text: buffer,
        guarded,
        cut,
    }
}

/// Whether a spreadsheet could take a cell for a formula or a command: its first visible character
/// starts one, or it begins with TAB, CR or LF, which some programs drop before they look.
///
/// Quotes around the cell are no defence: they are gone before the spreadsheet looks.
fn is_formula(text: &str) -> bool {
    match text.as_bytes().first() {
        None => false,
        Some(b'\t' | b'\r' | b'\n') => true,
        Some(first @ b'!'..=b'~') => starts_formula(char::from(*first)),
        Some(_) => text
            .chars()
            .find(|c| !shows_nothing(*c))
            .is_some_and(starts_formula),
    }
}

fn starts_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'
    )
}

/// [`is_blank`] for one character, plus those that nobody types but an attacker may: the rest of
/// Unicode's `Default_Ignorable_Code_Point`s and the interlinear annotation marks.
fn shows_nothing(c: char) -> bool {
    is_blank(c.encode_utf8(&mut [0; 4]))
        || matches!(
            c,
            '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut buffer = "left over".to_owned();
        let found = make_safe(text, true, &mut buffer);
        assert_eq!(found.text, expected);
        assert_eq!(
            found.guarded,
            expected.starts_with('\'') && text != expected
        );
        assert_eq!(found.cut, text.contains('\0'));
    }

    #[test]
    fn every_character_that_starts_a_formula() {
        check("=1+1", "'=1+1");
        check("+4915112345678", "'+4915112345678");
        check("-1", "'-1");
        check("@SUM(1)", "'@SUM(1)");
        check("|calc", "'|calc");
        check("%0A", "'%0A");
        check("＝1", "'＝1");
        check("＋1", "'＋1");
        check("－1", "'－1");
        check("＠SUM", "'＠SUM");
        check("=", "'=");
    }

    #[test]
    fn ordinary_names_stay() {
        for text in [
            "",
            " ",
            "Ada",
            "Ada = Bob",
            "a@b.example",
            "4915112345678",
            "'quoted",
            "'=1",
            "\"=1\"",
            "(=1)",
            "~",
            "!",
            "مريم",
            "\u{200f}مريم",
            "👩‍👩‍👧",
            "e\u{301}",
            "\u{301}=1",
            "\u{200b}\u{3164}",
            "–dash",
            "−minus",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn looks_through_what_shows_nothing() {
        for hidden in [
            " ",
            "\u{a0}",
            "\u{3000}",
            "\u{1}",
            "\u{1b}",
            "\u{b}\u{c}",
            "\u{7f}",
            "\u{85}",
            "\u{ad}",
            "\u{34f}",
            "\u{61c}",
            "\u{180e}",
            "\u{200b}",
            "\u{200d}",
            "\u{200e}",
            "\u{200f}",
            "\u{2028}",
            "\u{202e}",
            "\u{2060}",
            "\u{2066}",
            "\u{2800}",
            "\u{3164}",
            "\u{fe0f}",
            "\u{feff}",
            "\u{fff0}",
            "\u{fff9}",
            "\u{1bca0}",
            "\u{1d173}",
            "\u{e0020}",
            " \u{feff}\u{200e}\u{1}",
        ] {
            check(&format!("{hidden}=1"), &format!("'{hidden}=1"));
            check(&format!("{hidden}Ada=1"), &format!("{hidden}Ada=1"));
        }
    }

    #[test]
    fn a_leading_tab_or_line_break_is_guarded_whatever_follows() {
        check("\tAda", "'\tAda");
        check("\rAda", "'\rAda");
        check("\nAda", "'\nAda");
        check("\t", "'\t");
        check(" \tAda", " \tAda");
    }

    #[test]
    fn nul_is_taken_out_before_looking() {
        check("A\0d\0a", "Ada");
        check("\0", "");
        check("\0=1", "'=1");
        check("=\0A1", "'=A1");
        check("\0\tAda", "'\tAda");
        check(" \0=1", "' =1");
    }

    #[test]
    fn off_still_takes_out_nul() {
        let off = |text| make_safe(text, false, &mut String::new()).text.to_owned();
        assert_eq!(off("=1"), "=1");
        assert_eq!(off("\0=1"), "=1");
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = "[=+@|%\\-＝＋－＠'\"A]|[\\x00-\\x20\\x7f\u{85}\u{a0}\u{200b}-\u{200f}\u{202e}\u{2060}\u{3164}\u{fe0f}\u{feff}\u{fff9}]|\\PC|(?s:.)";
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_safe_starts_a_formula(text in texts()) {
            let mut buffer = String::new();
            let safe = make_safe(&text, true, &mut buffer).text;
            let first_visible = safe.chars().find(|c| !shows_nothing(*c));
            prop_assert!(!first_visible.is_some_and(starts_formula));
            prop_assert!(!safe.starts_with(['\t', '\r', '\n']));
            prop_assert!(!safe.contains('\0'));
        }

        #[test]
        fn only_an_apostrophe_and_nul_make_the_difference(text in texts()) {
            let mut buffer = String::new();
            let safe = make_safe(&text, true, &mut buffer);
            let unguarded = if safe.guarded {
                safe.text.strip_prefix('\'').unwrap()
            } else {
                safe.text
            };
            prop_assert_eq!(unguarded, text.replace('\0', ""));
            prop_assert_eq!(safe.cut, text.contains('\0'));
        }

        #[test]
        fn guarding_twice_is_guarding_once(text in texts()) {
            let (mut first, mut second) = (String::new(), String::new());
            let once = make_safe(&text, true, &mut first).text;
            let twice = make_safe(once, true, &mut second);
            prop_assert_eq!(twice, Safe { text: once, guarded: false, cut: false });
        }
    }
}
