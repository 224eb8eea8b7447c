//! vCard 4.0 (RFC 6350), through the crate `vcard`, which escapes and folds all but the semicolon.

use std::io::Write as _;

use vcard::values::{NameValue, TelValue, TextOrUri};
use vcard::{Categories, Name, Note, ProdId, Tel, TypeValue, Uid, VCard, ValidationError};

use crate::card::{Card, NoteLine, PRODID};
use crate::text::{clean, clean_name, is_like_quoted_printable};
use crate::v3::Line;

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
    let name = clean_name(card.name.text());
    let mut altered = u64::from(name.altered);
    let name = name.text.into_owned();

    let mut formatted = name.clone();
    if formatted.starts_with('=') && is_like_quoted_printable(&formatted) {
        formatted.push(' ');
    }
    let mut model = VCard::new(formatted);
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
    let more = card.enrichment.as_deref();
    let names = more.map_or(&[][..], |more| &more.categories);
    let names = names.iter().map(|name| name.clone().into_owned());
    let categories = std::iter::once(card.category.to_owned()).chain(names);
    model.categories.push(Categories::new(categories.collect()));
    if card.has_note {
        let (note, altered_lines) = note(card);
        model.notes.push(Note::new(note));
        altered += altered_lines;
    } else {
        altered += card.altered_categories();
    }

    model.product_ids.push(ProdId::from(PRODID));
    let uid = card.uid.to_string().parse().expect("a URN is a URI");
    model.uids.push(Uid::new(TextOrUri::Uri(uid)));
    (model, altered)
}

/// The text of the `NOTE`, and in how many of its lines control characters were left out.
fn note(card: &Card<'_>) -> (String, u64) {
    let length = |line: NoteLine<'_>| line.ours.len() + line.theirs.len() + 1;
    let mut note = String::with_capacity(card.note().map(length).sum());
    let mut altered = 0;
    let first = card.note().map(|line| (line.ours, line.theirs));
    let more = card.enrichment.as_deref();
    let others = more.map_or(&[][..], |more| &more.note);
    let others = others.iter().map(|line| (line.ours, &*line.theirs));
    for (ours, theirs) in first.chain(others) {
        if !note.is_empty() {
            note.push('\n');
        }
        let theirs = clean(theirs);
        altered += u64::from(theirs.altered);
        note.push_str(ours);
        note.push_str(&theirs.text);
    }
    (note, altered)
}

/// Validates first, since `Display` of a card does not.
fn append(model: &VCard, out: &mut Vec<u8>) -> Result<(), ValidationError> {
    model.validate()?;
    let holds_semicolon = |text: &str| text.contains(';');
    let names = model.formatted_names.iter().map(|name| &*name.value);
    let notes = model.notes.iter().map(|note| &*note.value);
    let categories = model.categories.iter().flat_map(|all| &all.value);
    let mut texts = names.chain(notes).chain(categories.map(String::as_str));
    if texts.any(holds_semicolon) {
        escape_semicolons(&model.to_string(), out);
    } else {
        write!(out, "{model}").expect("a Vec takes everything");
    }
    Ok(())
}

/// Appends a card with `;` escaped in `FN`, `CATEGORIES` and `NOTE`, too. The crate leaves it bare there, which
/// is legal, but GNOME's library ends such a value at a bare one.
fn escape_semicolons(card: &str, out: &mut Vec<u8>) {
    let unfolded = card.replace("\r\n ", "");
    for line in unfolded.split_terminator("\r\n") {
        let head = ["FN:", "CATEGORIES:", "NOTE:"]
            .into_iter()
            .find(|head| line.starts_with(head));
        let (head, value) = line.split_at(head.map_or(0, str::len));
        let mut written = Line::begin(out, head);
        if head.is_empty() {
            written.plain(value);
        } else {
            for (index, part) in value.split(';').enumerate() {
                if index > 0 {
                    written.unit("\\;");
                }
                written.plain(part);
            }
        }
        written.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let mut model = VCard::new(name);
        model.notes.push(Note::new("no semicolon".to_owned()));
        let mut out = Vec::new();
        append(&model, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{expected}NOTE:no semicolon\r\nEND:VCARD\r\n")
        );
    }

    #[test]
    fn semicolons_are_escaped_and_nothing_else_changes() {
        check("Ada", "FN:Ada\r\n");
        check("a;b,c\\;\n;", "FN:a\\;b\\,c\\\\\\;\\n\\;\r\n");
        check("NOTE:;FN:;", "FN:NOTE:\\;FN:\\;\r\n");
    }

    #[test]
    fn lines_with_semicolons_are_folded_at_75_octets_outside_of_escapes() {
        let x = "x".repeat(70);
        check(&format!("{x};"), &format!("FN:{x}\\;\r\n"));
        check(&format!("{x}x;y"), &format!("FN:{x}x\r\n \\;y\r\n"));
        let y = "y".repeat(75);
        check(
            &format!("{x};{y}"),
            &format!("FN:{x}\\;\r\n {}\r\n y\r\n", &y[1..]),
        );
    }

    #[test]
    fn a_semicolon_in_the_note_alone_is_escaped() {
        let mut model = VCard::new("Ada");
        model.notes.push(Note::new("a;b".to_owned()));
        let mut out = Vec::new();
        append(&model, &mut out).unwrap();
        assert_eq!(
            out,
            b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada\r\nNOTE:a\\;b\r\nEND:VCARD\r\n"
        );
    }

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
