//! The table of characters that are not drawn or have an effect, and the sets built from it.

/// What a character does besides being drawn.
///
/// # Examples
///
/// ```
/// use whapi_text::CharClass;
///
/// assert_eq!(CharClass::of('\u{202e}'), CharClass::DirectionControl);
/// assert_eq!(CharClass::of('a'), CharClass::Other);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CharClass {
    /// Any character that is not in another class: letters, digits, punctuation, emoji.
    Other,
    /// White space other than TAB and line ends.
    Space,
    /// TAB.
    Tab,
    /// A mandatory line break: LF, VT, FF, CR, U+0085, U+2028 or U+2029.
    LineEnd,
    /// Any other control: C0, C1 or DEL.
    Control,
    /// A mark with a direction of writing: U+061C, U+200E or U+200F.
    DirectionMark,
    /// An embedding, override or isolate: it reorders the text after it.
    DirectionControl,
    /// U+200C or U+200D, which scripts and emoji use.
    Joiner,
    /// U+FE00 to U+FE0F, which emoji use. The selectors of plane 14 are [`Ignorable`](Self::Ignorable).
    VariationSelector,
    /// U+E0020 to U+E007F, which spell the regions of flags.
    Tag,
    /// Any other `Default_Ignorable_Code_Point` of Unicode: it is drawn as nothing.
    Ignorable,
    /// Any other format character (`Cf`): whether it is drawn depends on the program.
    Format,
    /// U+2800, the Braille pattern without dots: a drawn character that looks like a space.
    Blank,
    /// A code point that is no character in any version of Unicode, such as U+FFFE.
    Noncharacter,
}

impl CharClass {
    /// The class of a character.
    #[inline]
    pub const fn of(c: char) -> Self {
        if (c as usize) < NEAR {
            CLASSES[c as usize]
        } else {
            compare(c)
        }
    }
}

/// The characters below this one are looked up; the others are compared.
const NEAR: usize = 0x3100;

static CLASSES: [CharClass; NEAR] = {
    let mut table = [CharClass::Other; NEAR];
    let mut code = 0_u32;
    while (code as usize) < NEAR {
        if let Some(c) = char::from_u32(code) {
            table[code as usize] = compare(c);
        }
        code += 1;
    }
    table
};

/// The one table. Tests compare it with Unicode's properties.
const fn compare(c: char) -> CharClass {
    match c {
        '\t' => CharClass::Tab,
        '\n'..='\r' | '\u{85}' | '\u{2028}'..='\u{2029}' => CharClass::LineEnd,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => CharClass::Control,
        ' '
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => CharClass::Space,
        '\u{61c}' | '\u{200e}'..='\u{200f}' => CharClass::DirectionMark,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => CharClass::DirectionControl,
        '\u{200c}'..='\u{200d}' => CharClass::Joiner,
        '\u{fe00}'..='\u{fe0f}' => CharClass::VariationSelector,
        '\u{e0020}'..='\u{e007f}' => CharClass::Tag,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => CharClass::Ignorable,
        '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' => CharClass::Format,
        '\u{2800}' => CharClass::Blank,
        '\u{fdd0}'..='\u{fdef}' => CharClass::Noncharacter,
        _ if c as u32 & 0xfffe == 0xfffe => CharClass::Noncharacter,
        _ => CharClass::Other,
    }
}

/// Whether a terminal could obey a character, or hide it or others.
///
/// True for controls, line ends, TAB, format characters, everything that is drawn as nothing, and
/// noncharacters. Joiners and variation selectors count, because terminals differ in what they
/// draw for them.
///
/// # Examples
///
/// ```
/// use whapi_text::needs_escape;
///
/// assert!(['\u{1b}', '\n', '\u{9b}', '\u{202e}', '\u{200b}'].into_iter().all(needs_escape));
/// assert!(!['a', ' ', 'д', '😀', '\u{301}'].into_iter().any(needs_escape));
/// ```
#[inline]
pub const fn needs_escape(c: char) -> bool {
    !matches!(
        CharClass::of(c),
        CharClass::Other | CharClass::Space | CharClass::Blank
    )
}

/// [`needs_escape`] without the joiners and variation selectors.
///
/// For browsers and windows, which draw emoji and scripts that join as one sign.
#[inline]
pub const fn is_hidden(c: char) -> bool {
    needs_escape(c)
        && !matches!(
            CharClass::of(c),
            CharClass::Joiner | CharClass::VariationSelector
        )
}

/// Whether a character shows nothing: white space, a control, or drawn as nothing.
///
/// # Examples
///
/// ```
/// use whapi_text::is_blank_char;
///
/// assert!([' ', '\t', '\u{200b}', '\u{2800}', '\u{3164}'].into_iter().all(is_blank_char));
/// assert!(!['.', 'a', '\u{301}'].into_iter().any(is_blank_char));
/// ```
#[inline]
pub const fn is_blank_char(c: char) -> bool {
    !matches!(
        CharClass::of(c),
        CharClass::Other | CharClass::Format | CharClass::Noncharacter
    )
}

