//! A fast check for names that need no analysis, which nearly all pass.

use unicode_script::Script;

/// The kind of a character, by its code point alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharKind {
    /// A letter or a sign that belongs to letters, of this script.
    ///
    /// Han stands for all scripts that Chinese, Japanese and Korean mix.
    Letter(Script),
    /// `0` to `9`: part of a word, without a script.
    Digit,
    /// ASCII punctuation and the space: they separate words.
    Punctuation,
    /// An emoji or another pictograph: it separates words, too.
    Pictograph,
    /// U+FE0F, which makes a pictograph an emoji.
    EmojiSelector,
    /// U+200D, which joins emoji to one.
    Joiner,
    /// Any other character: only an analysis can tell.
    Unclear,
}

/// Whether a name can have no [`NameWarning`](crate::NameWarning) of its own.
///
/// True if each word has letters of one script, and all other characters are ASCII punctuation,
/// digits and pictographs. False means unknown: the name needs an analysis.
pub(crate) fn is_simple_name(text: &str) -> bool {
    let (mut letters_or_pictographs, mut digits) = (false, false);
    let mut script_of_word = None;
    let mut before = CharKind::Unclear;
    for c in text.chars() {
        let now = classify_char(c);
        match (before, now) {
            (_, CharKind::Letter(script)) => {
                letters_or_pictographs = true;
                if *script_of_word.get_or_insert(script) != script {
                    return false;
                }
            }
            (_, CharKind::Digit) => digits = true,
            (_, CharKind::Punctuation) => script_of_word = None,
            (_, CharKind::Pictograph) => {
                letters_or_pictographs = true;
                script_of_word = None;
            }
            (CharKind::Pictograph, CharKind::EmojiSelector | CharKind::Joiner)
            | (CharKind::EmojiSelector, CharKind::Joiner) => {}
            (_, CharKind::EmojiSelector | CharKind::Joiner | CharKind::Unclear) => return false,
        }
        before = now;
    }
    // Digits alone could be a phone number.
    letters_or_pictographs || !digits
}

/// The characters below this one are looked up; the others are compared.
const NEAR: usize = 0x3100;

static KINDS: [CharKind; NEAR] = {
    let mut table = [CharKind::Unclear; NEAR];
    let mut c = '\0';
    while (c as usize) < NEAR {
        table[c as usize] = kind(c);
        c = next(c);
    }
    table
};

const fn next(c: char) -> char {
    match char::from_u32(c as u32 + 1) {
        Some(next) => next,
        None => panic!("the table ends before the surrogates"),
    }
}

/// The kind of a character.
pub(crate) fn classify_char(c: char) -> CharKind {
    match KINDS.get(c as usize) {
        Some(kind) => *kind,
        None => kind(c),
    }
}

