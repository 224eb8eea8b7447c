//! The summary of a run for people.

use std::collections::BTreeMap;

use whapi_classify::{Change, ReasonKind};
use whapi_export::{ResultChanges, Skipped};
use whapi_pipeline::{
    ChangeCounts, ChannelReport, ExportReport, LidLinkCounts, Outcome, ReasonTally, RunReport,
};

use crate::console::{Console, display_destination};
use crate::exit;
use whapi_text::{counted, escape_terminal, grouped, plural};

/// Prints the summary of a run.
///
/// `is_for_people` is whether people call from a result; then contacts without a number are counted.
pub(crate) fn print(report: &RunReport, is_for_people: bool, console: Console) {
    for export in &report.exports {
        for warning in &export.warnings {
            console.warn(format_args!("{}: {warning}", export.format));
        }
    }
    if matches!(report.outcome, Outcome::Complete | Outcome::Incomplete) {
        if !report.channels.is_empty() {
            let channels: Vec<_> = report.channels.iter().map(ChannelLine::from).collect();
            print_channels(&channels, console);
        }
        console.info(contacts_lines(report, is_for_people));
        if let Some(merged) = report.merged_people {
            let people = report.contacts.selected - merged;
            console.info(format_args!(
                "{} after merging the channels",
                counted_people(people)
            ));
        }
        console.info(scan_lines(report));
        print_phonebook(report, console);
        print_left_out(report, console);
        print_doubts(report, console);
        print_findings(report, console);
    }
    for export in &report.exports {
        console.info(export_lines(export, report.outcome));
    }
    print_end(report, console);
}

fn counted_people(people: u64) -> String {
    match people {
        1 => "1 person".to_owned(),
        people => format!("{} people", grouped(people)),
    }
}

/// The most channels that are listed when nothing is wrong with them.
const MOST_CHANNELS: usize = 20;

/// What became of a channel.
pub(crate) struct ChannelLine<'a> {
    pub(crate) name: &'a str,
    pub(crate) outcome: Outcome,
    /// What was read and written, such as `3 contacts`. `None` if nothing was written.
    pub(crate) read: Option<String>,
}

impl<'a> From<&'a ChannelReport> for ChannelLine<'a> {
    fn from(channel: &'a ChannelReport) -> Self {
        let is_written = channel.outcome != Outcome::Failed;
        Self {
            name: &channel.name,
            outcome: channel.outcome,
            read: is_written.then(|| counted(channel.contacts.total, "contact")),
        }
    }
}

