//! Buffers contacts until the names in the address book are known.

use std::collections::VecDeque;

use whapi_classify::{ClassifiedContact, NameKey, SavedNames};
use whapi_model::{Contact, Footprint};

use crate::budget::{MAX_BUFFERED, MAX_BUFFERED_BYTES};

/// Buffers contacts, so that each is compared with the names of earlier and later contacts.
///
/// The limits are [`MAX_BUFFERED`] contacts and [`MAX_BUFFERED_BYTES`]. In a list within them every
/// contact is compared with all names. Beyond them a contact is not compared with names that come
/// after the buffer.
pub(crate) struct NameBuffer {
    names: SavedNames,
    waiting: VecDeque<Vec<Contact>>,
    contacts: usize,
    bytes: usize,
    most: usize,
    most_bytes: usize,
    /// Names of contacts that left the buffer without a warning.
    unmarked: Vec<NameKey>,
}

impl NameBuffer {
    pub(crate) fn new() -> Self {
        Self::of(MAX_BUFFERED, MAX_BUFFERED_BYTES)
    }

    fn of(most: usize, most_bytes: usize) -> Self {
        Self {
            names: SavedNames::new(),
            waiting: VecDeque::new(),
            contacts: 0,
            bytes: 0,
            most,
            most_bytes,
            unmarked: Vec::new(),
        }
    }

    /// Adds a batch.
    pub(crate) fn push(&mut self, batch: Vec<Contact>) {
        for contact in &batch {
            self.names.add(contact);
        }
        self.contacts += batch.len();
        self.bytes += footprint(&batch);
        self.waiting.push_back(batch);
    }

    /// Removes the first batch, if the buffer is beyond one of its limits.
    pub(crate) fn pop_ready(&mut self) -> Option<Vec<Contact>> {
        let first = self.waiting.front()?.len();
        (self.contacts - first >= self.most || self.bytes > self.most_bytes)
            .then(|| self.pop())
            .flatten()
    }

    /// Removes the first batch.
    pub(crate) fn pop(&mut self) -> Option<Vec<Contact>> {
        let batch = self.waiting.pop_front()?;
        self.contacts -= batch.len();
        self.bytes -= footprint(&batch);
        Some(batch)
    }

    /// Marks a contact whose pushname equals a name that is known.
    pub(crate) fn mark(&mut self, contact: &mut ClassifiedContact) {
        if let Some(key) = self.names.pushname_key(contact.contact()) {
            if self.names.contains(key) {
                contact.set_equals_saved_name();
            } else {
                self.unmarked.push(key);
            }
        }
    }

    /// Counts contacts that left the buffer without a warning and should have one.
    pub(crate) fn unmarked_count(&self) -> u64 {
        let held = |key: &&NameKey| self.names.contains(**key);
        self.unmarked.iter().filter(held).count() as u64
    }
}

fn footprint(batch: &[Contact]) -> usize {
    batch.iter().map(Footprint::footprint).sum()
}

#[cfg(test)]
mod tests {
    use whapi_classify::NameWarning;
    use whapi_model::ContactId;

    use super::*;

    fn contact(number: usize) -> Contact {
        Contact::new(ContactId::parse(&format!("44770090{number:04}")).unwrap())
    }

    fn other(number: usize) -> Contact {
        contact(number).with_pushname("Ada").with_saved(false)
    }

    fn ada(number: usize) -> Contact {
        contact(number).with_name("Ada").with_saved(true)
    }

    fn is_marked(name_buffer: &mut NameBuffer, contact: Contact) -> bool {
        let mut contact = ClassifiedContact::new(contact);
        name_buffer.mark(&mut contact);
        contact
            .name_warnings()
            .contains(NameWarning::EqualsSavedName)
    }

    #[test]
    fn a_name_that_comes_later_counts_within_the_window() {
        let mut name_buffer = NameBuffer::of(2, usize::MAX);
        name_buffer.push(vec![other(1)]);
        assert!(name_buffer.pop_ready().is_none());
        name_buffer.push(vec![ada(2)]);
        assert!(name_buffer.pop_ready().is_none());
        name_buffer.push(vec![contact(3)]);
        let first = name_buffer.pop_ready().unwrap().remove(0);
        assert!(is_marked(&mut name_buffer, first));
        assert!(name_buffer.pop_ready().is_none());
        assert_eq!(name_buffer.unmarked_count(), 0);
    }

    #[test]
    fn who_is_overlooked_is_counted() {
        let mut name_buffer = NameBuffer::of(1, usize::MAX);
        name_buffer.push(vec![other(1)]);
        name_buffer.push(vec![contact(2)]);
        let first = name_buffer.pop_ready().unwrap().remove(0);
        assert!(!is_marked(&mut name_buffer, first));
        name_buffer.push(vec![ada(3)]);
        assert_eq!(name_buffer.unmarked_count(), 1);
        let rest: Vec<_> = std::iter::from_fn(|| name_buffer.pop()).flatten().collect();
        assert_eq!(rest, [contact(2), ada(3)]);
    }

    #[test]
    fn beyond_the_bytes_that_may_wait_names_are_not_compared() {
        let long = || contact(0).with_about("a".repeat(1000));
        let mut name_buffer = NameBuffer::of(100, 2000);
        name_buffer.push(vec![other(1)]);
        name_buffer.push(vec![long()]);
        assert!(name_buffer.pop_ready().is_none());
        name_buffer.push(vec![long()]);
        let first = name_buffer.pop_ready().unwrap().remove(0);
        assert!(!is_marked(&mut name_buffer, first));
        assert_eq!(name_buffer.pop_ready(), Some(vec![long()]));
        assert_eq!(name_buffer.pop_ready(), None);
        name_buffer.push(vec![ada(2)]);
        assert_eq!(name_buffer.unmarked_count(), 1);
        let rest: Vec<_> = std::iter::from_fn(|| name_buffer.pop()).flatten().collect();
        assert_eq!(rest, [long(), ada(2)]);
    }
}
