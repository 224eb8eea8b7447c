//! An earlier look at the whole list, to compare the present one with.

use std::collections::HashMap;
use std::fmt;

use whapi_model::{Contact, ContactId};

use crate::{Change, DisplayName, Standing};

/// Who was listed at an earlier look.
///
/// # Examples
///
/// ```
/// use whapi_classify::{Change, Snapshot, Standing};
/// use whapi_model::{Contact, ContactId};
///
/// let id = |text| ContactId::parse(text);
/// let mut earlier = Snapshot::new();
/// earlier.insert(id("447700900101")?, Standing::Saved, Some("Ada"));
/// earlier.insert(id("447700900102")?, Standing::Discovered, None);
///
/// let ada = Contact::new(id("447700900101")?).with_name("Ada").with_saved(false);
/// assert_eq!(earlier.compare(&ada), Change::RemovedFromAddressBook);
/// let new = Contact::new(id("447700900103")?);
/// assert_eq!(earlier.compare(&new), Change::Added);
/// assert_eq!(earlier.not_met().collect::<Vec<_>>(), [&id("447700900102")?]);
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Default)]
pub struct Snapshot {
    people: HashMap<ContactId, Look>,
    order: usize,
}

struct Look {
    place: usize,
    standing: Standing,
    /// The name shown then; `None` when the earlier export does not tell.
    name: Option<Box<str>>,
    met: bool,
}

impl Snapshot {
    /// Nobody was listed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `id` was listed. `name` is the name that was shown, without prefix and suffix;
    /// `None` when it is not known, and then nobody can tell a new name. The first of two entries
    /// for one id stays.
    pub fn insert(&mut self, id: ContactId, standing: Standing, name: Option<&str>) {
        let place = self.order;
        self.order += 1;
        self.people.entry(id).or_insert_with(|| Look {
            place,
            standing,
            name: name.map(Into::into),
            met: false,
        });
    }

    /// How many were listed.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody was listed.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// What happened to `contact` since, and notes that it is still there. A change of the
    /// standing goes before a new name.
    pub fn compare(&mut self, contact: &Contact) -> Change {
        let present = Standing::of(contact);
        let Some(look) = self.people.get_mut(contact.id()) else {
            return Change::Added;
        };
        look.met = true;
        match Change::between(Some(look.standing), Some(present)) {
            Change::Unchanged if has_new_name(look, contact) => Change::Renamed,
            change => change,
        }
    }

    /// Those who were listed then and were not [compared](Self::compare) since, in their order
    /// then. They are gone, if the present look saw everybody.
    pub fn not_met(&self) -> impl Iterator<Item = &ContactId> {
        let mut gone: Vec<_> = self.people.iter().filter(|(_, look)| !look.met).collect();
        gone.sort_unstable_by_key(|(_, look)| look.place);
        gone.into_iter().map(|(id, _)| id)
    }
}

fn has_new_name(look: &Look, contact: &Contact) -> bool {
    look.name
        .as_deref()
        .is_some_and(|name| name != DisplayName::of(contact).text())
}

/// Counts, and names nobody.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> Contact {
        Contact::new(ContactId::parse(id).unwrap())
    }

    #[test]
    fn a_new_name_is_told_where_the_old_one_is_known() {
        let mut earlier = Snapshot::new();
        for (id, name) in [
            ("1001", Some("Ada")),
            ("1002", None),
            ("1003", Some("+1003")),
        ] {
            let id = contact(id).id().clone();
            earlier.insert(id, Standing::Discovered, name);
        }
        let check = |earlier: &mut Snapshot, contact: &Contact, expected: &str| {
            assert_eq!(earlier.compare(contact).as_str(), expected);
        };
        let now = |id: &str| contact(id).with_saved(false);
        check(&mut earlier, &now("1001").with_pushname("Ada"), "unchanged");
        check(&mut earlier, &now("1001").with_pushname("Eve"), "renamed");
        check(&mut earlier, &now("1002").with_pushname("Eve"), "unchanged");
        check(&mut earlier, &now("1003"), "unchanged");
        let saved = contact("1001").with_name("Eve").with_saved(true);
        check(&mut earlier, &saved, "saved");
        assert_eq!(earlier.not_met().count(), 0);
    }

    #[test]
    fn the_gone_come_in_their_order_and_the_first_of_two_entries_stays() {
        let mut earlier = Snapshot::new();
        assert!(earlier.is_empty());
        for id in [
            "1003",
            "1001",
            "1002",
            "1001@c.us",
            "1009",
            "1004",
            "1008",
            "1005",
        ] {
            let id = contact(id).id().clone();
            earlier.insert(id, Standing::Saved, None);
        }
        assert_eq!((earlier.len(), earlier.is_empty()), (7, false));
        assert_eq!(earlier.compare(&contact("1002@c.us")), Change::Unchanged);
        let gone: Vec<_> = earlier.not_met().map(ContactId::as_str).collect();
        assert_eq!(gone, ["1003", "1001", "1009", "1004", "1008", "1005"]);
        assert_eq!(format!("{earlier:?}"), "Snapshot { people: 7, .. }");
    }
}