/// Prints what became of each channel. Of many, only those that failed or are incomplete.
pub(crate) fn print_channels(all: &[ChannelLine<'_>], console: Console) {
    let is_complete = |channel: &&ChannelLine<'_>| channel.outcome == Outcome::Complete;
    let complete = all.iter().filter(is_complete).count();
    console.info(format_args!(
        "{} of {} complete",
        grouped(complete as u64),
        counted(all.len() as u64, "channel")
    ));
    for channel in all {
        let name = escape_terminal(channel.name);
        let read = channel.read.as_deref().unwrap_or("not written");
        match channel.outcome {
            Outcome::Complete if all.len() > MOST_CHANNELS => {}
            Outcome::Complete => console.info(format_args!("  {name}: {read}")),
            Outcome::Incomplete if channel.read.is_some() => {
                console.info(format_args!("  {name}: {read}, incomplete"));
            }
            Outcome::Incomplete => console.info(format_args!("  {name}: incomplete, {read}")),
            _ => console.info(format_args!("  {name}: failed, {read}")),
        }
    }
}

/// Prints why the run failed or is incomplete.
pub(crate) fn print_end(report: &RunReport, console: Console) {
    match (&report.failure, report.outcome) {
        (Some(failure), _) if exit::of_stage(&failure.stage) == exit::PROTECTED => {
            console.error(format_args!(
                "{failure}; nothing was replaced; --allow-empty replaces it"
            ));
        }
        (Some(failure), _) => console.error(failure),
        (None, Outcome::Incomplete) => {
            for reason in report.scan.reasons.iter().chain(&report.filter_doubts) {
                console.warn(format_args!("contacts may be missing: {reason}"));
            }
        }
        (None, Outcome::Cancelled(_)) => console.error("cancelled"),
        (None, _) => {}
    }
}

/// Prints warnings about filters and incomplete lists.
pub(crate) fn print_doubts(report: &RunReport, console: Console) {
    for doubt in report.filter_warnings.iter().chain(doubts(report)) {
        console.warn(doubt);
    }
    let replaced = report.scan.replaced_letters;
    if replaced > 0 {
        let letters = counted(replaced, "letter");
        console.warn(format_args!(
            "{letters} of the saved answers are no valid text and became U+FFFD; save the answers as UTF-8"
        ));
    }
}

/// Returns the incomplete lists, a sentence each.
pub(crate) fn doubts(report: &RunReport) -> impl Iterator<Item = &String> {
    let doubts = [
        report.reasons.as_ref().map(|reasons| &reasons.doubts),
        report.lid_links.as_ref().map(|links| &links.doubts),
    ];
    doubts.into_iter().flatten().flatten()
}

/// Prints on how many contacts the API's two fields for the address book differ.
fn print_phonebook(report: &RunReport, console: Console) {
    let differs = report.contacts.phonebook_differs;
    if differs > 0 {
        console.info(format_args!(
            "the fields `phonebook` and `saved` differ for {}; --standing-by chooses the one that decides",
            counted(differs, "contact")
        ));
    }
}

/// Prints how many contacts the filters left out.
fn print_left_out(report: &RunReport, console: Console) {
    let left_out = report.left_out.iter().filter(|filter| filter.contacts > 0);
    let left_out: Vec<_> = left_out
        .map(|filter| format!("{} by --{}", grouped(filter.contacts), filter.filter))
        .collect();
    if !left_out.is_empty() {
        console.info(format_args!("left out: {}", left_out.join(", ")));
    }
}

/// Prints reasons, LIDs, changes and name warnings.
fn print_findings(report: &RunReport, console: Console) {
    if let Some(reasons) = &report.reasons {
        console.info(reasons_line(&reasons.selected));
    }
    if let Some(links) = &report.lid_links {
        console.info(links_line(links));
    }
    if let Some(changes) = &report.changes {
        console.info(changes_line(changes, report.scan.complete));
    }
    if report.unmarked_equal_names > 0 {
        let names = counted(report.unmarked_equal_names, "pushname");
        console.warn(format_args!(
            "{names} of contacts that are not saved equal the name of a saved contact that is much later in the list; they are not marked"
        ));
    }
}

/// `why they are visible: 472 in the address book, 210 private chat, …`, with the words of `stats`.
fn reasons_line(reasons: &ReasonTally) -> String {
    let kinds = ReasonKind::ALL.iter().copied();
    let counts = kinds.map(|kind| (reasons.primary(kind), reason_name(kind)));
    let parts: Vec<_> = counts
        .chain([(reasons.unknown, "not known")])
        .filter(|(count, name)| *count > 0 || *name == reason_name(ReasonKind::Unexplained))
        .map(|(count, name)| format!("{} {name}", grouped(count)))
        .collect();
    format!("why they are visible: {}", parts.join(", "))
}

/// The name of a reason, as `stats` has it.
fn reason_name(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "account itself",
        ReasonKind::AddressBook => "in the address book",
        ReasonKind::PrivateChat => "private chat",
        ReasonKind::Group => "in a group",
        ReasonKind::Blocked => "blocked",
        kind => kind.as_str(),
    }
}

/// Contacts with both ids, counted as `stats` does.
fn links_line(links: &LidLinkCounts) -> String {
    let listed_twice = links.listed_twice - links.merged;
    let both = links.linked + links.numbers_found + listed_twice;
    let twice = match listed_twice {
        0 => String::new(),
        twice => format!(
            "; {} {} listed twice",
            grouped(twice),
            plural(twice, "person is", "people are")
        ),
    };
    let found = match links.numbers_found {
        0 => String::new(),
        found => format!("; the number behind {} found", counted(found, "LID")),
    };
    format!(
        "phone number and LID of {} known{twice}{found}",
        counted(both, "contact")
    )
}

fn changes_line(changes: &ChangeCounts, complete: bool) -> String {
    let gone = if complete {
        format!("{} gone", grouped(changes.count(Change::Gone)))
    } else {
        format!("{} not seen, which may be gone", grouped(changes.not_seen))
    };
    format!(
        "changes: {} added, {} saved, {} removed from the address book, {} renamed, {}, {} unchanged, {gone}",
        grouped(changes.count(Change::Added)),
        grouped(changes.count(Change::Saved)),
        grouped(changes.count(Change::RemovedFromAddressBook)),
        grouped(changes.count(Change::Renamed)),
        counted(changes.count(Change::NameMissing), "missing name"),
        grouped(changes.count(Change::Unchanged)),
    )
}

fn contacts_lines(report: &RunReport, is_for_people: bool) -> String {
    let counts = &report.contacts;
    let standings = [
        (counts.saved, "saved"),
        (counts.discovered, "discovered"),
        (counts.unknown, "unknown"),
    ];
    let standings = standings.map(|(count, name)| format!("{} {name}", grouped(count)));
    let total = counted(counts.total, "contact");
    let mut lines = vec![format!("{total}: {}", standings.join(", "))];
    let merged = report.lid_links.as_ref().map_or(0, |links| links.merged);
    let contacts = counts.total - merged;
    let total = counted(contacts, "contact");
    if merged > 0 {
        let were = plural(merged, "was", "were");
        let merged = counted(merged, "entry");
        lines.push(format!(
            "{total} after {merged} of people listed twice {were} merged"
        ));
    }
    if counts.selected != contacts {
        lines.push(format!("{} of {total} selected", grouped(counts.selected)));
    }
    let without_phone = counts.selected_without_phone;
    if is_for_people && without_phone > 0 {
        let have = if without_phone == 1 { "has" } else { "have" };
        lines.push(format!(
            "{} of them {have} no phone number",
            grouped(without_phone)
        ));
    }
    lines.join("\n")
}