/// The ranges of common names. A name in a script that is missing here is analyzed.
const fn kind(c: char) -> CharKind {
    match c {
        'a'..='z'
        | 'A'..='Z'
        | '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{1e00}'..='\u{1eff}' => CharKind::Letter(Script::Latin),
        '0'..='9' => CharKind::Digit,
        ' '..='~' => CharKind::Punctuation,
        '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3ce}' => CharKind::Letter(Script::Greek),
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => CharKind::Letter(Script::Cyrillic),
        '\u{531}'..='\u{556}' | '\u{561}'..='\u{587}' => CharKind::Letter(Script::Armenian),
        '\u{5be}' | '\u{5d0}'..='\u{5ea}' => CharKind::Letter(Script::Hebrew),
        '\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{671}'..='\u{6d3}' => {
            CharKind::Letter(Script::Arabic)
        }
        '\u{900}'..='\u{950}' => CharKind::Letter(Script::Devanagari),
        '\u{980}'..='\u{9cd}' => CharKind::Letter(Script::Bengali),
        '\u{b82}'..='\u{bcd}' => CharKind::Letter(Script::Tamil),
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => CharKind::Letter(Script::Thai),
        '\u{10d0}'..='\u{10fa}' => CharKind::Letter(Script::Georgian),
        '\u{1200}'..='\u{135a}' => CharKind::Letter(Script::Ethiopic),
        '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => CharKind::Letter(Script::Han),
        '\u{2600}'..='\u{2775}'
        | '\u{2794}'..='\u{27bf}'
        | '\u{1f1e6}'..='\u{1f1ff}'
        | '\u{1f300}'..='\u{1faff}' => CharKind::Pictograph,
        '\u{fe0f}' => CharKind::EmojiSelector,
        '\u{200d}' => CharKind::Joiner,
        _ => CharKind::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_script::UnicodeScript;

    use super::*;
    use crate::name_warnings::NameWarnings;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_simple_name(text), expected, "{text:?}");
    }

    #[test]
    fn most_names_are_simple() {
        for name in [
            "",
            "Ada Test",
            "O'Hara-Smith 2nd",
            "Zoë Åström",
            "Ngọc",
            "Анна (2)",
            "Tom & Анна",
            "Ελενη",
            "עומר ✨",
            "مريم",
            "~प्रिया~",
            "山田タロウ",
            "김민준",
            "สมชาย",
            "გიორგი",
            "🌻",
            "Thomas ❤\u{fe0f}",
            "👩\u{200d}👩\u{200d}👧",
            "🏳\u{fe0f}\u{200d}🌈",
            "🇰🇪",
            "...",
        ] {
            check(name, true);
        }
    }

    #[test]
    fn these_names_need_analysis() {
        for name in [
            "P\u{430}ypal",
            "Anna2\u{430}",
            "李Tom",
            "a\u{202e}",
            "a\tb",
            "a\u{200b}",
            "1234567",
            "112",
            "+49 151",
            "a\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "❤\u{fe0f}\u{fe0f}",
            "👩 \u{200d}👧",
            "\u{200d}",
            "\u{200f}مريم",
            "🏴\u{e0067}",
            "\u{3164}",
            "\u{2800}",
        ] {
            check(name, false);
        }
    }

    #[test]
    fn letters_are_of_their_scripts() {
        let mut letters = 0;
        for c in '\0'..=char::MAX {
            let CharKind::Letter(script) = classify_char(c) else {
                continue;
            };
            let scripts = c.script_extension();
            let fits = match script {
                Script::Han => [
                    Script::Han,
                    Script::Hiragana,
                    Script::Katakana,
                    Script::Hangul,
                ]
                .into_iter()
                .any(|script| scripts.contains_script(script)),
                // No character at all yet.
                _ if c.script() == Script::Unknown => true,
                script => scripts.contains_script(script),
            };
            assert!(fits, "U+{:04X} {scripts:?}", u32::from(c));
            letters += 1;
        }
        assert!(letters > 30_000, "{letters}");
    }

    #[test]
    fn punctuation_and_pictographs_separate_words() {
        for c in '\0'..=char::MAX {
            if matches!(
                classify_char(c),
                CharKind::Punctuation | CharKind::Pictograph
            ) {
                let parts = !c.is_alphanumeric() && c.script() != Script::Inherited;
                assert!(parts, "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn no_simple_character_has_a_warning() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            if is_simple_name(&text) {
                let warnings = NameWarnings::analyze(&text);
                assert!(warnings.is_empty(), "U+{:04X} {warnings}", u32::from(c));
            }
        }
    }

    proptest! {
        #[test]
        fn no_simple_name_has_a_warning(
            text in "[a-zé 0-9+.-]{0,20}|[а-яa0-9 ✨🌻🏴\u{fe0f}\u{200d}]{0,8}|[א-ת\u{5b0}0-9(]{0,8}|[ء-ي٠-٩a]{0,6}|[\u{900}-\u{97f} ]{0,6}|[ぁ-ヿ一-十가-각a]{0,6}|\\PC{0,6}"
        ) {
            if is_simple_name(&text) {
                prop_assert!(NameWarnings::analyze(&text).is_empty());
            }
        }
    }
}
