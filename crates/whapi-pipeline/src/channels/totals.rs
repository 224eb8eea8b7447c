//! The counts of all channels together.

use whapi_fetch::ScanReport;

use super::report::ChannelReport;
use crate::processor::Counts;
use crate::report::{ContactCounts, Failure, LidLinkCounts, Outcome, ReasonCounts, ReasonTally};

/// The counts, the scan and the reports of the channels so far.
pub(super) struct Totals {
    pub(super) counts: Counts,
    pub(super) scan: ScanReport,
    pub(super) channels: Vec<ChannelReport>,
    /// Contacts that were merged into that of the same person. `None` unless channels are merged.
    pub(super) merged: Option<u64>,
}

impl Totals {
    pub(super) fn new() -> Self {
        let mut scan = ScanReport::default();
        scan.complete = true;
        scan.reported_total = Some(0);
        Self {
            counts: Counts::default(),
            scan,
            channels: Vec::new(),
            merged: None,
        }
    }

    /// Adds a channel that was written.
    pub(super) fn add(&mut self, name: &str, scan: ScanReport, counts: Counts) {
        let is_certain = scan.complete && counts.filter_doubts.is_empty();
        self.add_scan(name, &scan);
        self.channels.push(ChannelReport {
            name: name.to_owned(),
            outcome: if is_certain {
                Outcome::Complete
            } else {
                Outcome::Incomplete
            },
            contacts: counts.contacts,
            scan,
            filter_doubts: counts.filter_doubts.clone(),
            failure: None,
        });
        self.add_counts(name, counts);
    }

    /// Adds a channel that failed.
    pub(super) fn add_failed(&mut self, name: &str, scan: ScanReport, failure: Failure) {
        self.add_scan(name, &scan);
        self.scan.complete = false;
        self.scan
            .reasons
            .push(of_channel(name, &format!("could not be read: {failure}")));
        self.channels.push(ChannelReport {
            name: name.to_owned(),
            outcome: Outcome::Failed,
            contacts: ContactCounts::default(),
            scan,
            filter_doubts: Vec::new(),
            failure: Some(failure),
        });
    }

    fn add_scan(&mut self, name: &str, scan: &ScanReport) {
        let all = &mut self.scan;
        all.complete &= scan.complete;
        all.contacts += scan.contacts;
        let both = all.reported_total.zip(scan.reported_total);
        all.reported_total = both.map(|(all, one)| all + one);
        all.pages += scan.pages;
        all.passes = all.passes.max(scan.passes);
        all.requests += scan.requests;
        all.retries += scan.retries;
        all.moves += scan.moves;
        all.earlier_pass_only += scan.earlier_pass_only;
        all.duplicates += scan.duplicates;
        all.unusable_rows += scan.unusable_rows;
        all.replaced_letters += scan.replaced_letters;
        all.reasons.extend(of_channels(name, &scan.reasons));
    }

    fn add_counts(&mut self, name: &str, one: Counts) {
        let all = &mut self.counts;
        all.contacts.add_all(&one.contacts);
        if all.left_out.is_empty() {
            all.left_out = one.left_out;
        } else {
            for (all, one) in all.left_out.iter_mut().zip(&one.left_out) {
                all.contacts += one.contacts;
            }
        }
        all.filter_doubts
            .extend(of_channels(name, &one.filter_doubts));
        all.filter_warnings
            .extend(of_channels(name, &one.filter_warnings));
        if let Some(one) = one.reasons {
            let none = || ReasonCounts::new(true, Vec::new());
            let all = all.reasons.get_or_insert_with(none);
            all.all.add_all(&one.all);
            all.selected.add_all(&one.selected);
            all.account_known &= one.account_known;
            all.doubts.extend(of_channels(name, &one.doubts));
        }
        if let Some(one) = one.lid_links {
            let all = all.lid_links.get_or_insert_with(LidLinkCounts::default);
            all.linked += one.linked;
            all.numbers_found += one.numbers_found;
            all.listed_twice += one.listed_twice;
            all.merged += one.merged;
            all.doubts.extend(of_channels(name, &one.doubts));
        }
    }
}

/// A sentence about a channel.
fn of_channel(name: &str, sentence: &str) -> String {
    format!("channel `{name}`: {sentence}")
}

fn of_channels<'a>(name: &'a str, sentences: &'a [String]) -> impl Iterator<Item = String> + 'a {
    sentences.iter().map(|sentence| of_channel(name, sentence))
}

impl ContactCounts {
    fn add_all(&mut self, other: &Self) {
        self.total += other.total;
        self.saved += other.saved;
        self.discovered += other.discovered;
        self.unknown += other.unknown;
        self.selected += other.selected;
        self.selected_without_phone += other.selected_without_phone;
        self.phonebook_differs += other.phonebook_differs;
    }
}

impl ReasonTally {
    fn add_all(&mut self, other: &Self) {
        let lists = [
            (&mut self.primary, &other.primary),
            (&mut self.any, &other.any),
        ];
        for (all, other) in lists {
            for (all, other) in all.iter_mut().zip(other) {
                *all += other;
            }
        }
        self.unknown += other.unknown;
    }
}
