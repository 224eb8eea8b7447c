//! Warnings about names that may deceive a reader.

use std::fmt;

use unicode_script::{Script, ScriptExtension, UnicodeScript};
use whapi_text::{CharClass, is_blank_char};

use crate::simple_name::is_simple_name;

/// A reason to check a name before trusting it.
///
/// Warnings are reported and never change a name: all of these occur in honest names, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameWarning {
    /// It has an embedding, override or isolate (U+202A to U+202E, U+2066 to U+2069).
    ///
    /// These reorder the text that is shown.
    Bidi,
    /// It has controls, or characters that are drawn as nothing and have no effect there.
    ///
    /// Joiners in emoji and in scripts that join are allowed, and so are direction marks in a text
    /// with right-to-left letters.
    Invisible,
    /// One word has letters of several scripts, such as a Cyrillic `а` in a Latin name.
    ///
    /// Scripts that one language mixes are allowed, and so is Latin with Chinese, Japanese or Korean.
    /// Different words may have different scripts.
    MixedScripts,
    /// It looks like a phone number: 7 to 15 digits of any script, with separators only.
    LooksLikePhone,
    /// It equals the name of a saved contact.
    ///
    /// The text alone does not show that: see [`SavedNames`](crate::SavedNames).
    EqualsSavedName,
}

impl NameWarning {
    /// All warnings, in the order in which they are reported.
    pub const ALL: &'static [Self] = &[
        Self::Bidi,
        Self::Invisible,
        Self::MixedScripts,
        Self::LooksLikePhone,
        Self::EqualsSavedName,
    ];

    /// The stable name: `bidi`, `invisible`, `mixed_scripts`, `looks_like_phone` or
    /// `equals_saved_name`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bidi => "bidi",
            Self::Invisible => "invisible",
            Self::MixedScripts => "mixed_scripts",
            Self::LooksLikePhone => "looks_like_phone",
            Self::EqualsSavedName => "equals_saved_name",
        }
    }

    fn applies_to(self, text: &str) -> bool {
        match self {
            Self::Bidi => text.contains(|c| is(CharClass::DirectionControl, c)),
            Self::Invisible => hides_something(text),
            Self::MixedScripts => mixes_scripts(text),
            Self::LooksLikePhone => looks_like_phone(text),
            Self::EqualsSavedName => false,
        }
    }
}

/// A set of [`NameWarning`]s. Its text is their names with spaces between.
///
/// # Examples
///
/// ```
/// use whapi_classify::{NameWarning, NameWarnings};
///
/// // A Cyrillic а.
/// let warnings = NameWarnings::of("P\u{430}ypal");
/// assert!(warnings.contains(NameWarning::MixedScripts));
/// assert_eq!(warnings.to_string(), "mixed_scripts");
///
/// assert!(NameWarnings::of("Анна Test").is_empty());
/// assert_eq!(NameWarnings::of("\u{202e}+49 151 123-45-67").to_string(), "bidi looks_like_phone");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct NameWarnings(u8);

impl NameWarnings {
    /// The warnings about a text by itself.
    pub fn of(text: &str) -> Self {
        if is_simple_name(text) {
            return Self::default();
        }
        Self::analyze(text)
    }

    /// [`of`](Self::of) without the check for simple names.
    pub(crate) fn analyze(text: &str) -> Self {
        NameWarning::ALL
            .iter()
            .copied()
            .filter(|warning| warning.applies_to(text))
            .fold(Self::default(), |all, warning| Self(all.0 | bit(warning)))
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set has this warning.
    pub fn contains(self, warning: NameWarning) -> bool {
        self.0 & bit(warning) != 0
    }

    /// The set with one more warning.
    #[must_use]
    pub fn with(self, warning: NameWarning) -> Self {
        Self(self.0 | bit(warning))
    }

    /// The union of two sets.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The warnings, in the order of [`NameWarning::ALL`].
    pub fn iter(self) -> impl Iterator<Item = NameWarning> {
        NameWarning::ALL
            .iter()
            .copied()
            .filter(move |warning| self.contains(*warning))
    }
}

impl fmt::Display for NameWarnings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, warning) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(warning.as_str())?;
        }
        Ok(())
    }
}

