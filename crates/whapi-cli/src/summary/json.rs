//! The summary of a run as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use whapi_classify::{Change, ReasonKind};
use whapi_export::ResultChanges;
use whapi_export::whapi_model::ContactId;
use whapi_fetch::ScanReport;
use whapi_pipeline::{
    ChangeCounts, ChannelReport, ContactCounts, ExportReport, LidLinkCounts, ReasonCounts,
    ReasonTally, RunReport,
};

use super::failure::ErrorJson;
use crate::console;
use crate::error::{CliError, UnwrittenExport};
use crate::exit;

/// The version of the JSON summary: fields may be added, none changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Summary<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    contacts: Contacts,
    selected: Selected,
    scan: Scan<'a>,
    // Fields below are left out unless the run was asked for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<FilterJson<'a>>,
    /// Incomplete lists that a filter uses.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    filter_doubts: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Reasons<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lids: Option<Lids<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Changes<'a>>,
    /// Left out in a run over one channel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    channels: Vec<ChannelJson<'a>>,
    /// Selected contacts that were merged into that of the same person. Left out unless channels are
    /// merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_people: Option<u64>,
    exports: Vec<Export<'a>>,
    error: Option<ErrorJson>,
    elapsed_ms: u64,
}

/// What became of one channel.
#[derive(Serialize)]
struct ChannelJson<'a> {
    name: &'a str,
    outcome: &'a str,
    exit_code: u8,
    contacts: Contacts,
    scan: Scan<'a>,
    error: Option<ErrorJson>,
}

impl<'a> ChannelJson<'a> {
    fn of(channel: &'a ChannelReport) -> Self {
        Self {
            name: &channel.name,
            outcome: channel.outcome.as_str(),
            exit_code: exit::of_outcome(channel.outcome, channel.failure.as_ref()),
            contacts: Contacts::of(&channel.contacts),
            scan: Scan::of(&channel.scan),
            error: channel.failure.as_ref().map(ErrorJson::of_failure),
        }
    }
}

#[derive(Serialize, Default)]
struct Contacts {
    total: u64,
    saved: u64,
    discovered: u64,
    unknown: u64,
    selected: u64,
    /// Contacts of which the API's `phonebook` and `saved` differ. Left out if there are none.
    #[serde(skip_serializing_if = "is_zero")]
    phonebook_differs: u64,
}

/// What is counted over the selected contacts alone.
#[derive(Serialize, Default)]
struct Selected {
    without_phone: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Serialize, Default)]
struct Scan<'a> {
    complete: bool,
    reported_total: Option<u64>,
    pages: u64,
    passes: u32,
    requests: u64,
    retries: u64,
    moves: u64,
    earlier_pass_only: u64,
    duplicates: u64,
    unusable_rows: u64,
    /// Letters of saved answers that are no valid text. Left out if there are none.
    #[serde(skip_serializing_if = "is_zero")]
    replaced_letters: u64,
    reasons: &'a [String],
}

impl Contacts {
    fn of(counts: &ContactCounts) -> Self {
        Self {
            total: counts.total,
            saved: counts.saved,
            discovered: counts.discovered,
            unknown: counts.unknown,
            selected: counts.selected,
            phonebook_differs: counts.phonebook_differs,
        }
    }
}

impl<'a> Scan<'a> {
    fn of(scan: &'a ScanReport) -> Self {
        Self {
            complete: scan.complete,
            reported_total: scan.reported_total,
            pages: scan.pages,
            passes: scan.passes,
            requests: scan.requests,
            retries: scan.retries,
            moves: scan.moves,
            earlier_pass_only: scan.earlier_pass_only,
            duplicates: scan.duplicates,
            unusable_rows: scan.unusable_rows,
            replaced_letters: scan.replaced_letters,
            reasons: &scan.reasons,
        }
    }
}

#[derive(Serialize)]
struct FilterJson<'a> {
    name: &'a str,
    left_out: u64,
}

#[derive(Serialize)]
struct Reasons<'a> {
    complete: bool,
    #[serde(flatten)]
    all: ReasonNumbers,
    selected: ReasonNumbers,
    doubts: &'a [String],
}

#[derive(Serialize)]
struct ReasonNumbers {
    /// Contacts by their primary reason; `unknown` if it cannot be known.
    primary: BTreeMap<&'static str, u64>,
    /// Contacts by each of their reasons.
    any: BTreeMap<&'static str, u64>,
}

impl<'a> Reasons<'a> {
    fn of(counts: &'a ReasonCounts) -> Self {
        Self {
            complete: counts.doubts.is_empty(),
            all: ReasonNumbers::of(&counts.all),
            selected: ReasonNumbers::of(&counts.selected),
            doubts: &counts.doubts,
        }
    }
}

impl ReasonNumbers {
    fn of(tally: &ReasonTally) -> Self {
        let all = ReasonKind::ALL.iter().copied();
        let primary = all.clone().map(|kind| (kind.as_str(), tally.primary(kind)));
        Self {
            primary: primary.chain([("unknown", tally.unknown)]).collect(),
            any: all.map(|kind| (kind.as_str(), tally.any(kind))).collect(),
        }
    }
}

#[derive(Serialize)]
struct Lids<'a> {
    complete: bool,
    linked: u64,
    listed_twice: u64,
    merged: u64,
    numbers_found: u64,
    doubts: &'a [String],
}