/// Whether a text shows nothing: it is empty or all of it is [blank](is_blank_char).
///
/// With the zero-width space and the Hangul filler, people on WhatsApp make "invisible" names.
///
/// # Examples
///
/// ```
/// use whapi_text::is_blank;
///
/// assert!(is_blank(" \u{200b}\u{3164}\t"));
/// assert!(!is_blank("."));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_blank_char)
}

/// Whether a program may begin a new line at a character.
///
/// # Examples
///
/// ```
/// use whapi_text::is_line_end;
///
/// assert!(['\n', '\r', '\u{b}', '\u{85}', '\u{2028}'].into_iter().all(is_line_end));
/// assert!(!is_line_end('\t'));
/// ```
#[inline]
pub const fn is_line_end(c: char) -> bool {
    matches!(CharClass::of(c), CharClass::LineEnd)
}

/// Whether XML 1.0 can hold a character.
///
/// It cannot hold U+FFFE, U+FFFF, and C0 controls other than TAB, LF and CR.
///
/// # Examples
///
/// ```
/// use whapi_text::is_xml_char;
///
/// assert!(['\t', '\n', '\r', '\u{9b}', 'a'].into_iter().all(is_xml_char));
/// assert!(!['\0', '\u{b}', '\u{1b}', '\u{fffe}'].into_iter().any(is_xml_char));
/// ```
#[inline]
pub const fn is_xml_char(c: char) -> bool {
    match CharClass::of(c) {
        CharClass::Control | CharClass::LineEnd => c >= ' ' || c == '\n' || c == '\r',
        CharClass::Noncharacter => c != '\u{fffe}' && c != '\u{ffff}',
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use icu_properties::props::{
        BidiClass, BidiControl, BinaryProperty, DefaultIgnorableCodePoint, GeneralCategory,
        JoinControl, LineBreak, NoncharacterCodePoint, VariationSelector, WhiteSpace,
    };
    use icu_properties::{CodePointMapData, CodePointMapDataBorrowed, CodePointSetData};

    use super::*;

    const LINE_BREAK: CodePointMapDataBorrowed<'static, LineBreak> = CodePointMapData::new();
    const BIDI_CLASS: CodePointMapDataBorrowed<'static, BidiClass> = CodePointMapData::new();

    fn property<P: BinaryProperty>(c: char) -> bool {
        CodePointSetData::new::<P>().contains(c)
    }

    fn category(c: char) -> GeneralCategory {
        CodePointMapData::<GeneralCategory>::new().get(c)
    }

    fn is_ignorable(c: char) -> bool {
        property::<DefaultIgnorableCodePoint>(c)
    }

    /// The class by Unicode's properties alone.
    fn class(c: char) -> CharClass {
        let category = category(c);
        match LINE_BREAK.get(c) {
            LineBreak::MandatoryBreak
            | LineBreak::CarriageReturn
            | LineBreak::LineFeed
            | LineBreak::NextLine => CharClass::LineEnd,
            _ if c == '\t' => CharClass::Tab,
            _ if c == '\u{2800}' => CharClass::Blank,
            _ if category == GeneralCategory::Control => CharClass::Control,
            _ if property::<WhiteSpace>(c) => CharClass::Space,
            _ if property::<JoinControl>(c) => CharClass::Joiner,
            _ if property::<BidiControl>(c) => match BIDI_CLASS.get(c) {
                BidiClass::LeftToRight | BidiClass::RightToLeft | BidiClass::ArabicLetter => {
                    CharClass::DirectionMark
                }
                _ => CharClass::DirectionControl,
            },
            _ if property::<NoncharacterCodePoint>(c) => CharClass::Noncharacter,
            _ if is_ignorable(c) => match u32::from(c) {
                0xfe00..=0xfe0f if property::<VariationSelector>(c) => CharClass::VariationSelector,
                0xe_0002.. if category == GeneralCategory::Format => CharClass::Tag,
                _ => CharClass::Ignorable,
            },
            _ if category == GeneralCategory::Format => CharClass::Format,
            _ => CharClass::Other,
        }
    }

    #[test]
    fn classes_follow_from_unicodes_properties() {
        for c in '\0'..=char::MAX {
            assert_eq!(CharClass::of(c), class(c), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn sets_are_unions_of_unicodes_properties() {
        for c in '\0'..=char::MAX {
            let ignorable = is_ignorable(c);
            let escaped = ignorable
                || property::<NoncharacterCodePoint>(c)
                || matches!(
                    category(c),
                    GeneralCategory::Control
                        | GeneralCategory::Format
                        | GeneralCategory::LineSeparator
                        | GeneralCategory::ParagraphSeparator
                );
            let drawn_with_others =
                property::<JoinControl>(c) || matches!(c, '\u{fe00}'..='\u{fe0f}');
            let blank = c.is_whitespace() || c.is_control() || ignorable || c == '\u{2800}';
            assert_eq!(
                (needs_escape(c), is_hidden(c), is_blank_char(c)),
                (escaped, escaped && !drawn_with_others, blank),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    /// The production `Char` of XML 1.0.
    #[test]
    fn xml_characters_are_those_of_the_standard() {
        for c in '\0'..=char::MAX {
            let in_standard = matches!(
                u32::from(c),
                0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..
            );
            assert_eq!(is_xml_char(c), in_standard, "U+{:04X}", u32::from(c));
        }
    }
}
