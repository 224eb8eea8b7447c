//! Rules about what a finished run leaves.

use sha2::{Digest, Sha256};

use super::case::{Case, Done, Run, Stop, Verdict, is_kebab_case, require, same};
use super::known::channel_contacts;
use super::people::{crowd, nasty, nasty_contacts, sample_contacts};
use super::subject::Subject;
use crate::file::hex;
use crate::{Available, BatchReport, ClassifiedContact, ErrorKind, RunEnd, RunInfo, Skipped};

/// Contacts without surprises, enough for batches of many sizes.
fn plain_contacts() -> Vec<ClassifiedContact> {
    [sample_contacts(), crowd(240)].concat()
}

fn run_fresh(subject: &Subject, batches: &[&[ClassifiedContact]]) -> Result<Done, String> {
    Case::fresh(subject).run(&Run::of(batches.iter().copied()))
}

pub(super) fn empty_run(subject: &Subject) -> Verdict {
    let done = run_fresh(subject, &[])?;
    require!(
        done.contents.is_some() || subject.definition().capabilities().remote,
        "expected a result without contacts, found none"
    );
    Ok(())
}

pub(super) fn one_contact(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let done = run_fresh(subject, &[&contacts[..1]])?;
    let total = done.total();
    require!(
        total.written + total.updated == 1 && total.skipped.is_empty(),
        "expected a report of one contact written, found {total:?}"
    );
    let empty = run_fresh(subject, &[])?;
    require!(
        done.contents.is_some() && done.contents != empty.contents,
        "expected another result than that of an empty run, found the same"
    );
    Ok(())
}

pub(super) fn empty_batch(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let (first, second) = contacts.split_at(1);
    let expected = run_fresh(subject, &[first, second])?;
    let found = run_fresh(subject, &[&[], first, &[], &[], second, &[]])?;
    for nth in [0, 2, 3, 5] {
        let report = &found.reports[nth];
        require!(
            *report == BatchReport::default(),
            "expected an empty report of an empty batch, found {report:?}"
        );
    }
    same(
        "with empty batches between",
        expected.contents.as_deref(),
        found.contents.as_deref(),
    )?;
    let expected = run_fresh(subject, &[])?;
    let found = run_fresh(subject, &[&[]])?;
    same(
        "with nothing but an empty batch",
        expected.contents.as_deref(),
        found.contents.as_deref(),
    )
}

pub(super) fn batches_add_up(subject: &Subject) -> Verdict {
    let contacts = plain_contacts();
    let expected = run_fresh(subject, &[&contacts])?;
    for size in [1, 2, 7, 100, contacts.len() - 1] {
        let batches: Vec<_> = contacts.chunks(size).collect();
        let found = run_fresh(subject, &batches)?;
        let when = format!("in batches of {size} instead of {}", contacts.len());
        same(
            &when,
            expected.contents.as_deref(),
            found.contents.as_deref(),
        )?;
        let (expected, found) = (expected.total(), found.total());
        require!(
            expected == found,
            "{when}: expected the total {expected:?}, found {found:?}"
        );
    }
    Ok(())
}

pub(super) fn counts_add_up(subject: &Subject) -> Verdict {
    let contacts = plain_contacts();
    let (mut batches, mut rest) = (Vec::new(), contacts.as_slice());
    for size in [1, 2, 3, 50, 100, 1, 7] {
        let (batch, others) = rest.split_at(size);
        batches.push(batch);
        rest = others;
    }
    let done = run_fresh(subject, &batches)?;
    for (batch, report) in batches.iter().zip(&done.reports) {
        accounts_for(batch, report)?;
    }
    Ok(())
}

fn accounts_for(batch: &[ClassifiedContact], report: &BatchReport) -> Verdict {
    let (expected, found) = (batch.len() as u64, report.contacts());
    require!(
        expected == found,
        "expected a report of {expected} contacts, found {found} in {report:?}"
    );
    Ok(())
}

pub(super) fn wrong_estimate_changes_nothing(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let expected = run_fresh(subject, &[&contacts])?;
    for estimate in [0, 1, contacts.len() as u64, 1_000_000, u64::MAX] {
        let run = Run {
            info: RunInfo::new().with_expected_contacts(estimate),
            ..Run::of([contacts.as_slice()])
        };
        let when = format!(
            "with {estimate} contacts expected and {} given",
            contacts.len()
        );
        let found = Case::fresh(subject).run(&run);
        let found = found.map_err(|found| format!("{when}: {found}"))?;
        same(
            &when,
            expected.contents.as_deref(),
            found.contents.as_deref(),
        )?;
    }
    Ok(())
}

pub(super) fn same_input_same_output(subject: &Subject) -> Verdict {
    let contacts = plain_contacts();
    let batches: Vec<_> = contacts.chunks(100).collect();
    let expected = run_fresh(subject, &batches)?;
    let found = run_fresh(subject, &batches)?;
    same(
        "in a second run of the same contacts",
        expected.contents.as_deref(),
        found.contents.as_deref(),
    )
}

