//! Lengths in UTF-16 units, by which spreadsheets limit cells.

/// The byte at which to cut a text, so that it has at most `most` UTF-16 units.
///
/// The cut is between characters. `None` if the text fits.
///
/// # Examples
///
/// ```
/// use whapi_text::utf16_cut;
///
/// // An emoji has two units.
/// assert_eq!(utf16_cut("a😀b", 3), Some("a😀".len()));
/// assert_eq!(utf16_cut("a😀b", 2), Some("a".len()));
/// assert_eq!(utf16_cut("a😀b", 4), None);
/// ```
pub fn utf16_cut(text: &str, most: usize) -> Option<usize> {
    // No character has more units than bytes.
    if text.len() <= most {
        return None;
    }
    let mut units = 0;
    text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > most).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    proptest! {
        #[test]
        fn a_cut_leaves_the_longest_text_that_fits(text in any::<String>(), most in 0_usize..40) {
            match utf16_cut(&text, most) {
                None => prop_assert!(units(&text) <= most),
                Some(at) => {
                    let first_left_out = text[at..].chars().next().map_or(0, char::len_utf16);
                    prop_assert!(units(&text[..at]) <= most);
                    prop_assert!(units(&text[..at]) + first_left_out > most);
                }
            }
        }
    }
}
