//! The report: counts as text, JSON or HTML.

use crate::data::{Flags, ReportData};
use crate::render::text::TextStyle;
use crate::render::{html, json, text};
use crate::scan::ScanSummary;
use crate::tally::Stats;

/// Counts that can be shown as text, as JSON or as one HTML page.
///
/// Each form says first whether the list is complete, and marks counts that are not known. It names
/// no contact, and groups only [on request](Self::with_names).
///
/// # Examples
///
/// ```
/// use whapi_classify::ClassifiedContact;
/// use whapi_model::{Contact, ContactId};
/// use whapi_stats::{ScanSummary, Stats, TextStyle};
///
/// let mut stats = Stats::new(1_795_628_280);
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_saved(true);
/// stats.add(&ClassifiedContact::new(contact));
///
/// let report = stats.report(ScanSummary::complete());
/// let text = report.to_text(&TextStyle::new(60));
/// assert!(text.starts_with("Contacts, 25 Nov 2026, 17:38 UTC\n"));
/// assert!(text.contains("Complete: no contact is missing."));
/// assert!(report.to_html().starts_with("<!DOCTYPE html>"));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a report shows nothing by itself"]
pub struct Report<'a>(ReportData<'a>);

impl Stats {
    /// Creates a report. `scan` says how the list was read. Names of groups are left out.
    pub fn report(&self, scan: ScanSummary) -> Report<'_> {
        Report(ReportData {
            stats: self,
            scan,
            names: false,
            flags: None,
        })
    }
}

impl Report<'_> {
    /// Shows the names of groups, and in JSON their ids.
    ///
    /// Default: `Group 1`, `Group 2` and so on, the largest group first.
    pub fn with_names(mut self) -> Self {
        self.0.names = true;
        self
    }

    /// Names the flags of your program that request reasons and LIDs, where these are not known.
    ///
    /// Default: texts and pages say only that they were not requested.
    ///
    /// ```
    /// use whapi_stats::{ScanSummary, Stats, TextStyle};
    ///
    /// let stats = Stats::new(0);
    /// let report = stats.report(ScanSummary::complete()).with_flags("--reasons", "--resolve-lids");
    /// let text = report.to_text(&TextStyle::new(80));
    /// assert!(text.contains("Not known: LIDs were not requested; --resolve-lids requests them."));
    /// ```
    pub fn with_flags(mut self, reasons: &'static str, lids: &'static str) -> Self {
        self.0.flags = Some(Flags { reasons, lids });
        self
    }

    /// Returns the counts as text for a terminal or a file. Every line ends with a line feed.
    pub fn to_text(&self, style: &TextStyle) -> String {
        text::render(&self.0, style)
    }

    /// Returns the counts as one JSON object on one line, without a line feed.
    ///
    /// All fields are present, in the same order. Unknown values are `null`.
    pub fn to_json(&self) -> String {
        json::render(&self.0)
    }

    /// Returns the counts as one HTML page without scripts and requests.
    ///
    /// The content security policy of the page forbids both.
    pub fn to_html(&self) -> String {
        html::render(&self.0)
    }
}
