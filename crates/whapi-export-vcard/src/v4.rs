//! vCard 4.0 (RFC 6350), through the crate `vcard`, which escapes and folds.

use std::io::Write as _;

use vcard::values::{NameValue, TelValue, TextOrUri};
use vcard::{Categories, Name, Note, ProdId, Tel, TypeValue, Uid, VCard, ValidationError};

use crate::card::{Card, PRODID};
use crate::text::clean;

/// Appends one card; returns in how many of its texts control characters were left out.
///
/// # Errors
///
/// When the card breaks a rule of vCard 4.0; then nothing is appended.
pub(crate) fn write(card: &Card<'_>, out: &mut Vec<u8>) -> Result<u64, ValidationError> {
    let (model, altered) = build(card);
    append(&model, out)?;
    Ok(altered)
}

fn build(card: &Card<'_>) -> (VCard, u64) {
    let name = clean(card.name.text(), "\n");
    let mut altered = u64::from(name.altered);
    let name = name.text.into_owned();

    let mut model = VCard::new(name.clone());
    model.names.push(Name::new(NameValue {
        given_names: vec![name],
        ..NameValue::new()
    }));
    if let Some(digits) = card.phone_digits {
        // As text: a `tel:` URI would need `VALUE=uri`, which fewer readers know.
        let mut tel = Tel::new(TelValue::Text(format!("+{digits}")));
        tel.parameters.types.push(TypeValue::Cell);
        model.telephones.push(tel);
    }
    model
        .categories
        .push(Categories::new(vec![card.category.to_owned()]));

    let mut note = String::new();
    for line in card.note() {
        if !note.is_empty() {
            note.push('\n');
        }
        let theirs = clean(line.theirs, " ");
        altered += u64::from(theirs.altered);
        note.push_str(line.ours);
        note.push_str(&theirs.text);
    }
    model.notes.push(Note::new(note));

    model.product_ids.push(ProdId::from(PRODID));
    let uid = card.uid.to_string().parse().expect("a URN is a URI");
    model.uids.push(Uid::new(TextOrUri::Uri(uid)));
    (model, altered)
}

/// Validates first, since `Display` of a card does not.
fn append(model: &VCard, out: &mut Vec<u8>) -> Result<(), ValidationError> {
    model.validate()?;
    write!(out, "{model}").expect("a Vec takes everything");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_card_is_refused_and_leaves_nothing() {
        let mut out = b"before".to_vec();
        let error = append(&VCard::new("a\0b"), &mut out).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the text value of FN contains a forbidden control character"
        );
        assert_eq!(out, b"before");
    }
}
