//! Which requests a fault happens to.

/// Which requests a fault happens to. Requests are counted from 1, for each method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trigger {
    /// All.
    Always,
    /// The n-th.
    Request(u64),
    /// The n-th, the 2n-th, … Never for 0.
    Every(u64),
    /// The n-th and all after it.
    From(u64),
    /// Those that ask for this `offset`; one that names none asks for 0.
    Offset(u64),
    /// Those that ask for more than this `count`; one that names none asks for 100.
    CountOver(u64),
}

impl Trigger {
    pub(super) fn matches(self, request: &RequestFacts) -> bool {
        match self {
            Self::Always => true,
            Self::Request(n) => request.number == n,
            Self::Every(n) => request.number.is_multiple_of(n),
            Self::From(n) => request.number >= n,
            Self::Offset(offset) => request.offset == offset,
            Self::CountOver(count) => request.count > count,
        }
    }
}

/// What a request asked, as far as faults look at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestFacts {
    pub(super) number: u64,
    pub(super) offset: u64,
    pub(super) count: u64,
}
