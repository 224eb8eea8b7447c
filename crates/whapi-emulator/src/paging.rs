//! Pages of lists: limits, and what faults change.

/// Rows per page for a request without `count`.
pub(crate) const DEFAULT_COUNT: u64 = 100;
/// The highest `count`, as documented.
pub(crate) const MAX_COUNT: u64 = 500;

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
    fn other_pages() {
        let answered = |page: PageOverride| page.apply(130, 50, 100);
        assert_eq!(answered(PageOverride::Rows(7)), (130, 7));
        assert_eq!(answered(PageOverride::RoundedOffset(50)), (100, 50));
        assert_eq!(answered(PageOverride::RoundedOffset(u64::MAX)), (0, 50));
        assert_eq!(answered(PageOverride::ClampedOffset(90)), (90, 50));
        assert_eq!(answered(PageOverride::StartOver), (30, 50));
    }
}
