//! What one reading of the list proves.

use super::seen::Key;

/// Equal readings that prove pages which cannot share a row.
const READINGS_WITHOUT_SHARED_ROWS: u32 = 4;
/// Readings that prove that a list is empty.
pub(super) const READINGS_OF_AN_EMPTY_LIST: u32 = 3;
/// Pages of fewer rows do not share two, so that an id that comes twice can hide another one.
const SMALLEST_SURE_PAGE: u64 = 3;
/// Equal readings that prove a list which has something strange about it.
const READINGS: u32 = 2;

/// The places of one id in a pass.
#[derive(Debug)]
pub(super) struct Sightings {
    pub(super) key: Key,
    pub(super) places: Vec<u64>,
}

/// How well the pages of a pass connect, from best to worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Connection {
    /// All neighbouring pages shared rows.
    #[default]
    Shared,
    /// A page began where the one before it ended, which proves nothing.
    Bare,
    /// The rows that should have been shared were in another place of the page.
    Displaced,
    /// Rows that should have been shared were not there.
    Broken,
}

/// What came of a pass.
#[derive(Debug, Default)]
pub(super) struct PassEnd {
    connection: Connection,
    pub(super) moves: u64,
    pub(super) total_changes: u64,
    /// Ids that no earlier pass had.
    pub(super) new: u64,
    pub(super) unique: u64,
    pub(super) duplicates: u64,
    pub(super) unusable: u64,
    /// What the last answer of the pass that named a total said.
    pub(super) total: Option<u64>,
    /// The same of all passes so far.
    pub(super) known_total: Option<u64>,
    /// A hash of which ids came in which order.
    pub(super) sequence: u64,
    /// Rows that a full page has.
    pub(super) full: u64,
    /// Where the pass stopped because answers brought no further contact.
    pub(super) stalled: Option<u64>,
    /// The first offset that was answered with rows of another place.
    pub(super) elsewhere: Option<u64>,
    /// The first few ids that came twice.
    pub(super) repeated: Vec<Key>,
    /// Ids that came twice in the pass before, and where they are in this one.
    pub(super) watched: Vec<Sightings>,
}

impl PassEnd {
    /// The empty start of a pass that follows `previous`.
    pub(super) fn watching(previous: Option<&Self>) -> Self {
        let repeated = previous.map_or(&[][..], |previous| &previous.repeated);
        let watched = repeated.iter().map(|key| Sightings {
            key: key.clone(),
            places: Vec::new(),
        });
        Self {
            watched: watched.collect(),
            ..Self::default()
        }
    }

    /// Notes how a page connects; the worst counts.
    pub(super) fn connect(&mut self, connection: Connection) {
        self.connection = self.connection.max(connection);
    }

    /// Whether nothing hints that the list moved, and it has as many contacts as its total says.
    pub(super) fn is_clean(&self) -> bool {
        self.connection == Connection::Shared
            && self.moves == 0
            && self.duplicates == 0
            && self.unique + self.unusable > 0
            && self.stalled.is_none()
            && self
                .known_total
                .is_none_or(|total| total <= self.listed(false))
    }

    /// Whether this pass and the one before it showed the same list, in the same order.
    ///
    /// A total that changed in between shows that they did not, even with equal lists, unless the
    /// pages connect and no id came twice: then they prove themselves, and only the total errs.
    pub(super) fn agrees_with(&self, previous: &Self) -> bool {
        let steady = self.total_changes == 0 && previous.total_changes == 0;
        let proves_itself = self.connection == Connection::Shared && self.duplicates == 0;
        self.sequence == previous.sequence
            && self.total == previous.total
            && (steady || proves_itself)
    }

    /// How many equal readings in a row prove the list.
    pub(super) fn readings_needed(&self) -> u32 {
        if self.connection == Connection::Bare {
            READINGS_WITHOUT_SHARED_ROWS
        } else if self.unique + self.unusable == 0 && self.total.unwrap_or(0) == 0 {
            READINGS_OF_AN_EMPTY_LIST
        } else {
            READINGS
        }
    }

    /// Whether it lost most of the `seen` contacts that this and earlier passes have met.
    pub(super) fn lost_most(&self, seen: u64) -> bool {
        self.unique < seen.div_ceil(2)
    }

    /// Whether it stopped without an end, so that further readings are of no use.
    pub(super) fn is_stuck(&self) -> bool {
        self.stalled.is_some() || self.elsewhere.is_some()
    }

    /// Whether two equal passes have as many contacts as their total says. Then no contact that was
    /// there all the time is missing, however the pages connect: for one that is, another one of
    /// the list must have gone in each of the passes, and have come back.
    fn is_counted(&self) -> bool {
        self.total == Some(self.unique)
    }

    /// How many the pass listed. When two passes agree, a duplicate is the API's own and stands
    /// for one of its total.
    fn listed(&self, agreed: bool) -> u64 {
        self.unique + self.unusable + if agreed { self.duplicates } else { 0 }
    }