pub(super) fn replaces_and_never_doubles(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let case = Case::fresh(subject);
    let first = case.run(&Run::of([contacts.as_slice()]))?;
    let second = case.run(&Run::of([contacts.as_slice()]))?;
    same(
        "after a second run to the same destination",
        first.contents.as_deref(),
        second.contents.as_deref(),
    )?;
    if subject.definition().capabilities().remote {
        return Ok(());
    }
    let expected = run_fresh(subject, &[&contacts[..1]])?;
    let found = case.run(&Run::of([&contacts[..1]]))?;
    same(
        "after a smaller run to the same destination",
        expected.contents.as_deref(),
        found.contents.as_deref(),
    )
}

pub(super) fn incomplete_scan_is_still_written(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let run_incomplete = |batches: &[&[ClassifiedContact]]| {
        let reasons = vec![
            "The list kept moving.".to_owned(),
            "Page 3 was cut short.".to_owned(),
        ];
        Case::fresh(subject).run(&Run {
            end: RunEnd::incomplete(reasons),
            ..Run::of(batches.iter().copied())
        })
    };
    let empty = run_incomplete(&[])?;
    let done = run_incomplete(&[&contacts])?;
    require!(
        done.contents.is_some() && done.contents != empty.contents,
        "expected the contacts of an incomplete scan in the result, found them missing"
    );
    Ok(())
}

pub(super) fn summary_names_the_destination(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let case = Case::fresh(subject);
    let found = case.run(&Run::of([contacts.as_slice()]))?;
    let found = found.summary.destination;
    let expected = case.destination.name().unwrap_or_default();
    require!(
        !found.trim().is_empty() && found.contains(&expected),
        "expected `{expected}` as the summary's destination, found `{found}`"
    );
    Ok(())
}

pub(super) fn checksum_is_of_the_result(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    let done = run_fresh(subject, &[&contacts])?;
    let Some(found) = done.summary.sha256 else {
        return Ok(());
    };
    let expected = hex(&Sha256::digest(done.contents.unwrap_or_default()));
    require!(
        expected == found,
        "expected the checksum {expected}, found {found}"
    );
    Ok(())
}

pub(super) fn hostile_text_is_carried(subject: &Subject) -> Verdict {
    for (what, contact) in nasty() {
        let batch = std::slice::from_ref(&contact);
        run_fresh(subject, &[batch])
            .and_then(|done| accounts_for(batch, &done.reports[0]))
            .map_err(|found| format!("the contact with {what}: {found}"))?;
    }
    let contacts = nasty_contacts();
    let together = run_fresh(subject, &[&contacts]);
    let together = together.map_err(|found| format!("all nasty contacts together: {found}"))?;
    accounts_for(&contacts, &together.reports[0])
}

pub(super) fn channels_are_carried_or_refused(subject: &Subject) -> Verdict {
    let contacts = channel_contacts();
    let available = Available {
        channels: true,
        ..Available::default()
    };
    let case = Case::fresh(subject);
    let run = Run {
        info: RunInfo::new().with_available(available),
        ..Run::of([contacts.as_slice()])
    };
    match case.try_run(&case.ctx(), &run, Stop::Abort)? {
        Ok((reports, _)) => accounts_for(&contacts, &reports[0]),
        Err(failed) => {
            require!(
                failed.step == "begin" && failed.error.kind() == ErrorKind::Unsupported,
                "expected every contact written or skipped, or an error of `begin` of the kind \
                 `Unsupported`, found: {failed}"
            );
            case.unchanged("after a run over several channels was refused")
        }
    }
}

pub(super) fn skips_are_explained(subject: &Subject) -> Verdict {
    for contact in [sample_contacts(), nasty_contacts()].concat() {
        // That every contact is accepted is another rule.
        let Ok(done) = run_fresh(subject, &[std::slice::from_ref(&contact)]) else {
            continue;
        };
        for skipped in &done.total().skipped {
            is_explained(&contact, skipped)?;
        }
    }
    Ok(())
}

/// Shorter private texts may be in a sentence by chance.
const PRIVATE_LENGTH: usize = 6;

fn is_explained(contact: &ClassifiedContact, skipped: &Skipped) -> Verdict {
    require!(
        skipped.id == *contact.id(),
        "expected a skipped contact of the batch, found another one, with code `{}`",
        skipped.code
    );
    require!(
        is_kebab_case(skipped.code),
        "expected a code in kebab-case, found `{}`",
        skipped.code
    );
    let reason = skipped.reason.as_str();
    require!(
        !reason.trim().is_empty() && !reason.contains(char::is_control),
        "expected a reason on one line, found `{}`",
        reason.escape_debug()
    );
    let contact = contact.contact();
    let texts = [
        Some(contact.id().identity()),
        contact.name(),
        contact.pushname(),
    ];
    let mut private = texts.into_iter().flatten().map(str::trim);
    require!(
        !private.any(|text| text.len() >= PRIVATE_LENGTH && reason.contains(text)),
        "expected a reason without private data, found `{reason}`"
    );
    Ok(())
}
