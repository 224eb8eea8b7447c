//! Contacts whose pushname equals the name of a saved contact.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;
use unicode_script::Script;
use whapi_model::Contact;
use whapi_text::{is_blank, is_blank_char};

use crate::Standing;
use crate::simple_name::{CharKind, classify_char};

/// The names of saved contacts, to compare pushnames with.
///
/// The comparison ignores letter case, blank characters, and white space at the ends or repeated.
/// Only hashes are kept, 8 bytes a name.
///
/// # Examples
///
/// ```
/// use whapi_classify::SavedNames;
/// use whapi_model::{Contact, ContactId};
///
/// let mut names = SavedNames::new();
/// names.add(&Contact::new(ContactId::parse("447700900101")?).with_name("Ada Beispiel").with_saved(true));
///
/// let other = Contact::new(ContactId::parse("447700900102")?).with_saved(false);
/// assert!(names.contains_pushname_of(&other.clone().with_pushname(" ada  BEISPIEL")));
/// assert!(!names.contains_pushname_of(&other.with_pushname("Ada")));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Default)]
pub struct SavedNames {
    names: HashSet<u64, RandomState>,
    hash: RandomState,
}

impl SavedNames {
    /// No names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the name of a contact that is saved and has one.
    pub fn add(&mut self, contact: &Contact) {
        if let (Standing::Saved, Some(name)) = (Standing::of(contact), contact.name())
            && !is_blank(name)
        {
            let name = self.hash_of(name);
            self.names.insert(name);
        }
    }

    /// Whether the contact is not saved and its pushname equals the name of a saved contact.
    pub fn contains_pushname_of(&self, contact: &Contact) -> bool {
        self.pushname_key(contact)
            .is_some_and(|key| self.names.contains(&key.0))
    }

    /// The key of a contact's pushname, for [`contains`](Self::contains) once more names are known.
    ///
    /// `None` for saved contacts and those without a pushname.
    pub fn pushname_key(&self, contact: &Contact) -> Option<NameKey> {
        if Standing::of(contact) == Standing::Saved {
            return None;
        }
        let pushname = contact.pushname().filter(|text| !is_blank(text))?;
        Some(NameKey(self.hash_of(pushname)))
    }

    /// Whether a saved contact has a name of this key.
    pub fn contains(&self, key: NameKey) -> bool {
        self.names.contains(&key.0)
    }

    /// Hashes a [folded](fold) name without allocating.
    fn hash_of(&self, name: &str) -> u64 {
        let mut hash = self.hash.build_hasher();
        fold(name, |c| hash.write_u32(u32::from(c)));
        hash.finish()
    }
}

/// Writes a name as it is compared, character by character.
fn fold(name: &str, mut write: impl FnMut(char)) {
    let (mut any, mut gap) = (false, false);
    for c in name.chars() {
        let case = match classify_char(c) {
            CharKind::Letter(
                Script::Latin
                | Script::Greek
                | Script::Cyrillic
                | Script::Armenian
                | Script::Georgian,
            ) => true,
            CharKind::Letter(_) | CharKind::Digit | CharKind::Pictograph => false,
            CharKind::Punctuation if c != ' ' => false,
            _ if c.is_whitespace() => {
                gap = any;
                continue;
            }
            _ if is_blank_char(c) => continue,
            _ => true,
        };
        if std::mem::take(&mut gap) {
            write(' ');
        }
        any = true;
        match c {
            '\0'..='\x7f' => write(c.to_ascii_lowercase()),
            'а'..='я' => write(c),
            c if case => c.to_lowercase().for_each(&mut write),
            c => write(c),
        }
    }
}

/// The hash of a folded name; valid only for the [`SavedNames`] that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameKey(u64);

impl fmt::Debug for SavedNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedNames")
            .field("names", &self.names.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_model::ContactId;

    use super::*;

    fn contact(saved: bool) -> Contact {
        Contact::new(ContactId::parse("447700900101").unwrap()).with_saved(saved)
    }

    fn folded(name: &str) -> String {
        let mut folded = String::new();
        fold(name, |c| folded.push(c));
        folded
    }

    /// [`fold`] word by word, without [`classify_char`].
    fn folded_by_words(name: &str) -> String {
        let shown = |word: &str| {
            let shown = word.chars().filter(|c| !is_blank_char(*c));
            shown.flat_map(char::to_lowercase).collect::<String>()
        };
        let words: Vec<_> = name.split_whitespace().map(shown).collect();
        let words: Vec<_> = words.iter().filter(|word| !word.is_empty()).collect();
        words
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_character_is_folded_as_by_words() {
        for c in '\0'..=char::MAX {
            let name = format!("x{c}y");
            assert_eq!(
                folded(&name),
                folded_by_words(&name),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    proptest! {
        #[test]
        fn every_name_is_folded_as_by_words(
            name in "[A-cÀ-ü Ӑ-ӓΑ-γ\u{a0}\u{200b}\u{ad}א-ד一-三✨\t]{0,12}|\\PC{0,8}"
        ) {
            prop_assert_eq!(folded(&name), folded_by_words(&name));
        }
    }

    #[track_caller]
    fn check(saved: &str, pushname: &str, expected: bool) {
        let mut names = SavedNames::new();
        names.add(&contact(true).with_name(saved));
        let other = contact(false).with_pushname(pushname);
        assert_eq!(names.contains_pushname_of(&other), expected);
        let friend = contact(true).with_pushname(pushname);
        assert!(!names.contains_pushname_of(&friend));
    }

    #[test]
    fn letter_case_and_blanks_make_no_difference() {
        check("Ada", "Ada", true);
        check(
            "Ada Beispiel",
            "\u{200f}ada\u{a0} \u{200b} bei\u{ad}spiel\t",
            true,
        );
        check("ÄÖ", "äö", true);
        check("Ada", "Eve", false);
        check("a\u{200b}", "b\u{200b}", false);
        check("é b", "ü b", false);
        check("Ada", "Ad a", false);
        check("Ada", "", false);
        check(" ", " ", false);
    }

    #[test]
    fn only_names_of_saved_contacts_count() {
        let mut names = SavedNames::new();
        names.add(&contact(false).with_name("Ada"));
        names.add(&contact(true).with_pushname("Ada"));
        let other = contact(false).with_pushname("Ada");
        assert!(!names.contains_pushname_of(&other));
        let key = names.pushname_key(&other).unwrap();
        assert!(!names.contains(key));
        names.add(&contact(true).with_name("ADA"));
        assert!(names.contains(key));
        assert_eq!(format!("{names:?}"), "SavedNames { names: 1, .. }");
    }
}
