//! What is guarded, what stays, and that it can be undone.

use proptest::prelude::*;

use super::*;
use crate::options::Separator::{Comma, Semicolon, Tab};

/// What the plain profile is written with.
const FORMULAS: Guard = Guard::Formulas(Comma);

/// Line ends besides CR and LF, by Unicode.
const RARE_LINE_ENDS: [&str; 5] = ["\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"];

#[track_caller]
fn check(text: &str, expected: &str) {
    check_with(FORMULAS, text, expected);
}

#[track_caller]
fn check_with(guard: Guard, text: &str, expected: &str) {
    let mut buffer = "left over".to_owned();
    let found = make_safe(text, guard, &mut buffer);
    assert_eq!(found.text, expected);
    assert_eq!(found.guarded, expected != text.replace('\0', ""));
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

proptest! {
    /// Text that is not harmless has a reason for it.
    #[test]
    fn harmless_text_needs_no_change(
        text in "[=+a,;\"'\t\r\n\0\u{1}\u{b}\u{c}\u{85}\u{2028}\u{2029}\u{200b}é’ .]{0,6}|.*",
        guard in guards(),
    ) {
        let mut buffer = String::new();
        let safe = make_safe(&text, guard, &mut buffer);
        let unchanged = safe.text == text;
        if is_harmless(&text, guard) {
            prop_assert!(unchanged);
            prop_assert!(!text.bytes().any(may_need_quotes));
        } else {
            let suspect = text.starts_with('\'') || is_formula(&text) || holds_rare(&text, Some(Semicolon));
            prop_assert!(!unchanged || suspect || text.bytes().any(may_need_quotes));
        }
    }
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
        " '=1",
        "\"=1\"",
        "(=1)",
        "Ada;Bob",
        "Ada ;)",
        "Ada, =1",
        "Ada\tBob\r\nCid",
        "Ada;",
        "Ada;\t",
        "Ada;\"",
        "Ada;1=1",
        "Ada; '=1",
        "Ada;'",
        "Ada;'Bob",
        "Ada;\"'=1",
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
fn skipped_characters_do_not_hide_a_formula() {
    for hidden in [
        " ",
        "\u{a0}",
        "\u{3000}",
        "\u{1}",
        "\u{1b}",
        "\u{7f}",
        "\u{ad}",
        "\u{34f}",
        "\u{61c}",
        "\u{180e}",
        "\u{200b}",
        "\u{200d}",
        "\u{200e}",
        "\u{200f}",
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
        "\u{600}",
        "\u{13430}",
        "\u{fffe}",
        " \u{feff}\u{200e}\u{1}",
    ] {
        check(&format!("{hidden}=1"), &format!("'{hidden}=1"));
        check(&format!("{hidden}Ada=1"), &format!("{hidden}Ada=1"));
    }
}

#[test]
fn a_leading_line_end_that_few_programs_know_is_guarded_before_a_formula() {
    for line_end in RARE_LINE_ENDS {
        check(&format!("{line_end}=1"), &format!("'{line_end}'=1"));
        check(&format!(" {line_end} =1"), &format!("' {line_end}' =1"));
        check(&format!("{line_end}Ada=1"), &format!("{line_end}Ada=1"));
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
fn what_only_a_split_brings_to_the_beginning() {
    let known = [";", "\t", "\r", "\n", "\r\n", ";;", ";\t\n", "; \u{200b}\t"];
    let mixed = ["\u{85}\u{2028}", ";\u{b}", "\u{2029}\t", "\u{c} \u{85}"];
    for separator in known.into_iter().chain(mixed).chain(RARE_LINE_ENDS) {
        for first in ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'] {
            check(
                &format!("Bob{separator}{first}1+1"),
                &format!("Bob{separator}'{first}1+1"),
            );
        }
    }
    check("Bob;=1;=2\t-3", "Bob;'=1;'=2\t'-3");
    check("Bob;=", "Bob;'=");
    check("Bob; \u{feff}\u{1}=1", "Bob;' \u{feff}\u{1}=1");
    check(
        "Bob\u{2028}=1\u{85}=2\u{c}-3",
        "Bob\u{2028}'=1\u{85}'=2\u{c}'-3",
    );
    check("Bob;\u{2028}=1\u{2029};@", "Bob;\u{2028}'=1\u{2029};'@");
    check("Bob;x=1", "Bob;x=1");
    check("Bob;Ada\t\u{200e}", "Bob;Ada\t\u{200e}");
}

#[test]
fn every_separator_is_found() {
    for c in '\0'..=char::MAX {
        let text = format!("Ada{c}");
        for separator in Separator::ALL {
            let splits = is_separator(c, separator);
            let rare = holds_rare(&text, Some(separator));
            assert!(!splits || rare && !is_harmless(&text, Guard::Formulas(separator)));
            assert!(c.is_ascii() || rare == splits);
        }
    }
}

/// Characters whose first bytes are those of line ends.
#[test]
fn neighbours_of_the_rare_line_ends_separate_nothing() {
    for c in [
        '\u{e}', '\u{84}', '\u{86}', '\u{a0}', '\u{2027}', '\u{202a}', '’', '€', '«',
    ] {
        let text = format!("Bob{c}=1");
        check(&text, &text);
    }
}

#[test]
fn quotes_behind_a_separator_do_not_hide_a_formula() {
    check("Bob;\"=1\"", "Bob;'\"=1\"");
    check("Bob;\"\t\"=1", "Bob;\"\t'\"=1");
    check("Bob;\"Ada\"=1", "Bob;\"Ada\"=1");
    check("Bob\u{2028}\"=1\"", "Bob\u{2028}'\"=1\"");
}

#[test]
fn both_at_the_beginning_and_behind_a_separator() {
    check("=1;=2", "'=1;'=2");
    check(";=1", ";'=1");
    check("\t=1", "'\t'=1");
    check(" \n=1", "' \n'=1");
}

#[test]
fn apostrophes_of_the_text_get_one_more() {
    check("'=1", "''=1");
    check("''\u{200b}=1", "'''\u{200b}=1");
    check("'\tAda", "''\tAda");
    check("'\0'=1", "'''=1");
    check("Ada;'=1", "Ada;''=1");
    check("Ada;''\"=1", "Ada;'''\"=1");
    check("Ada;\0'=1", "Ada;''=1");
    check("'=1;'=2", "''=1;''=2");
    check("Ada\u{85}'=1", "Ada\u{85}''=1");
    check("'", "'");
    check("''Ada", "''Ada");
}

#[test]
fn other_apostrophes_stay() {
    let undo = |text| undo(text, Comma).into_owned();
    for text in [
        "",
        "'",
        "=1",
        "Ada",
        "'Ada'",
        " '=1",
        "Bob;=1",
        "Bob;\"'=1",
        "Bob;'",
        "\0'",
    ] {
        assert_eq!(undo(text), text);
    }
    assert_eq!(undo("'=1"), "=1");
    assert_eq!(undo("''=1"), "'=1");
    assert_eq!(undo("' \n'=1"), " \n=1");
    assert_eq!(undo("Bob;'=1\t''=2"), "Bob;=1\t'=2");
    assert_eq!(undo("Bob\u{b}'=1\u{2029}''=2"), "Bob\u{b}=1\u{2029}'=2");
}

#[test]
fn the_comma_splits_cells_of_files_with_another_separator() {
    for separator in [Semicolon, Tab] {
        let check = |text, expected| check_with(Guard::Formulas(separator), text, expected);
        check("Bob,=1+1", "Bob,'=1+1");
        check("Bob, =1;=2\t=3", "Bob,' =1;'=2\t'=3");
        check("Bob,'=1", "Bob,''=1");
        check("Bob;,=1", "Bob;,'=1");
        check("Roe, Jane", "Roe, Jane");
        assert_eq!(undo("Bob,''=1", separator), "Bob,'=1");
    }
    check("Bob,=1+1", "Bob,=1+1");
    assert_eq!(undo("Bob,'=1", Comma), "Bob,'=1");
}

#[test]
fn only_calls_are_guarded_for_importers() {
    let check = |text, expected| check_with(Guard::Calls, text, expected);
    for name in [
        "@lena",
        "-Anna-",
        "Ana ;-)",
        "=D",
        "+4915112345678",
        "%x",
        "'=SUM(1)",
        "Bob;=SUM(1)",
        "Bob\n=SUM(1)",
        "Ada (=1)",
        "!",
        "",
    ] {
        check(name, name);
    }
    check("=SUM(1)", "'=SUM(1)");
    check("@SUM(1,2)", "'@SUM(1,2)");
    check("=cmd|'/C calc'", "'=cmd|'/C calc'");
    check("|calc", "'|calc");
    check("=Sheet2!A1", "'=Sheet2!A1");
    check("\u{200b} -1(", "'\u{200b} -1(");
    check("＝SUM(1)", "'＝SUM(1)");
    check("\0=S\0UM(1)", "'=SUM(1)");
    check("=\0D", "=D");
}

#[test]
fn nul_is_removed_before_formulas_are_found() {
    check("A\0d\0a", "Ada");
    check("\0", "");
    check("\0=1", "'=1");
    check("=\0A1", "'=A1");
    check("\0\tAda", "'\tAda");
    check(" \0=1", "' =1");
    check("Bob\0;\0=1\0", "Bob;'=1");
    check("Bob\0;Ada", "Bob;Ada");
}

#[test]
fn nul_is_removed_without_the_guard() {
    let off = |text| {
        make_safe(text, Guard::Off, &mut String::new())
            .text
            .to_owned()
    };
    assert_eq!(off("=1"), "=1");
    assert_eq!(off("\0=1"), "=1");
    assert_eq!(off("Bob;\0=1\t=1"), "Bob;=1\t=1");
}

#[test]
fn every_short_text_is_restored() {
    const PIECES: [&str; 9] = ["'", "=", ";", ",", "\u{2028}", "\"", " ", "\u{200b}", "a"];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        let longer = texts
            .iter()
            .flat_map(|text| PIECES.map(|piece| format!("{text}{piece}")));
        texts = longer.collect();
        for text in &texts {
            for separator in [Comma, Tab] {
                let mut buffer = String::new();
                let safe = make_safe(text, Guard::Formulas(separator), &mut buffer);
                assert_eq!(undo(safe.text, separator), *text);
                assert_eq!(undo(text, separator).contains('='), text.contains('='));
            }
        }
    }
}

fn separators() -> impl Strategy<Value = Separator> {
    prop::sample::select(Separator::ALL.to_vec())
}

fn guards() -> impl Strategy<Value = Guard> {
    prop_oneof![
        Just(Guard::Off),
        Just(Guard::Calls),
        separators().prop_map(Guard::Formulas),
    ]
}

fn texts() -> impl Strategy<Value = String> {
    let separates = "[,;\t\r\n\u{b}\u{c}\u{85}\u{2028}\u{2029}]";
    let starts = "[=+@|%\\-＝＋－＠'\"A]";
    let other = "[\\x00-\\x20\\x7f\u{85}\u{a0}\u{200b}-\u{200f}\u{202e}\u{2060}\u{3164}\u{fe0f}\u{feff}\u{fff9}]|\\PC|(?s:.)";
    let pieces = prop_oneof![2 => separates, 2 => starts, 1 => "[=;\t\"a]", 3 => other];
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

/// Checks the cells of a reader that splits at these characters.
fn check_cells(safe: &str, separators: &[char]) -> Result<(), TestCaseError> {
    for (index, cell) in safe.split(separators).enumerate() {
        // Our own quotes keep those at the beginning of the text.
        let first_visible = cell
            .chars()
            .find(|c| !is_skipped(*c) && (*c != '"' || index == 0));
        prop_assert!(!first_visible.is_some_and(starts_formula), "{safe:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_safe_starts_a_formula(text in texts(), separator in separators()) {
        let mut buffer = String::new();
        let safe = make_safe(&text, Guard::Formulas(separator), &mut buffer).text;
        prop_assert!(!safe.starts_with(['\t', '\r', '\n']));
        prop_assert!(!safe.contains('\0'));
        check_cells(safe, &[])?;
    }

    #[test]
    fn no_part_starts_a_formula_whatever_splits_it(
        text in texts(),
        separator in separators(),
        which in 1_usize..1024,
    ) {
        let all = [
            ';', '\t', '\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}', ',',
        ];
        let separators: Vec<_> = all
            .into_iter()
            .enumerate()
            .filter(|(_, c)| *c != ',' || separator != Comma)
            .filter_map(|(bit, c)| (which >> bit & 1 == 1).then_some(c))
            .collect();
        let mut buffer = String::new();
        let safe = make_safe(&text, Guard::Formulas(separator), &mut buffer);
        check_cells(safe.text, &separators)?;
    }

    #[test]
    fn only_apostrophes_and_nul_make_the_difference_and_it_can_be_undone(
        text in texts(),
        separator in separators(),
    ) {
        let mut buffer = String::new();
        let safe = make_safe(&text, Guard::Formulas(separator), &mut buffer);
        let clean = text.replace('\0', "");
        prop_assert_eq!(safe.guarded, safe.text != clean);
        prop_assert_eq!(safe.text.replace('\'', ""), clean.replace('\'', ""));
        prop_assert_eq!(undo(safe.text, separator), clean);
        prop_assert_eq!(safe.cut, text.contains('\0'));
    }
}
