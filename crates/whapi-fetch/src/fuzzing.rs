//! What the fuzz targets of `fuzz/` call. No part of the API: it may change at any time.

use std::time::{Duration, SystemTime};

use whapi_http::body_limit;
use whapi_model::Contact;

use crate::retry;
use crate::scan::Row;
use crate::wire::{self, Document};

/// An answer of the gate, whatever it is, is read without a panic, the same way each time, into no
/// more than it holds.
pub fn page(data: &[u8]) {
    if body_limit::check(data, body_limit::MAX_VALUES).is_err() {
        return;
    }
    let rows = wire::read_document(data).map_or(Vec::new(), rows_of);
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

/// A `Retry-After` value, whatever it is, is read without a panic, and white space around it says
/// nothing.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else {
        return;
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let wait = retry::parse_retry_after(value, now);
    assert_eq!(retry::parse_retry_after(&format!(" {value}\t"), now), wait);
    if let Ok(seconds) = value.parse::<u64>()
        && value.bytes().all(|byte| byte.is_ascii_digit())
    {
        assert_eq!(wait, Some(Duration::from_secs(seconds)));
    }
    if let Some(wait) = wait {
        assert_eq!(wait.subsec_nanos(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(target: &str, run: fn(&[u8])) {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/");
        let mut inputs = 0;
        for input in std::fs::read_dir(format!("{corpus}{target}")).unwrap() {
            run(&std::fs::read(input.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "no corpus for {target}");
    }

    #[test]
    fn the_corpora_are_replayed() {
        replay("page", page);
        replay("retry_after", retry_after);
    }
}
