//! The words of a note, for what a format has no field for.
//!
//! Every format has the same. These words are ASCII without comma, semicolon and backslash, so no
//! format has to escape them. They are short: readers of vCards that do not unfold lines show 70
//! octets of a note, and the first two lines of a discovered contact fit in those. Untrusted text
//! follows; its line ends have to be replaced, or it could add lines that look like these.
//!
//! # Examples
//!
//! ```
//! use whapi_export::fields::wording;
//! use whapi_export::whapi_classify::Standing;
//!
//! let mut text = wording::standing(Standing::Saved, false).to_owned();
//! text.push('\n');
//! text.push_str(wording::NO_NUMBER);
//! text.push_str("84958372615243@lid");
//! assert_eq!(
//!     text,
//!     "WhatsApp: saved in the address book.\n\
//!      No number: 84958372615243@lid"
//! );
//! ```

use whapi_classify::{NameWarning, Standing};

/// The line of a discovered contact with a phone number, the second of its note.
pub const SAVE_FIRST: &str = "Save it to edit or delete it.";

/// Stands before the id of a contact without a phone number.
pub const NO_NUMBER: &str = "No number: ";

/// Stands before a pushname that is not shown anyway.
pub const PUSHNAME: &str = "Name on WhatsApp: ";

/// Stands before the time of the last message in the private chat.
pub const LAST_ACTIVITY: &str = "Last activity in the private chat: ";

/// Stands before the name of the channel that lists the contact.
pub const CHANNEL: &str = "Channel: ";

/// A standing as a label or category, among others of the reader's.
///
/// ```
/// use whapi_export::fields::wording::label;
/// use whapi_export::whapi_classify::Standing;
///
/// assert_eq!(label(Standing::Discovered), "WhatsApp discovered");
/// ```
#[inline]
pub const fn label(standing: Standing) -> &'static str {
    match standing {
        Standing::Saved => "WhatsApp saved",
        Standing::Discovered => "WhatsApp discovered",
        Standing::Unknown => "WhatsApp unknown",
    }
}

/// The line of a standing, the first of every note. It also says whether the account is a business.
///
/// ```
/// use whapi_export::fields::wording::standing;
/// use whapi_export::whapi_classify::Standing;
///
/// assert_eq!(standing(Standing::Saved, false), "WhatsApp: saved in the address book.");
/// assert_eq!(standing(Standing::Discovered, true), "WhatsApp Business: in a group or chat.");
/// ```
#[inline]
pub const fn standing(standing: Standing, is_business: bool) -> &'static str {
    match (standing, is_business) {
        (Standing::Saved, false) => "WhatsApp: saved in the address book.",
        (Standing::Saved, true) => "WhatsApp Business: saved in the address book.",
        (Standing::Discovered, false) => "WhatsApp: in a group or chat.",
        (Standing::Discovered, true) => "WhatsApp Business: in a group or chat.",
        (Standing::Unknown, false) => {
            "WhatsApp: unknown whether saved or only discovered. Rely on neither."
        }
        (Standing::Unknown, true) => {
            "WhatsApp Business: unknown whether saved or only discovered. Rely on neither."
        }
    }
}

/// The line of a warning about the names.
///
/// ```
/// use whapi_export::fields::wording::warning;
/// use whapi_export::whapi_classify::NameWarning;
///
/// let line = warning(NameWarning::MixedScripts);
/// assert_eq!(line, "Look twice: a word of the name mixes scripts.");
/// ```
#[inline]
pub const fn warning(warning: NameWarning) -> &'static str {
    match warning {
        NameWarning::Bidi => "Look twice: the name turns the direction of writing.",
        NameWarning::Invisible => "Look twice: the name holds invisible characters.",
        NameWarning::MixedScripts => "Look twice: a word of the name mixes scripts.",
        NameWarning::LooksLikePhone => {
            "Look twice: the name looks like a phone number. It may be another's."
        }
        NameWarning::EqualsSavedName => {
            "Look twice: the name on WhatsApp equals that of a saved contact. It may be another person."
        }
        _ => "Look twice at the name.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_need_no_escaping() {
        let words = Standing::ALL
            .iter()
            .flat_map(|of| [standing(*of, false), standing(*of, true), label(*of)])
            .chain(NameWarning::ALL.iter().copied().map(warning))
            .chain([SAVE_FIRST, NO_NUMBER, PUSHNAME, LAST_ACTIVITY, CHANNEL]);
        for text in words {
            assert!(
                text.is_ascii()
                    && !text.contains(['\\', ',', ';'])
                    && !text.contains(char::is_control),
                "{text}"
            );
        }
    }
}