    /// Reasons not to call a scan that ended with this pass complete, and saw `seen` ids in all.
    pub(super) fn doubts(&self, agreed: bool, seen: u64, noun: &str) -> Vec<String> {
        let listed = if agreed {
            self.listed(!self.is_stuck())
        } else {
            self.listed(false).max(seen)
        };
        let uncounted = agreed && !self.is_counted();
        let elsewhere = self.elsewhere.filter(|_| uncounted).map(|offset| {
            format!("the Whapi API answers offset {offset} with {noun}s of another offset")
        });
        let stalled = self
            .stalled
            .filter(|_| elsewhere.is_none() && !(agreed && self.is_counted()))
            .map(|offset| {
                format!(
                    "{noun}s that were listed before come again from offset {offset} on, without an end"
                )
            });
        let unconnected = (uncounted
            && self.connection >= Connection::Displaced
            && elsewhere.is_none()
            && stalled.is_none())
        .then(|| "the Whapi API's pages do not connect, twice in the same way".to_owned());
        let bare = self.connection == Connection::Bare;
        let small = self.full < SMALLEST_SURE_PAGE && self.duplicates > 0;
        let ambiguous = (uncounted && (bare || small))
            .then(|| "pages of so few rows prove nothing without a total that agrees".to_owned());
        let lost = self.lost_most(seen).then(|| {
            format!(
                "the last pass listed only {} of the {seen} {noun}s that were listed",
                self.unique
            )
        });
        [
            missing_of_total(self.known_total, listed, noun),
            elsewhere,
            stalled,
            unconnected,
            ambiguous,
            lost,
            unusable_rows(self.unusable, noun),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The reason that fewer items were listed than the API's total.
pub(super) fn missing_of_total(total: Option<u64>, listed: u64, noun: &str) -> Option<String> {
    let total = total.filter(|total| *total > listed)?;
    Some(format!(
        "the Whapi API says that there are {total} {noun}s but lists {} fewer",
        total - listed
    ))
}

/// The reason that rows had no usable id.
pub(super) fn unusable_rows(rows: u64, noun: &str) -> Option<String> {
    match rows {
        0 => None,
        1 => Some(format!(
            "1 of the Whapi API's rows has no id, so its {noun} is unknown"
        )),
        _ => Some(format!(
            "{rows} of the Whapi API's rows have no id, so their {noun}s are unknown"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pass over three contacts at rest.
    fn steady() -> PassEnd {
        PassEnd {
            unique: 3,
            total: Some(3),
            known_total: Some(3),
            sequence: 7,
            full: 500,
            ..PassEnd::default()
        }
    }

    #[track_caller]
    fn check_agrees(change: impl FnOnce(&mut PassEnd), expected: bool) {
        let mut pass = steady();
        change(&mut pass);
        assert_eq!(pass.agrees_with(&steady()), expected);
    }

    #[test]
    fn passes_agree_on_the_list_and_on_its_total() {
        check_agrees(|_| {}, true);
        check_agrees(|pass| pass.sequence = 8, false);
        check_agrees(|pass| pass.total = Some(4), false);
        check_agrees(|pass| pass.total = None, false);
        check_agrees(|pass| pass.connection = Connection::Broken, true);
    }

    #[test]
    fn a_total_that_changed_is_forgiven_only_to_a_pass_that_proves_itself() {
        let changed = |pass: &mut PassEnd| pass.total_changes = 1;
        check_agrees(changed, true);
        for connection in [Connection::Bare, Connection::Displaced, Connection::Broken] {
            check_agrees(
                |pass| {
                    changed(pass);
                    pass.connection = connection;
                },
                false,
            );
        }
        check_agrees(
            |pass| {
                changed(pass);
                pass.duplicates = 1;
            },
            false,
        );

        let mut before = steady();
        changed(&mut before);
        let mut after = steady();
        assert!(after.agrees_with(&before));
        after.connection = Connection::Broken;
        assert!(!after.agrees_with(&before));
    }

    #[test]
    fn a_clean_pass_has_no_hint_of_a_move_and_misses_no_contact() {
        let check = |change: fn(&mut PassEnd), expected| {
            let mut pass = steady();
            change(&mut pass);
            assert_eq!(pass.is_clean(), expected);
        };
        check(|_| {}, true);
        check(|pass| pass.total = None, true);
        check(|pass| pass.known_total = None, true);
        check(|pass| pass.known_total = Some(2), true);
        check(|pass| pass.known_total = Some(4), false);
        check(|pass| pass.connection = Connection::Bare, false);
        check(|pass| pass.connection = Connection::Displaced, false);
        check(|pass| pass.moves = 1, false);
        check(|pass| pass.duplicates = 1, false);
        check(|pass| pass.stalled = Some(3), false);
        check(|pass| (pass.unique, pass.known_total) = (0, Some(0)), false);
    }

    #[test]
    fn weak_evidence_needs_more_equal_readings() {
        let check = |change: fn(&mut PassEnd), expected| {
            let mut pass = steady();
            change(&mut pass);
            assert_eq!(pass.readings_needed(), expected);
        };
        check(|_| {}, 2);
        check(|pass| pass.connection = Connection::Bare, 4);
        check(|pass| (pass.unique, pass.total) = (0, Some(0)), 3);
        check(|pass| (pass.unique, pass.total) = (0, None), 3);
        check(|pass| (pass.unique, pass.total) = (0, Some(3)), 2);
    }

    #[test]
    fn a_pass_with_less_than_half_of_the_contacts_lost_most() {
        let lost = |unique, seen| {
            PassEnd {
                unique,
                ..PassEnd::default()
            }
            .lost_most(seen)
        };
        let table =
            [(0, 0), (0, 1), (1, 2), (1, 3), (2, 3), (2, 4), (2, 5)].map(|(u, s)| lost(u, s));
        assert_eq!(table, [false, true, false, true, false, false, true]);
    }
}
