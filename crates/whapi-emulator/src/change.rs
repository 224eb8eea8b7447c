//! Changes of the contact list during a download.

use std::collections::HashSet;

use crate::people::person::{Person, account};

/// A change of the list that `GET /contacts` pages through.
///
/// An index outside the list is clamped by an insertion and ignored by every other change.
///
/// # Examples
///
/// Removes three contacts and adds three, so that `total` stays the same:
///
/// ```
/// use whapi_emulator::{ListChange, Person};
///
/// let change = ListChange::All(vec![
///     ListChange::RemoveAt(vec![10, 20, 30]),
///     ListChange::Append(vec![
///         Person::new("447700900001"),
///         Person::new("447700900002"),
///         Person::new("447700900003"),
///     ]),
/// ]);
/// let mut list = whapi_emulator::people::made_up(100, 1);
/// change.apply(&mut list);
/// assert_eq!(list.len(), 100);
/// assert_eq!(list[99].id, "447700900003");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListChange {
    /// Removes the people with these ids, in any spelling.
    Remove(Vec<String>),
    /// Removes the rows at these indices, counted before the change.
    RemoveAt(Vec<usize>),
    /// Inserts these people before the first row, in this order.
    InsertFront(Vec<Person>),
    /// Inserts these people before the row at this index, in this order.
    Insert(usize, Vec<Person>),
    /// Appends these people, in this order.
    Append(Vec<Person>),
    /// Shuffles the rows. The same seed and length give the same order.
    Shuffle(u64),
    /// Swaps two rows.
    Swap(usize, usize),
    /// Sets the `name` of one person.
    Rename {
        /// The person's id, in any spelling.
        id: String,
        /// The new name.
        name: String,
    },
    /// Replaces the whole list.
    Replace(Vec<Person>),
    /// Makes several changes in order, without an answer in between.
    All(Vec<ListChange>),
}

impl ListChange {
    /// Applies the change to a list.
    pub fn apply(&self, people: &mut Vec<Person>) {
        match self {
            Self::Remove(ids) => {
                let ids: HashSet<_> = ids.iter().map(|id| account(id)).collect();
                people.retain(|person| {
                    let (own, phone) = person.accounts();
                    !ids.contains(&own) && !ids.contains(&phone)
                });
            }
            Self::RemoveAt(indices) => {
                let indices: HashSet<usize> = indices.iter().copied().collect();
                let mut index = 0;
                people.retain(|_| {
                    index += 1;
                    !indices.contains(&(index - 1))
                });
            }
            Self::InsertFront(new) => insert(people, 0, new),
            Self::Insert(index, new) => insert(people, *index, new),
            Self::Append(new) => people.extend_from_slice(new),
            Self::Shuffle(seed) => fastrand::Rng::with_seed(*seed).shuffle(people),
            Self::Swap(left, right) => {
                if *left < people.len() && *right < people.len() {
                    people.swap(*left, *right);
                }
            }
            Self::Rename { id, name } => {
                for person in people.iter_mut().filter(|p| p.is(id)) {
                    *person = std::mem::take(person).with_name(name);
                }
            }
            Self::Replace(new) => people.clone_from(new),
            Self::All(changes) => {
                for change in changes {
                    change.apply(people);
                }
            }
        }
    }
}

fn insert(people: &mut Vec<Person>, index: usize, new: &[Person]) {
    let index = index.min(people.len());
    people.splice(index..index, new.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ids: &str) -> Vec<Person> {
        ids.chars().map(Person::new).collect()
    }

    #[track_caller]
    fn check(change: &ListChange, expected: &str) {
        let mut people = list("abcde");
        change.apply(&mut people);
        let ids: String = people.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn every_change() {
        check(&ListChange::Remove(vec!["b".into(), "z".into()]), "acde");
        check(&ListChange::RemoveAt(vec![4, 0, 9]), "bcd");
        check(&ListChange::InsertFront(list("xy")), "xyabcde");
        check(&ListChange::Insert(2, list("xy")), "abxycde");
        check(&ListChange::Insert(99, list("x")), "abcdex");
        check(&ListChange::Append(list("xy")), "abcdexy");
        check(&ListChange::Swap(0, 4), "ebcda");
        check(&ListChange::Swap(0, 5), "abcde");
        check(&ListChange::Replace(list("q")), "q");
        check(
            &ListChange::All(vec![
                ListChange::RemoveAt(vec![0]),
                ListChange::RemoveAt(vec![0]),
            ]),
            "cde",
        );
    }

    #[test]
    fn a_shuffle_is_the_same_for_the_same_seed() {
        let mut once = list("abcdefghij");
        let mut twice = once.clone();
        ListChange::Shuffle(3).apply(&mut once);
        ListChange::Shuffle(3).apply(&mut twice);
        assert_eq!(once, twice);
        assert_ne!(once, list("abcdefghij"));
    }

    #[test]
    fn renaming_finds_every_spelling() {
        let mut people = vec![Person::new("447700900123@c.us")];
        ListChange::Rename {
            id: "447700900123".into(),
            name: "New".into(),
        }
        .apply(&mut people);
        assert_eq!(people[0].name.as_deref(), Some("New"));
    }
}
