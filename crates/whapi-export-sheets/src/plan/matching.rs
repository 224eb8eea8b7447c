//! Finds the row of the tab for each contact.

use std::collections::{HashMap, HashSet};

use whapi_export::whapi_model::ContactId;

use super::delta::Existing;
use crate::rows::Rows;

/// For each new row, the row of the tab that holds the same person.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matching(Vec<Option<usize>>);

impl Matching {
    /// Finds the rows of the tab by person: every spelling of an id is the same one, and so are a
    /// phone number and a LID that are linked, unless the new rows have an entry for each. Of two
    /// rows for one person, the first counts, in the tab and among the new ones.
    pub(crate) fn new(existing: &Existing, wanted: &Rows) -> Self {
        let mut known: HashMap<ContactId, usize> = HashMap::with_capacity(existing.rows.len());
        for row in 0..existing.rows.len() {
            if let Some(person) = existing.rows.person(row) {
                known.entry(person).or_insert(row);
            }
        }
        let with_other = |row: &usize| wanted.other_id(*row).is_some();
        let listed: HashSet<ContactId> = if (0..wanted.len()).any(|row| with_other(&row)) {
            let rows = 0..wanted.len();
            rows.filter_map(|row| wanted.person(row)).collect()
        } else {
            HashSet::new()
        };
        let place = |row: usize| {
            let found = known.get(&wanted.person(row)?).copied();
            found.or_else(|| {
                let other = wanted.other_id(row)?;
                let other = Some(other).filter(|other| !listed.contains(*other))?;
                known.get(other).copied()
            })
        };
        let mut is_taken = vec![false; existing.rows.len()];
        let mut is_free = |at: &usize| !std::mem::replace(&mut is_taken[*at], true);
        let places = (0..wanted.len()).map(|row| place(row).filter(&mut is_free));
        Self(places.collect())
    }

    /// Each new row with its row of the tab.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let places = self.0.iter().enumerate();
        places.filter_map(|(row, place)| Some((row, (*place)?)))
    }

    /// The row of the tab. `None` for a contact that it does not hold.
    pub(crate) fn place(&self, row: usize) -> Option<usize> {
        self.0[row]
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::ClassifiedContact;
    use whapi_export::whapi_model::Contact;

    use super::*;
    use crate::columns::tests::plain;
    use crate::rows::tests::rows;

    fn existing(ids: &[&str]) -> Existing {
        let texts: Vec<_> = ids.iter().map(|id| [*id, ""]).collect();
        Existing {
            rows: rows(&texts),
            ..Existing::new(&plain())
        }
    }

    #[test]
    fn every_spelling_of_an_id_is_the_same_person() {
        let existing = existing(&[
            "+44 7700 900101",
            "447700900102@s.whatsapp.net",
            "\u{0}447700900103",
            "\u{0}447700900104.0",
            "84958372615243:7@lid",
            "",
            "my notes",
            "447700900101",
        ]);
        let wanted = rows(&[
            ["447700900101", ""],
            ["447700900102", ""],
            ["447700900103@c.us", ""],
            ["447700900104", ""],
            ["84958372615243@lid", ""],
            ["447700900105", ""],
        ]);
        let matching = Matching::new(&existing, &wanted);
        let places = [Some(0), Some(1), Some(2), Some(3), Some(4), None];
        assert_eq!(matching, Matching(places.to_vec()));
    }

    #[test]
    fn a_linked_lid_is_the_same_person_unless_it_is_listed_too() {
        let id = |text| ContactId::parse(text).unwrap();
        let phone = ClassifiedContact::new(Contact::new(id("447700900101")))
            .with_merged_id(id("84958372615243@lid"));
        let lid = ClassifiedContact::new(Contact::new(id("84958372615243@lid")));
        let existing = existing(&["84958372615243@lid"]);
        let mut wanted = Rows::new(&plain());
        wanted.push(&phone);
        assert_eq!(Matching::new(&existing, &wanted), Matching(vec![Some(0)]));
        wanted.push(&lid);
        assert_eq!(
            Matching::new(&existing, &wanted),
            Matching(vec![None, Some(0)])
        );
    }
}
