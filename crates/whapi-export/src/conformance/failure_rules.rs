//! Rules about runs that do not finish, and about what is visible when.

use std::pin::Pin;
use std::task::Poll;

use super::case::{Case, Failed, Run, Stop, Until, Verdict, require, start};
use super::people::{crowd, sample_contacts};
use super::subject::Subject;
use crate::{ErrorKind, RunEnd, RunInfo};

pub(super) fn nothing_visible_before_finish(subject: &Subject) -> Verdict {
    let contacts = crowd(400);
    for case in Case::both(subject)? {
        let ctx = case.ctx();
        let mut exporter = subject.wait(start(case.definition(), &ctx, Until::Begin, &[]))?;
        case.unchanged("after `begin`")?;
        for batch in contacts.chunks(50) {
            let written = subject.wait(exporter.write_batch(batch));
            let _ = written.map_err(Failed::at("write_batch"))?;
            case.unchanged("after `write_batch`")?;
        }
        let finished = subject.wait(async { exporter.finish(&RunEnd::complete()).await });
        let _ = finished.map_err(Failed::at("finish"))?;
        require!(
            case.unchanged("").is_err(),
            "expected the result after `finish`, found the destination as before"
        );
    }
    Ok(())
}

pub(super) fn begin_finds_an_unwritable_destination(subject: &Subject) -> Verdict {
    let case = Case::fresh(subject);
    let Some(ctx) = case.destination.unwritable() else {
        return Ok(());
    };
    let ctx = subject.complete(ctx);
    let started = subject.wait(async {
        let started = start(case.definition(), &ctx, Until::Begin, &[]).await;
        started.map(drop)
    });
    let Err(failed) = started else {
        return Err("expected `begin` to fail, found that it succeeds".to_owned());
    };
    blames_the_destination(&failed)
}

fn blames_the_destination(failed: &Failed) -> Verdict {
    let kind = failed.error.kind();
    require!(
        matches!(
            kind,
            ErrorKind::Destination | ErrorKind::Auth | ErrorKind::RateLimited
        ),
        "expected an error of kind `destination`, found kind `{}`: {failed}",
        kind.as_str()
    );
    Ok(())
}

pub(super) fn abort_leaves_the_previous_result(subject: &Subject) -> Verdict {
    let contacts = crowd(60);
    let batches: Vec<_> = contacts.chunks(20).collect();
    for until in [Until::Begin, Until::Batch] {
        for case in Case::both(subject)? {
            case.interrupt(until, Stop::Abort, &batches)?;
            case.unchanged(&format!("after {} and `abort`", name_of(until)))?;
        }
    }
    Ok(())
}

pub(super) fn drop_leaves_the_previous_result(subject: &Subject) -> Verdict {
    let contacts = crowd(60);
    let batches: Vec<_> = contacts.chunks(20).collect();
    for until in [Until::Open, Until::Begin, Until::Batch] {
        for case in Case::both(subject)? {
            case.interrupt(until, Stop::Drop, &batches)?;
            case.unchanged(&format!("after {} and a drop", name_of(until)))?;
        }
    }
    Ok(())
}

fn name_of(until: Until) -> &'static str {
    match until {
        Until::Open => "`open`",
        Until::Begin => "`begin`",
        Until::Batch => "`write_batch`",
    }
}

/// How often a future is polled at most before it is dropped.
const POLLS: usize = 3;

pub(super) fn cancelling_leaves_the_previous_result(subject: &Subject) -> Verdict {
    for until in [Until::Begin, Until::Batch] {
        for polls in 0..=POLLS {
            for stop in [Stop::Abort, Stop::Drop] {
                for case in Case::both(subject)? {
                    subject.wait(cancel(&case, until, polls, stop))?;
                    case.unchanged(&format!("after {} was cancelled", name_of(until)))?;
                }
            }
        }
    }
    Ok(())
}

/// Drops the future of the call that `until` names, and stops.
async fn cancel(case: &Case<'_>, until: Until, polls: usize, stop: Stop) -> Result<(), Failed> {
    let contacts = crowd(20);
    let is_batch = until == Until::Batch;
    let before = if is_batch { Until::Begin } else { Until::Open };
    let mut exporter = start(case.definition(), &case.ctx(), before, &[]).await?;
    if is_batch {
        poll(exporter.write_batch(&contacts), polls).await;
    } else {
        poll(exporter.begin(&RunInfo::new()), polls).await;
    }
    stop.end(exporter).await
}

/// Polls a future so many times, and drops it.
async fn poll<T>(mut future: Pin<Box<dyn Future<Output = T> + Send + '_>>, times: usize) {
    for _ in 0..times {
        let ready = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready()));
        if ready.await {
            return;
        }
    }
}

pub(super) fn failure_midway_leaves_the_previous_result(subject: &Subject) -> Verdict {
    for_each_failure(subject, |case, when, failed| {
        let Some(failed) = failed else {
            return Err(format!(
                "{when}: expected an error, found none; does it write through `OpenContext::output`?"
            ));
        };
        blames_the_destination(&failed).map_err(|found| format!("{when}: {found}"))?;
        case.unchanged(when)
    })
}

/// Runs once for each way in which the destination can fail, with and without a previous result.
fn for_each_failure(
    subject: &Subject,
    check: impl Fn(&Case<'_>, &str, Option<Failed>) -> Verdict,
) -> Verdict {
    let contacts = crowd(60);
    let run = Run::of(contacts.chunks(20));
    let complete = Case::fresh(subject).run(&run)?.contents.unwrap_or_default();
    for nth in 0.. {
        for stop in [Stop::Abort, Stop::Drop] {
            for case in Case::both(subject)? {
                let Some(ctx) = case.destination.failing(nth, &complete) else {
                    return Ok(());
                };
                let when = format!("with a destination that fails, way {nth}, then {stop:?}");
                let tried = case.try_run(&subject.complete(ctx), &run, stop);
                let failed = tried.map_err(|found| format!("{when}: {found}"))?.err();
                check(&case, &when, failed)?;
            }
        }
    }
    Ok(())
}

pub(super) fn no_leftovers(subject: &Subject) -> Verdict {
    let contacts = sample_contacts();
    for case in Case::both(subject)? {
        case.no_leftovers("before the run")?;
        let _ = case.run(&Run::of([contacts.as_slice()]))?;
        case.no_leftovers("after `finish`")?;
    }
    for stop in [Stop::Abort, Stop::Drop] {
        for until in [Until::Open, Until::Begin, Until::Batch] {
            if (stop, until) == (Stop::Abort, Until::Open) {
                continue;
            }
            let case = Case::fresh(subject);
            case.interrupt(until, stop, &[&contacts])?;
            case.no_leftovers(&format!("after {} and {stop:?}", name_of(until)))?;
        }
    }
    for_each_failure(subject, |case, when, _| case.no_leftovers(when))
}
