//! How much a run holds of contacts. `docs/limits.md` says what happens past each.

/// Contacts that wait for the names of others: more than nearly every list has.
pub(crate) const MOST_WAITING: usize = 50_000;
/// What they may take together: 50,000 contacts with "About" texts and pictures take as much.
pub(crate) const MOST_BYTES_WAITING: usize = 32 << 20;
/// What exporters get at a time, with all that is written about it. 500 ordinary contacts are far
/// below.
pub(crate) const MOST_BYTES_AT_A_TIME: usize = 2 << 20;
