//! What the counts do not tell: how the list was read, and what was asked beside it.

/// How the list was read that the contacts came from.
///
/// # Examples
///
/// ```
/// use whapi_stats::{Scan, Stats};
///
/// let scan = Scan::incomplete(["the list moved in every reading"]).with_listed(3);
/// let json = Stats::new(0).report(scan).to_json();
/// assert!(json.contains(
///     r#""complete":false,"incomplete_because":["the list moved in every reading"]"#
/// ));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub(crate) complete: bool,
    pub(crate) reasons: Vec<String>,
    pub(crate) listed: Option<u64>,
    pub(crate) lid_links: Option<bool>,
    pub(crate) account_unknown: bool,
    pub(crate) doubts: Vec<String>,
}

impl Scan {
    /// Everybody was seen.
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

    /// Somebody may be missing, for these reasons.
    pub fn incomplete(reasons: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            complete: false,
            reasons: reasons.into_iter().map(Into::into).collect(),
            ..Self::complete()
        }
    }

    /// Sets how many contacts the list had, of which a filter may have left some out. Default: all
    /// that are counted.
    pub fn with_listed(mut self, contacts: u64) -> Self {
        self.listed = Some(contacts);
        self
    }

    /// Says that contacts' other ids were looked for, and whether to the end. Default: not looked
    /// for, so that contacts without one say nothing.
    pub fn with_lid_links(mut self, complete: bool) -> Self {
        self.lid_links = Some(complete);
        self
    }
    /// Says that nobody knows which contact is the account itself, so that to find none says
    /// nothing.
    pub fn with_account_unknown(mut self) -> Self {
        self.account_unknown = true;
        self
    }

    /// Sets what could not be found out about the contacts beside their list, a sentence each.
    pub fn with_doubts(mut self, doubts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.doubts = doubts.into_iter().map(Into::into).collect();
        self
    }
}
