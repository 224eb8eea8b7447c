//! The report of a scan.

/// The result of a scan: whether the list is complete, and counts.
///
/// # Examples
///
/// ```
/// use whapi_fetch::ScanReport;
///
/// let report = ScanReport::default();
/// assert!(!report.complete, "nothing is proven before the end");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanReport {
    /// Whether every contact that was in the list all the time was seen. False until the end.
    pub complete: bool,
    /// Different contacts that were seen.
    pub contacts: u64,
    /// How long the list is, by the last answer that said. `None` when none did.
    pub reported_total: Option<u64>,
    /// Pages of contacts that were read.
    pub pages: u64,
    /// Times that the whole list was read. 1 when it did not move.
    pub passes: u32,
    /// Requests sent, with retries and the channel's state.
    pub requests: u64,
    /// Requests that were tries after the first.
    pub retries: u64,
    /// Signs that the list moved while it was read.
    pub moves: u64,
    /// Contacts that were seen in an earlier pass and not in the last one: they went away
    /// meanwhile. They are among the contacts all the same.
    pub earlier_pass_only: u64,
    /// Rows of the last pass whose id had been there before. Each id is given once.
    pub duplicates: u64,
    /// Rows of the last pass without a usable id.
    pub unusable_rows: u64,
    /// Letters of saved answers that are no valid text and were replaced by U+FFFD.
    pub replaced_letters: u64,
    /// Why the scan is not complete, a sentence each. Empty when it is.
    pub reasons: Vec<String>,
}
