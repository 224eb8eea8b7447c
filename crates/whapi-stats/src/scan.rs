//! How the list of contacts was read.

/// How the list of contacts was read, and what was requested beside it.
///
/// # Examples
///
/// ```
/// use whapi_stats::{ScanSummary, Stats};
///
/// let scan = ScanSummary::incomplete(["the list moved in every reading"]).with_listed(3);
/// let json = Stats::new(0).report(scan).to_json();
/// assert!(json.contains(
///     r#""complete":false,"incomplete_because":["the list moved in every reading"]"#
/// ));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSummary {
    pub(crate) complete: bool,
    pub(crate) reasons: Vec<String>,
    pub(crate) listed: Option<u64>,
    pub(crate) lid_links: Option<bool>,
    pub(crate) account_unknown: bool,
    pub(crate) doubts: Vec<String>,
}

impl ScanSummary {
    /// A complete list.
    pub fn complete() -> Self {
        Self {
            complete: true,
            reasons: Vec::new(),
            listed: None,
            lid_links: None,
            account_unknown: false,
            doubts: Vec::new(),
        }
    }

    /// An incomplete list: contacts may be missing for these reasons.
    pub fn incomplete(reasons: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            complete: false,
            reasons: reasons.into_iter().map(Into::into).collect(),
            ..Self::complete()
        }
    }

    /// Sets the number of listed contacts, before filters. Default: the number of counted contacts.
    pub fn with_listed(mut self, contacts: u64) -> Self {
        self.listed = Some(contacts);
        self
    }

    /// Sets whether all LIDs are known. Default: LIDs were not requested.
    pub fn with_lid_links(mut self, complete: bool) -> Self {
        self.lid_links = Some(complete);
        self
    }

    /// Sets that the contact of the account itself is not known. Default: it is known.
    pub fn with_account_unknown(mut self) -> Self {
        self.account_unknown = true;
        self
    }

    /// Sets the incomplete lists beside contacts, a sentence each. Default: none.
    pub fn with_doubts(mut self, doubts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.doubts = doubts.into_iter().map(Into::into).collect();
        self
    }
}
