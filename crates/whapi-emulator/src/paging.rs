//! Pages of lists: limits, and what faults change.

use std::ops::RangeInclusive;

/// Rows per page for a request without `count`.
pub(crate) const DEFAULT_COUNT: u64 = 100;
/// The highest `count`, as documented.
pub(crate) const MAX_COUNT: u64 = 500;

/// Reads a number of a query, which must be in the range. Its fraction is cut off.
///
/// The document allows fractions: `1.0`, `1.5` and `2e2` are numbers.
pub(crate) fn whole(text: &str, range: &RangeInclusive<u64>) -> Option<u64> {
    if let Ok(whole) = text.parse() {
        return range.contains(&whole).then_some(whole);
    }
    let number: f64 = text.parse().ok()?;
    let usable = number.is_finite()
        && number >= 0.0
        && range.contains(&saturated(number.floor()))
        && range.contains(&saturated(number.ceil()));
    usable.then(|| saturated(number))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, which is what is wanted"
)]
fn saturated(number: f64) -> u64 {
    number as u64
}

/// A change of the requested page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageOverride {
    Rows(u64),
    RoundedOffset(u64),
    ClampedOffset(u64),
    StartOver,
}

impl PageOverride {
    /// Returns the new offset and count, for a list of `length` rows.
    pub(crate) fn apply(self, offset: u64, count: u64, length: u64) -> (u64, u64) {
        match self {
            Self::Rows(most) => (offset, count.min(most)),
            Self::RoundedOffset(to) => (offset - offset % to.max(1), count),
            Self::ClampedOffset(most) => (offset.min(most), count),
            Self::StartOver => (offset % length.max(1), count),
        }
    }
}

/// Returns up to `count` elements from `offset` on; none after the end.
pub(crate) fn slice<T>(list: &[T], offset: usize, count: usize) -> &[T] {
    let start = offset.min(list.len());
    let end = start.saturating_add(count).min(list.len());
    &list[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_have_a_fraction() {
        let count = |text| whole(text, &(1..=500));
        for (text, expected) in [
            ("1", Some(1)),
            ("500", Some(500)),
            ("1.0", Some(1)),
            ("499.9", Some(499)),
            ("2e2", Some(200)),
            ("500.0", Some(500)),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
        for text in [
            "", "0", "0.9", "500.1", "501", "-1", "-0.5", "1e400", "inf", "NaN", "1,5", "x",
        ] {
            assert_eq!(count(text), None, "{text}");
        }
        let offset = |text| whole(text, &(0..=u64::MAX));
        assert_eq!(offset("0.5"), Some(0));
        assert_eq!(offset("1e300"), Some(u64::MAX));
        assert_eq!(offset("18446744073709551615"), Some(u64::MAX));
    }

    #[test]
    fn other_pages() {
        let answered = |page: PageOverride| page.apply(130, 50, 100);
        assert_eq!(answered(PageOverride::Rows(7)), (130, 7));
        assert_eq!(answered(PageOverride::RoundedOffset(50)), (100, 50));
        assert_eq!(answered(PageOverride::RoundedOffset(u64::MAX)), (0, 50));
        assert_eq!(answered(PageOverride::ClampedOffset(90)), (90, 50));
        assert_eq!(answered(PageOverride::StartOver), (30, 50));
    }
}
