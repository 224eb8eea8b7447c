//! The triggers of faults.

/// The requests that a fault applies to.
///
/// Requests are numbered from 1, separately for each method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trigger {
    /// Every request.
    Always,
    /// The n-th request.
    Request(u64),
    /// The n-th request, the 2n-th, … None if 0.
    Every(u64),
    /// The n-th request and all after it.
    From(u64),
    /// Requests with this `offset`; it defaults to 0.
    Offset(u64),
    /// Requests with a `count` above this; it defaults to 100.
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

/// What triggers compare of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestFacts {
    pub(super) number: u64,
    pub(super) offset: u64,
    pub(super) count: u64,
}
