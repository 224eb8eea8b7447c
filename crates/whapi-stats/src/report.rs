//! The report: counts, ready to be shown.

use crate::data::ReportData;
use crate::render::text::TextStyle;
use crate::render::{html, json, text};
use crate::scan::Scan;
use crate::tally::Stats;

/// The counts, ready to be shown as text, as JSON or as a page.
///
/// Each says at its top whether the list was read to its end, and says of what is not known that it
/// is not known. Nothing in it names a contact. Groups are named only [when asked](Self::with_names).
///
/// # Examples
///
/// ```
/// use whapi_classify::ClassifiedContact;
/// use whapi_model::{Contact, ContactId};
/// use whapi_stats::{Scan, Stats, TextStyle};
///
/// let mut stats = Stats::new(1_795_628_280);
/// let contact = Contact::new(ContactId::parse("447700900101")?).with_saved(true);
/// stats.add(&ClassifiedContact::new(contact));
///
/// let report = stats.report(Scan::complete());
/// let text = report.to_text(&TextStyle::new(60));
/// assert!(text.starts_with("Contacts, 25 Nov 2026, 17:38 UTC\n"));
/// assert!(text.contains("Complete: nobody in the list is missing."));
/// assert!(report.to_html().starts_with("<!DOCTYPE html>"));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a report shows nothing by itself"]
pub struct Report<'a>(ReportData<'a>);

impl Stats {
    /// What there is to show, given how the list was read. Names of groups are left out.
    pub fn report(&self, scan: Scan) -> Report<'_> {
        Report(ReportData {
            stats: self,
            scan,
            names: false,
        })
    }
}

impl Report<'_> {
    /// Shows groups by their subjects, and in JSON by their ids, too. Default: `Group 1`, `Group 2`
    /// and so on, the one with the most contacts first.
    pub fn with_names(mut self) -> Self {
        self.0.names = true;
        self
    }

    /// The counts as text for a terminal or a file, each line with a line feed.
    pub fn to_text(&self, style: &TextStyle) -> String {
        text::render(&self.0, style)
    }

    /// The counts as one JSON object in one line, without a line feed. Its fields are always there,
    /// in the same order; what is not known is `null`.
    pub fn to_json(&self) -> String {
        json::render(&self.0)
    }

    /// The counts as one HTML page that needs nothing else: no script, no request, and a policy
    /// in its head that forbids both.
    pub fn to_html(&self) -> String {
        html::render(&self.0)
    }
}
