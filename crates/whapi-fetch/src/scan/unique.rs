//! Lists that are read once: removes duplicates and compares totals.

use whapi_model::Contact;

use super::report::ScanReport;
use super::seen::{Key, Met, Seen};
use super::verdict::{missing_of_total, unusable_rows};
use crate::page::{Listed, Row};

/// The one pass of such a list.
const PASS: u8 = 1;

/// Removes duplicates, and keeps the report.
#[derive(Debug, Default)]
pub(crate) struct Deduplicated {
    seen: Seen,
    report: ScanReport,
}

impl Deduplicated {
    /// Returns the contacts among `rows` whose ids are new.
    pub(crate) fn take(&mut self, rows: Vec<Row>) -> Vec<Contact> {
        let key = |row: &Row| Some(Key::of(row.as_ref()?.id()));
        let keys: Vec<_> = rows.iter().map(key).collect();
        self.seen.prefetch(&keys);
        // All keys in a row, so that the processor waits for the memory of several at once.
        let met: Vec<_> = keys
            .iter()
            .map(|key| Some(self.seen.meet(key.as_ref()?, PASS)))
            .collect();
        let rows_of_batch = rows.into_iter().zip(met);
        rows_of_batch
            .filter_map(|(row, met)| match met {
                Some(Met::New) => row,
                Some(_) => {
                    self.report.duplicates += 1;
                    None
                }
                None => {
                    self.report.unusable_rows += 1;
                    None
                }
            })
            .collect()
    }

    /// Records an answer and the total that it reported.
    pub(crate) fn note_page(&mut self, total: Option<u64>) {
        self.report.pages += 1;
        self.report.reported_total = total.or(self.report.reported_total);
        self.seen.expect(total.unwrap_or(0));
    }

    /// Ends the list, and decides whether it is complete.
    pub(crate) fn end(&mut self) {
        let listed = self.seen.len() + self.report.unusable_rows;
        let total = self.report.reported_total;
        self.report.passes = 1;
        self.report.reasons = [
            missing_of_total(total, listed, Contact::NOUN),
            unusable_rows(self.report.unusable_rows, Contact::NOUN),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.report.complete = self.report.reasons.is_empty();
    }

    pub(crate) fn report(&self) -> ScanReport {
        ScanReport {
            contacts: self.seen.len(),
            ..self.report.clone()
        }
    }
}
