//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use whapi_http::check_body;
use whapi_model::Contact;

use crate::budget::MAX_VALUES;
use crate::page::Row;
use crate::wire::{self, Document};

/// Reads any bytes as an answer of the API: without a panic, and into no more rows than bytes.
pub fn page(data: &[u8]) {
    if check_body(data, MAX_VALUES).is_err() {
        return;
    }
    let rows = wire::read_document_noting(data, || ()).map_or(Vec::new(), rows_of);
    assert!(rows.len() <= data.len());
    for contact in rows.iter().flatten() {
        check_contact(contact, data.len());
    }
    if let Ok(answer) = wire::read_answer(data) {
        assert_eq!(answer.rows, rows);
    }
    let _ = wire::read_health(data);
    let _ = wire::read_chats(data);
    let _ = wire::read_groups(data);
    let _ = wire::read_group(data);
    let _ = wire::read_blacklist(data);
    let _ = wire::read_lids(data);
    let _ = wire::read_channels(data);
    let _ = wire::read_id(data);
    if let Some(said) = wire::read_error_message(data) {
        // Bytes that are not UTF-8 become three each.
        assert!(said.len() <= 3 * data.len() + 2);
    }
}

fn rows_of(document: Document) -> Vec<Row> {
    match document {
        Document::Answer(answer) => answer.rows,
        Document::List(list) => list.into_iter().flat_map(rows_of).collect(),
        Document::Contact(row) => vec![row],
    }
}

fn check_contact(contact: &Contact, most: usize) {
    let id = contact.id();
    if let Some(phone) = id.phone() {
        assert!(!id.as_str().contains("@lid"), "a LID is no phone number");
        let digits = phone.digits();
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
    }
    for text in [contact.name(), contact.pushname(), contact.about()] {
        assert!(text.unwrap_or_default().len() <= 3 * most);
    }
}

#[cfg(test)]
mod tests {
    use whapi_test_support::replay_corpus;

    use super::*;

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/page");
        replay_corpus(corpus, page);
    }
}