impl<'a> Lids<'a> {
    fn of(counts: &'a LidLinkCounts) -> Self {
        Self {
            complete: counts.doubts.is_empty(),
            linked: counts.linked,
            listed_twice: counts.listed_twice,
            merged: counts.merged,
            numbers_found: counts.numbers_found,
            doubts: &counts.doubts,
        }
    }
}

#[derive(Serialize)]
struct Changes<'a> {
    added: u64,
    saved: u64,
    removed_from_address_book: u64,
    renamed: u64,
    name_missing: u64,
    unchanged: u64,
    /// Null after an incomplete scan.
    gone: Option<u64>,
    gone_ids: Vec<&'a str>,
    not_seen: u64,
}

impl<'a> Changes<'a> {
    fn of(counts: &'a ChangeCounts, complete: bool) -> Self {
        Self {
            added: counts.count(Change::Added),
            saved: counts.count(Change::Saved),
            removed_from_address_book: counts.count(Change::RemovedFromAddressBook),
            renamed: counts.count(Change::Renamed),
            name_missing: counts.count(Change::NameMissing),
            unchanged: counts.count(Change::Unchanged),
            gone: complete.then(|| counts.count(Change::Gone)),
            gone_ids: counts.gone.iter().map(ContactId::as_str).collect(),
            not_seen: counts.not_seen,
        }
    }
}

#[derive(Serialize)]
struct Export<'a> {
    format: &'a str,
    destination: &'a str,
    written: u64,
    skipped: Vec<SkippedContact<'a>>,
    warnings: &'a [String],
    sha256: Option<&'a str>,
    /// Whether only a part of the result was written. Left out otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    /// How the result differs from the one before it. Left out where it takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ExportChanges>,
    /// The files of a split result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<WrittenFile<'a>>,
}

#[derive(Serialize)]
struct ExportChanges {
    added: u64,
    changed: u64,
    removed: u64,
    unchanged: u64,
}

impl From<ResultChanges> for ExportChanges {
    fn from(changes: ResultChanges) -> Self {
        Self {
            added: changes.added,
            changed: changes.changed,
            removed: changes.removed,
            unchanged: changes.unchanged,
        }
    }
}

#[derive(Serialize)]
struct WrittenFile<'a> {
    path: &'a str,
    written: u64,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct SkippedContact<'a> {
    id: &'a str,
    reason: &'a str,
}

/// Returns the summary of a run as one line of JSON.
///
/// Lists `not_written` after the exports of the report.
pub(crate) fn of_report(report: &RunReport, not_written: &[UnwrittenExport]) -> String {
    let scan = &report.scan;
    serialize(&Summary {
        schema: SCHEMA,
        outcome: report.outcome.as_str(),
        exit_code: exit::of_report(report),
        contacts: Contacts::of(&report.contacts),
        selected: Selected {
            without_phone: report.contacts.selected_without_phone,
        },
        scan: Scan::of(scan),
        filters: report
            .left_out
            .iter()
            .map(|filter| FilterJson {
                name: &filter.filter,
                left_out: filter.contacts,
            })
            .collect(),
        filter_doubts: &report.filter_doubts,
        reasons: report.reasons.as_ref().map(Reasons::of),
        lids: report.lid_links.as_ref().map(Lids::of),
        changes: report
            .changes
            .as_ref()
            .map(|changes| Changes::of(changes, scan.complete)),
        channels: report.channels.iter().map(ChannelJson::of).collect(),
        merged_people: report.merged_people,
        exports: report
            .exports
            .iter()
            .map(export)
            .chain(not_written.iter().map(nothing))
            .collect(),
        error: report.failure.as_ref().map(ErrorJson::of_failure),
        elapsed_ms: u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Returns the summary of a command that ended before the run.
pub(crate) fn of_error(ended_by: &CliError) -> String {
    let error = ErrorJson::of(ended_by);
    serialize(&Summary {
        schema: SCHEMA,
        outcome: ended_by.outcome.as_str(),
        exit_code: ended_by.code,
        contacts: Contacts::default(),
        selected: Selected::default(),
        scan: Scan::default(),
        filters: Vec::new(),
        filter_doubts: &[],
        reasons: None,
        lids: None,
        changes: None,
        channels: Vec::new(),
        merged_people: None,
        exports: ended_by.exports.iter().map(nothing).collect(),
        error,
        elapsed_ms: 0,
    })
}

fn serialize(summary: &Summary<'_>) -> String {
    console::json(summary)
}

/// Describes an export that wrote nothing.
fn nothing(planned: &UnwrittenExport) -> Export<'_> {
    Export {
        format: &planned.format,
        destination: &planned.destination,
        written: 0,
        skipped: Vec::new(),
        warnings: &[],
        sha256: None,
        changes: None,
        partial: false,
        files: Vec::new(),
    }
}

fn export(export: &ExportReport) -> Export<'_> {
    Export {
        format: &export.format,
        destination: &export.destination,
        written: export.batches.written + export.batches.updated,
        skipped: export
            .batches
            .skipped
            .iter()
            .map(|skipped| SkippedContact {
                id: skipped.id.as_str(),
                reason: &skipped.reason,
            })
            .collect(),
        warnings: &export.warnings,
        sha256: export.sha256.as_deref(),
        changes: export.changes.map(ExportChanges::from),
        partial: export.partial,
        files: export
            .parts
            .iter()
            .map(|part| WrittenFile {
                path: &part.destination,
                written: part.written,
                sha256: part.sha256.as_deref(),
            })
            .collect(),
    }
}
