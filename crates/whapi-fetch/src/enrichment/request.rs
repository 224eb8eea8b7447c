//! The lists to request beside contacts.

use super::chats::CHATS_PAGE;
use super::groups::GROUPS_PAGE;
use super::lids::LIDS_BATCH;
use crate::scan::ScanOptions;

/// The lists to request beside contacts. Default: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnrichmentRequest {
    /// Chats, groups and blocked ids, which explain why contacts are visible. At most 32 MiB of
    /// chats and 48 MiB of groups are kept, and 4 MiB of names of each; beyond that the list is
    /// incomplete.
    pub reasons: bool,
    /// The LIDs behind the phone numbers, which show the contacts that are listed twice. The whole
    /// list of contacts is held in memory for it: more than 64 MiB, about 600,000 contacts, is an
    /// error. Beyond 48 MiB of pairs, about 160,000, the LIDs are incomplete.
    pub lids: bool,
    /// With [`lids`](Self::lids): at most so many requests for the phone number behind a single
    /// LID, for LIDs that are still without one. 0 turns them off. Default:
    /// [`DEFAULT_LID_LOOKUPS`](Self::DEFAULT_LID_LOOKUPS).
    pub max_lid_lookups: u64,
}

impl Default for EnrichmentRequest {
    fn default() -> Self {
        Self {
            reasons: false,
            lids: false,
            max_lid_lookups: Self::DEFAULT_LID_LOOKUPS,
        }
    }
}

impl EnrichmentRequest {
    /// The default of [`max_lid_lookups`](Self::max_lid_lookups).
    pub const DEFAULT_LID_LOOKUPS: u64 = 100;

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

    /// Sets [`max_lid_lookups`](Self::max_lid_lookups).
    pub fn with_max_lid_lookups(mut self, most: u64) -> Self {
        self.max_lid_lookups = most;
        self
    }

    /// Whether any list is requested.
    pub fn any(self) -> bool {
        self.reasons || self.lids
    }

    /// Returns the requests for so many chats, if nothing fails or moves.
    ///
    /// Neighbouring pages share rows, and a last page that is full needs one behind it.
    ///
    /// ```
    /// use whapi_fetch::EnrichmentRequest;
    ///
    /// assert_eq!(EnrichmentRequest::requests_for_chats(100), 2);
    /// assert_eq!(EnrichmentRequest::requests_for_groups(49), 1);
    /// assert_eq!(EnrichmentRequest::requests_for_lids(200), 2);
    /// ```
    pub fn requests_for_chats(chats: u64) -> u64 {
        ScanOptions::requests(chats, CHATS_PAGE)
    }

    /// Returns the requests for so many groups, if nothing fails or moves. A group whose
    /// participants the API cuts takes one more.
    pub fn requests_for_groups(groups: u64) -> u64 {
        ScanOptions::requests(groups, GROUPS_PAGE)
    }

    /// Returns the requests for the LIDs behind so many phone numbers and that of the account.
    pub fn requests_for_lids(phones: u64) -> u64 {
        (phones + 1).div_ceil(LIDS_BATCH as u64)
    }
}
