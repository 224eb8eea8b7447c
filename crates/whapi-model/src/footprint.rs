//! Memory use of values, for budgets in bytes.

use crate::{Chat, Contact, ContactId, Group, Label, Participant};

/// The memory that a value takes.
///
/// The figure is an estimate from lengths: the value itself, what it owns on the heap, and what an
/// allocator adds to each allocation. It is meant for budgets, which have to hold whatever an API
/// sends, and is never too low by more than a few bytes an allocation.
///
/// # Examples
///
/// ```
/// use whapi_model::{Contact, ContactId, Footprint};
///
/// let contact = Contact::new(ContactId::parse("447700900123")?);
/// let named = contact.clone().with_name("n".repeat(1000));
/// assert_eq!(named.footprint() - contact.footprint(), 1016);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
pub trait Footprint {
    /// The bytes that the value takes, itself and on the heap.
    fn footprint(&self) -> usize;
}

/// What an allocator adds to each allocation.
const ALLOCATION: usize = 16;
/// Texts up to this length need no allocation in a contact and in an id.
const INLINE: usize = 24;

/// Bytes on the heap of a text that is inline up to [`INLINE`].
fn compact(text: &str) -> usize {
    if text.len() <= INLINE {
        0
    } else {
        text.len() + ALLOCATION
    }
}

/// Bytes on the heap of a text that never is inline.
fn boxed(text: &str) -> usize {
    text.len() + ALLOCATION
}

impl Footprint for ContactId {
    fn footprint(&self) -> usize {
        size_of::<Self>() + compact(self.stored())
    }
}

impl Footprint for Contact {
    fn footprint(&self) -> usize {
        let (inline, boxed_texts, bytes) = self.owned();
        let short: usize = inline.into_iter().flatten().map(compact).sum();
        let long: usize = boxed_texts.into_iter().flatten().map(boxed).sum();
        let profile = if bytes == 0 { 0 } else { bytes + ALLOCATION };
        size_of::<Self>() + short + long + profile
    }
}

impl Footprint for Label {
    fn footprint(&self) -> usize {
        size_of::<Self>() + boxed(&self.id) + boxed(&self.name)
    }
}

impl Footprint for Chat {
    fn footprint(&self) -> usize {
        let labels: usize = self.labels.iter().map(Label::footprint).sum();
        size_of::<Self>() + compact(self.id.stored()) + labels
    }
}

impl Footprint for Participant {
    fn footprint(&self) -> usize {
        size_of::<Self>() + compact(self.id.stored())
    }
}

impl Footprint for Group {
    fn footprint(&self) -> usize {
        let participants: usize = self.participants.iter().map(Participant::footprint).sum();
        let name = self.name.as_deref().map_or(0, boxed);
        size_of::<Self>() + compact(self.id.stored()) + name + participants
    }
}

/// Of a list, what its rows take; a row without an item takes its place all the same.
impl<T: Footprint> Footprint for Vec<Option<T>> {
    fn footprint(&self) -> usize {
        let empty = self.capacity() * size_of::<Option<T>>();
        let items = self.iter().flatten();
        let owned: usize = items.map(|item| item.footprint() - size_of::<T>()).sum();
        size_of::<Self>() + empty + owned
    }
}

#[cfg(test)]
mod tests {
    use compact_str::CompactString;

    use super::*;
    use crate::{ChatKind, Rank};

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    #[test]
    fn what_is_on_the_heap_counts_with_its_allocation() {
        let plain = Contact::new(id("447700900101"));
        assert_eq!(plain.footprint(), size_of::<Contact>());
        let full = plain
            .with_name("n".repeat(25))
            .with_pushname("p".repeat(24))
            .with_about("a".repeat(100))
            .with_profile_pic("b")
            .with_username("c".repeat(40));
        let profile = 4 * size_of::<Box<str>>() + size_of::<CompactString>();
        let owned = (25 + 16) + (100 + 16) + (1 + 16) + (40 + 16) + (profile + 16);
        assert_eq!(full.footprint(), size_of::<Contact>() + owned);

        let long = id(&"x".repeat(1000));
        assert_eq!(long.footprint(), size_of::<ContactId>() + 1016);
    }

    #[test]
    fn chats_and_groups_count_what_they_list() {
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        chat.labels = vec![Label::new("1", "Unpaid")];
        let label = size_of::<Label>() + 1 + 16 + 6 + 16;
        assert_eq!(chat.footprint(), size_of::<Chat>() + label);

        let mut group = Group::new(id("1@g.us"));
        group.name = Some("Football".to_owned());
        group.participants = vec![Participant::new(id(&"9".repeat(40)), Rank::Member)];
        let participant = size_of::<Participant>() + 40 + 16;
        assert_eq!(group.footprint(), size_of::<Group>() + 8 + 16 + participant);
    }

    #[test]
    fn rows_without_an_item_take_their_place() {
        let mut rows = Vec::with_capacity(3);
        rows.push(None);
        rows.push(Some(Contact::new(id(&"x".repeat(100)))));
        let places = size_of::<Vec<()>>() + 3 * size_of::<Option<Contact>>();
        assert_eq!(rows.footprint(), places + 116);
    }
}
