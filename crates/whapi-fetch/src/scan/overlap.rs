//! How one page connects with the rows before it.

use super::seen::Key;

/// Rows that neighbouring pages share where a page has room for them. Two, because the API may list
/// one contact twice: a single shared row could be the other listing of the same contact.
const SHARED_ROWS: u64 = 2;

/// How many places of one id in a page are compared, which bounds the work for a page that repeats
/// it.
const MOST_PLACES: usize = 8;

/// The rows that pages of `full` rows share with their neighbours: all but one at the most, so that
/// each page brings at least one further row.
pub(super) fn shared_rows(full: u64) -> u64 {
    SHARED_ROWS.min(full.saturating_sub(1))
}

/// How a page connects with the page before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Its first rows, so many, are the last ones of the page before.
    Joined(usize),
    /// It begins where the page before ended, and shares no row.
    Bare,
    /// Its first rows, so many, end with the last ones of the page before, but it was asked for
    /// with another offset: the list moved, or the API changes offsets.
    Displaced(usize),
    /// It has no rows, and begins at or behind the end of the page before.
    Behind,
    /// The rows that it should share are not there.
    Broken,
}

impl Joint {
    /// How many rows at the start of the page were read before.
    pub(super) fn known_rows(self) -> usize {
        match self {
            Self::Joined(rows) | Self::Displaced(rows) => rows,
            Self::Bare | Self::Behind | Self::Broken => 0,
        }
    }
}

/// The page that reaches furthest into the list: `None` for a row without an id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    start: u64,
    keys: Vec<Option<Key>>,
}

impl Tail {
    pub(super) fn new(start: u64, keys: Vec<Option<Key>>) -> Self {
        Self { start, keys }
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The place behind the last row.
    pub(super) fn end(&self) -> u64 {
        self.start + self.keys.len() as u64
    }

    pub(super) fn keys(&self) -> &[Option<Key>] {
        &self.keys
    }

    /// How a page of these rows, asked for from `start` on, connects with this one.
    pub(super) fn joint(&self, start: u64, keys: &[Option<Key>]) -> Joint {
        if keys.is_empty() {
            return if start >= self.end() {
                Joint::Behind
            } else {
                Joint::Broken
            };
        }
        if start == self.end() {
            return Joint::Bare;
        }
        let expected = start
            .checked_sub(self.start)
            .and_then(|from| self.keys.get(usize::try_from(from).ok()?..));
        if let Some(expected) = expected {
            let common = expected.len().min(keys.len());
            if expected[..common] == keys[..common] {
                return Joint::Joined(common);
            }
        }
        self.displaced(keys).map_or(Joint::Broken, Joint::Displaced)
    }

    /// The number of rows at the start of `keys` that are this page's last ones.
    fn displaced(&self, keys: &[Option<Key>]) -> Option<usize> {
        let last = self.keys.last()?;
        let most = keys.len().min(self.keys.len());
        (2..=most)
            .rev()
            .filter(|known| keys[known - 1] == *last)
            .take(MOST_PLACES)
            .find(|known| self.keys.ends_with(&keys[..*known]))
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::ContactId;

    use super::*;

    fn keys(ids: &[u64]) -> Vec<Option<Key>> {
        ids.iter()
            .map(|id| {
                Some(Key::of(
                    &ContactId::parse(&format!("44770090{id:04}")).unwrap(),
                ))
            })
            .collect()
    }

    #[track_caller]
    fn check(start: u64, page: &[u64], expected: Joint) {
        let tail = Tail::new(10, keys(&[0, 1, 2, 3]));
        assert_eq!(tail.joint(start, &keys(page)), expected);
    }

    #[test]
    fn pages_share_two_rows_where_they_have_three() {
        let shared: Vec<_> = [0, 1, 2, 3, 500].map(shared_rows).into();
        assert_eq!(shared, [0, 0, 1, 2, 2]);
    }

    #[test]
    fn a_page_connects_by_the_rows_that_it_should_share() {
        check(12, &[2, 3, 4], Joint::Joined(2));
        check(12, &[2, 3], Joint::Joined(2));
        check(12, &[2], Joint::Joined(1));
        check(10, &[0, 1, 2, 3, 4], Joint::Joined(4));
        check(14, &[4, 5], Joint::Bare);
        check(14, &[], Joint::Behind);
        check(15, &[], Joint::Behind);
        check(15, &[5], Joint::Broken);
        check(12, &[], Joint::Broken);
        check(12, &[3, 4], Joint::Broken);
        check(12, &[2, 4], Joint::Broken);
        check(9, &[7, 0, 1], Joint::Broken);
    }

    #[test]
    fn a_page_from_another_offset_is_recognised_by_the_last_rows_before() {
        check(12, &[9, 0, 1, 2, 3, 4], Joint::Broken);
        check(12, &[0, 1, 2, 3, 4], Joint::Displaced(4));
        check(12, &[1, 2, 3, 4], Joint::Displaced(3));
        check(12, &[0, 1, 2, 3], Joint::Displaced(4));
        check(5, &[2, 3, 4], Joint::Displaced(2));
        check(12, &[9, 2, 9, 3], Joint::Broken);
    }
}
