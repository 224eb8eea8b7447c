//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use crate::{ContactId, IdKind};

/// An id, whatever it is, is refused or kept as it was written, and only what is a phone number
/// has digits to dial.
pub fn id(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(id) = ContactId::parse(text) else {
        return;
    };
    assert!(text.contains(id.as_str()), "nothing is put in");
    assert_eq!(ContactId::parse(id.as_str()), Ok(id.clone()));
    assert_eq!(ContactId::parse(id.identity()), Ok(id.clone()));
    assert_eq!(id.to_string(), id.as_str());
    assert_eq!(id.phone().is_some(), id.kind() == IdKind::Phone);
    if let Some(phone) = id.phone() {
        let digits = phone.digits();
        assert!((4..=15).contains(&digits.len()), "{digits}");
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(id.identity(), digits);
        assert_eq!(phone.to_string(), format!("+{digits}"));
        assert!(!text.contains("@lid"), "a LID is no phone number");
    } else if id.kind() == IdKind::Lid {
        let user = id.identity().strip_suffix("@lid").expect("a LID's domain");
        assert!(user.bytes().all(|byte| byte.is_ascii_digit()));
    } else {
        assert_eq!(id.identity(), id.as_str());
    }
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/id");
        replay_corpus(corpus, id);
    }
}