fn scan_lines(report: &RunReport) -> String {
    let scan = &report.scan;
    let mut parts = Vec::new();
    if scan.pages > 0 {
        parts.push(counted(scan.pages, "page"));
    }
    if scan.requests > 0 {
        parts.push(counted(scan.requests, "request"));
    }
    if scan.retries > 0 {
        parts.push(counted(scan.retries, "retry"));
    }
    if scan.passes > 1 {
        let moved = if scan.moves > 0 {
            ", because the list changed"
        } else {
            ""
        };
        parts.push(format!("{} passes{moved}", scan.passes));
    }
    let verdict = if scan.complete {
        "complete"
    } else {
        "incomplete"
    };
    let colon = if parts.is_empty() { "" } else { ": " };
    let list = if report.channels.is_empty() {
        "list is"
    } else {
        "lists are"
    };
    let mut lines = vec![format!("the {list} {verdict}{colon}{}", parts.join(", "))];
    if scan.earlier_pass_only > 0 {
        let gone = counted(scan.earlier_pass_only, "contact");
        let what = if scan.complete {
            "disappeared while the list was read"
        } else {
            "only in an earlier reading of the list"
        };
        lines.push(format!("{gone} {what}; included as first seen"));
    }
    if scan.duplicates > 0 {
        let again = counted(scan.duplicates, "row");
        lines.push(format!(
            "{again} with a repeated id; each id is included once"
        ));
    }
    lines.join("\n")
}

fn export_lines(export: &ExportReport, outcome: Outcome) -> String {
    if export.partial {
        return partial_line(export, outcome);
    }
    if !export.committed {
        let destination = display_destination(&export.destination);
        return format!("{}: nothing written to {destination}", export.format);
    }
    let batches = &export.batches;
    let updated = if batches.updated > 0 {
        format!(", {} updated", grouped(batches.updated))
    } else {
        String::new()
    };
    let note = match outcome {
        Outcome::Failed | Outcome::Cancelled(_) => ", before the run ended",
        _ => "",
    };
    let mut lines = vec![match export.changes {
        Some(changes) => format!(
            "{}: {} in {}{note}",
            export.format,
            result_changes(changes),
            places(export)
        ),
        None => format!(
            "{}: {} written{updated} to {}{note}",
            export.format,
            counted(batches.written, "contact"),
            places(export)
        ),
    }];
    for ((code, reason), count) in reasons(&batches.skipped) {
        let skipped = counted(count, "contact");
        lines.push(format!(
            "{}: {skipped} skipped ({code}): {reason}",
            export.format
        ));
    }
    let notes = export.messages.iter();
    lines.extend(notes.map(|note| format!("{}: {note}", export.format)));
    lines.join("\n")
}

/// `3 contacts added, 2 changed, 1 removed, 1,311 unchanged`.
fn result_changes(changes: ResultChanges) -> String {
    if changes.is_unchanged() {
        return format!("no changes: {}", counted(changes.unchanged, "contact"));
    }
    format!(
        "{} added, {} changed, {} removed, {} unchanged",
        counted(changes.added, "contact"),
        grouped(changes.changed),
        grouped(changes.removed),
        grouped(changes.unchanged)
    )
}

/// Describes a partial result: the export failed, or the reader closed standard output.
fn partial_line(export: &ExportReport, outcome: Outcome) -> String {
    let format = &export.format;
    if !matches!(outcome, Outcome::Failed | Outcome::Cancelled(_)) {
        let destination = display_destination(&export.destination);
        return format!("{format}: only in part: {destination} was closed before the end");
    }
    if export.parts.is_empty() {
        let destination = display_destination(&export.destination);
        return format!("{format}: only in part: written to {destination} up to where it failed");
    }
    format!(
        "{format}: only in part: {} written to {}",
        counted(export.batches.written, "contact"),
        places(export)
    )
}

/// The files of a result: `contacts.vcf`, or `4 files: contacts-001.vcf … contacts-004.vcf`.
fn places(export: &ExportReport) -> String {
    let names: Vec<_> = export
        .parts
        .iter()
        .map(|part| part.destination.as_str())
        .collect();
    match &names[..] {
        [] => display_destination(&export.destination).to_owned(),
        [first, _, _, .., last] => {
            format!("{}: {first} … {last}", counted(names.len() as u64, "file"))
        }
        few => format!("{}: {}", counted(few.len() as u64, "file"), few.join(", ")),
    }
}

/// Counts skipped contacts by reason.
fn reasons(skipped: &[Skipped]) -> BTreeMap<(&str, &str), u64> {
    let mut counts = BTreeMap::new();
    for skipped in skipped {
        *counts
            .entry((skipped.code, skipped.reason.as_str()))
            .or_default() += 1;
    }
    counts
}