fn bit(warning: NameWarning) -> u8 {
    match warning {
        NameWarning::Bidi => 1,
        NameWarning::Invisible => 2,
        NameWarning::MixedScripts => 4,
        NameWarning::LooksLikePhone => 8,
        NameWarning::EqualsSavedName => 16,
    }
}

/// The black flag, which tags turn into the flag of a region.
const FLAG: char = '\u{1f3f4}';

fn hides_something(text: &str) -> bool {
    let right_to_left = text.chars().any(|c| {
        !is(CharClass::DirectionMark, c)
            && matches!(
                c.script(),
                Script::Arabic | Script::Hebrew | Script::Syriac | Script::Thaana | Script::Nko
            )
    });
    let mut before = None;
    for c in text.chars() {
        let fine = match CharClass::of(c) {
            CharClass::DirectionMark => right_to_left,
            CharClass::Joiner => before.is_some_and(may_be_joined),
            CharClass::VariationSelector => before.is_some_and(|before| {
                !is_alphabet(before) && !is(CharClass::VariationSelector, before)
            }),
            CharClass::Tag => {
                before.is_some_and(|before| before == FLAG || is(CharClass::Tag, before))
            }
            CharClass::Ignorable | CharClass::Blank => false,
            // Of these, U+2028 and U+2029 are white space and no controls.
            CharClass::Tab | CharClass::LineEnd | CharClass::Control => !c.is_control(),
            _ => true,
        };
        if !fine {
            return true;
        }
        before = Some(c);
    }
    false
}

fn is(class: CharClass, c: char) -> bool {
    CharClass::of(c) == class
}

/// Whether a joiner after this character has an effect: emoji, and scripts that are no alphabets.
fn may_be_joined(before: char) -> bool {
    !is_alphabet(before) && !before.is_ascii() && !before.is_whitespace() && !is_blank_char(before)
        || is(CharClass::VariationSelector, before)
}

/// Whether a character is a letter of a script whose letters never join.
fn is_alphabet(c: char) -> bool {
    matches!(
        c.script(),
        Script::Latin | Script::Greek | Script::Cyrillic | Script::Armenian | Script::Georgian
    )
}

fn mixes_scripts(text: &str) -> bool {
    let in_word = |c: char| {
        c.is_alphanumeric()
            || c.script() == Script::Inherited
            // A reader does not see a blank that is no white space.
            || (!c.is_whitespace() && is_blank_char(c))
    };
    text.split(|c| !in_word(c)).any(word_mixes_scripts)
}

fn word_mixes_scripts(word: &str) -> bool {
    let (mut east_asian, mut latin, mut common) = (false, false, None);
    for c in word.chars() {
        let scripts = c.script_extension();
        if scripts.is_common() || scripts.is_inherited() || is_blank_char(c) {
            continue;
        }
        if is_east_asian(scripts) {
            east_asian = true;
            continue;
        }
        latin |= c.script() == Script::Latin;
        let shared = common.map_or(scripts, |common: ScriptExtension| {
            common.intersection(scripts)
        });
        if shared.is_empty() {
            return true;
        }
        common = Some(shared);
    }
    east_asian && common.is_some() && !latin
}

/// Whether Chinese, Japanese or Korean uses these scripts; their words mix them.
fn is_east_asian(scripts: ScriptExtension) -> bool {
    [
        Script::Han,
        Script::Hiragana,
        Script::Katakana,
        Script::Hangul,
        Script::Bopomofo,
    ]
    .into_iter()
    .any(|script| scripts.contains_script(script))
}

