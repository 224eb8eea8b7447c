//! What to ask the gate for beside contacts.

use super::chats::CHATS_PAGE;
use super::groups::GROUPS_PAGE;
use super::lids::LIDS_BATCH;
use crate::scan::ScanOptions;

/// What to ask for beside contacts. The default is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnrichmentRequest {
    /// Chats, groups and blocked ids, which tell why contacts are visible. At most 32 MiB of chats
    /// and 48 MiB of groups are kept, and 4 MiB of names of each; past that they are not all known.
    pub reasons: bool,
    /// The LIDs behind the phone numbers, which tell who is listed twice. The whole list of
    /// contacts is held in memory for it: one that fills more than 64 MiB, some 600,000 contacts,
    /// ends in an error. Past 48 MiB of pairs, some 160,000, the LIDs are not all known.
    pub lids: bool,
}

impl EnrichmentRequest {
    /// Sets [`reasons`](Self::reasons).
    pub fn with_reasons(mut self, wanted: bool) -> Self {
        self.reasons = wanted;
        self
    }

    /// Sets [`lids`](Self::lids).
    pub fn with_lids(mut self, wanted: bool) -> Self {
        self.lids = wanted;
        self
    }

    /// Whether anything is asked for.
    pub fn any(self) -> bool {
        self.reasons || self.lids
    }

    /// The requests that a list takes whose length is known, if nothing fails or moves: pages that
    /// share a row with their neighbours, and one behind a last page that is full, as proof of the
    /// end.
    ///
    /// ```
    /// use whapi_fetch::EnrichmentRequest;
    ///
    /// assert_eq!(EnrichmentRequest::requests_for_chats(100), 2);
    /// assert_eq!(EnrichmentRequest::requests_for_groups(49), 1);
    /// assert_eq!(EnrichmentRequest::requests_for_lids(201), 2);
    /// ```
    pub fn requests_for_chats(chats: u64) -> u64 {
        ScanOptions::requests(chats, CHATS_PAGE)
    }

    /// As [`requests_for_chats`](Self::requests_for_chats), without those for groups whose
    /// participants the gate cuts, which take one more each.
    pub fn requests_for_groups(groups: u64) -> u64 {
        ScanOptions::requests(groups, GROUPS_PAGE)
    }

    /// The requests for the LIDs behind so many phone numbers.
    pub fn requests_for_lids(phones: u64) -> u64 {
        phones.div_ceil(LIDS_BATCH as u64)
    }
}