fn looks_like_phone(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        if c.is_numeric() {
            digits += 1;
        } else if !matches!(
            c,
            '+' | '＋' | '(' | ')' | '.' | '/' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        ) && !is_blank_char(c)
        {
            return false;
        }
    }
    (7..=15).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(NameWarnings::of(text).to_string(), expected, "{text:?}");
    }

    #[test]
    fn ordinary_names_of_the_world() {
        for name in [
            "",
            " ",
            "Ada Test",
            "ada.b@example",
            "O'Hara-Smith 2nd",
            "Zoë Åström",
            "Zoe\u{308}",
            "24name",
            "Анна Иванова",
            "Анна24",
            "Сергеи\u{306}",
            "Ελένη",
            "مريم",
            "\u{200f}مريم\u{200e} (Work)",
            "می\u{200c}خواهم",
            "עומר",
            "प्रिया",
            "क्\u{200d}ष",
            "ஆதித்யா",
            "山田太郎",
            "山田タロウさん",
            "李Tom",
            "김민준",
            "ㄅ李",
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "Ada\u{a0}B",
            "Tom & Анна",
            "Анна_Ada",
            "=1+2",
            "112",
            "2024-12",
            "1234567890123456",
            "Room 1234567",
        ] {
            check(name, "");
        }
    }

    #[test]
    fn direction_controls() {
        for c in ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}'] {
            check(&format!("a{c}b"), "bidi");
        }
        for c in ['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'] {
            check(&format!("a{c}b"), "bidi");
        }
    }

    #[test]
    fn invisible_characters() {
        for c in [
            '\0',
            '\t',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2060}',
            '\u{206a}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{e0041}',
            '\u{fff0}',
            '\u{1bca0}',
            '\u{1d173}',
        ] {
            check(&format!("A{c}da"), "invisible");
            check(&format!("{c}"), "invisible");
        }
        check("🏴x\u{e0067}", "invisible");
        check("❤\u{fe0f}\u{fe0f}", "invisible");
        check("👩 \u{200d}👧", "invisible");
        check("1\u{200d}2", "invisible");
    }

    #[test]
    fn several_scripts_in_a_word() {
        for name in [
            "P\u{430}ypal",
            "Анnа",
            "Αda",
            "Ada\u{5d0}",
            "مa",
            "山Анна",
            "Tom P\u{430}ul",
        ] {
            check(name, "mixed_scripts");
        }
        check("P\u{200b}\u{430}ul", "invisible mixed_scripts");
        // Each part by itself is of one script.
        check("Pa\u{200b}\u{443}\u{43b}", "invisible mixed_scripts");
        check("Pa\u{301}\u{443}\u{43b}", "mixed_scripts");
        check("山Аa", "mixed_scripts");
    }

    #[test]
    fn texts_that_look_like_phone_numbers() {
        for name in [
            "4915112345678",
            "+49 (151) 123-45-67",
            "1234567",
            "123456789012345",
            "＋４９１５１１２３４５６７",
            "٠١٢٣٤٥٦٧٨٩",
            "+49.151/1234567",
            "+49–151–1234567",
        ] {
            check(name, "looks_like_phone");
        }
        check("+49\u{200b}1511234567", "invisible looks_like_phone");
        check("123456", "");
        check("+", "");
    }

    #[test]
    fn sets() {
        let both = NameWarnings::of("a\u{202e}").or(NameWarnings::of("1234567"));
        assert_eq!(both.to_string(), "bidi looks_like_phone");
        assert!(both.contains(NameWarning::Bidi) && !both.contains(NameWarning::Invisible));
        assert_eq!(both.or(both), both);
        assert!(!both.is_empty() && NameWarnings::default().is_empty());
        let three = both.with(NameWarning::EqualsSavedName);
        assert_eq!(three.to_string(), "bidi looks_like_phone equals_saved_name");
        assert_eq!(three.with(NameWarning::Bidi), three);
    }
}
