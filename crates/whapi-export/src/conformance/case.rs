//! One exporter and one destination, and what the rules do with them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use whapi_text::with_causes;

use super::destination::Destination;
use super::panic_text;
use super::people::sample_contacts;
use super::subject::Subject;
use crate::{
    BatchReport, ClassifiedContact, Definition, Error, Exporter, OpenContext, RunEnd, RunInfo,
    Summary,
};

/// What a rule found: nothing, or what was expected and found instead.
pub(super) type Verdict = Result<(), String>;

/// Fails a rule unless a condition holds.
macro_rules! require {
    ($condition:expr, $($found:tt)+) => {
        if !$condition {
            return Err(format!($($found)+));
        }
    };
}
pub(super) use require;

/// An exporter with a destination of its own.
pub(super) struct Case<'a> {
    pub(super) subject: &'a Subject,
    pub(super) destination: Box<dyn Destination>,
    before: Option<Vec<u8>>,
    left_before: Vec<String>,
}

/// How far an exporter gets before it is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Open,
    Begin,
    Batch,
}

/// How an exporter is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Abort,
    Drop,
}

/// What an exporter is given from `begin` to `finish`.
pub(super) struct Run<'a> {
    pub(super) batches: Vec<&'a [ClassifiedContact]>,
    pub(super) info: RunInfo,
    pub(super) end: RunEnd,
}

/// What a finished run left.
pub(super) struct Done {
    pub(super) reports: Vec<BatchReport>,
    pub(super) summary: Summary,
    pub(super) contents: Option<Vec<u8>>,
}

impl Done {
    pub(super) fn total(&self) -> BatchReport {
        let mut total = BatchReport::default();
        for report in &self.reports {
            total += report.clone();
        }
        total
    }
}

/// An error and the call that returned it.
pub(super) struct Failed {
    pub(super) step: &'static str,
    pub(super) error: Error,
}

impl Failed {
    pub(super) fn at(step: &'static str) -> impl FnOnce(Error) -> Self {
        move |error| Self { step, error }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed: {}", self.step, with_causes(&self.error))
    }
}

impl From<Failed> for String {
    fn from(failed: Failed) -> Self {
        failed.to_string()
    }
}

impl<'a> Run<'a> {
    pub(super) fn of(batches: impl IntoIterator<Item = &'a [ClassifiedContact]>) -> Self {
        Self {
            batches: batches.into_iter().collect(),
            info: RunInfo::new(),
            end: RunEnd::complete(),
        }
    }
}

impl<'a> Case<'a> {
    /// A destination where nothing was ever written.
    pub(super) fn fresh(subject: &'a Subject) -> Self {
        let destination = subject.make_destination();
        Self {
            subject,
            before: destination.contents(),
            left_before: destination.leftovers(),
            destination,
        }
    }

    /// A destination with the result of an earlier run.
    pub(super) fn with_previous(subject: &'a Subject) -> Result<Self, String> {
        let mut case = Self::fresh(subject);
        let done = case
            .run(&Run::of([&sample_contacts()[..2]]))
            .map_err(|found| format!("an earlier run: {found}"))?;
        case.before = done.contents;
        case.left_before = case.destination.leftovers();
        Ok(case)
    }

    /// Both of them: rules about what stays as it was hold for nothing as for something.
    pub(super) fn both(subject: &'a Subject) -> Result<[Self; 2], String> {
        Ok([Self::fresh(subject), Self::with_previous(subject)?])
    }

    pub(super) fn definition(&self) -> &'a Definition {
        self.subject.definition()
    }

    pub(super) fn ctx(&self) -> OpenContext {
        self.subject.complete(self.destination.context())
    }

    /// A whole run.
    pub(super) fn run(&self, run: &Run<'_>) -> Result<Done, String> {
        self.run_in(&self.ctx(), run)
    }

    pub(super) fn run_in(&self, ctx: &OpenContext, run: &Run<'_>) -> Result<Done, String> {
        let (reports, summary) = self.try_run(ctx, run, Stop::Abort)??;
        Ok(Done {
            reports,
            summary,
            contents: self.destination.contents(),
        })
    }

    /// A whole run that may fail; the outer error is a panic.
    pub(super) fn try_run(
        &self,
        ctx: &OpenContext,
        run: &Run<'_>,
        after_error: Stop,
    ) -> Result<Result<(Vec<BatchReport>, Summary), Failed>, String> {
        let whole = drive(self.definition(), ctx, run, after_error);
        catch_unwind(AssertUnwindSafe(|| self.subject.wait(whole)))
            .map_err(|panic| format!("it panicked: {}", panic_text(&*panic)))
    }

    /// A run that is stopped half-way.
    pub(super) fn interrupt(
        &self,
        until: Until,
        stop: Stop,
        batches: &[&[ClassifiedContact]],
    ) -> Verdict {
        self.subject.wait(async {
            let exporter = start(self.definition(), &self.ctx(), until, batches).await?;
            stop.end(exporter).await?;
            Ok(())
        })
    }

    /// Whether the destination is as it was when this case began.
    pub(super) fn unchanged(&self, when: &str) -> Verdict {
        same(
            when,
            self.before.as_deref(),
            self.destination.contents().as_deref(),
        )
    }

    /// Whether beside the result there is what was there when this case began.
    pub(super) fn nothing_beside(&self, when: &str) -> Verdict {
        let (expected, found) = (&self.left_before, self.destination.leftovers());
        require!(
            *expected == found,
            "{when}: expected {expected:?} beside the result, found {found:?}"
        );
        Ok(())
    }

    pub(super) fn no_leftovers(&self, when: &str) -> Verdict {
        let found = self.destination.leftovers();
        require!(
            found.is_empty(),
            "{when}: expected nothing beside the result, found {found:?}"
        );
        Ok(())
    }
}

impl Stop {
    pub(super) async fn end(self, exporter: Box<dyn Exporter>) -> Result<(), Failed> {
        match self {
            Self::Abort => exporter.abort().await.map_err(Failed::at("abort")),
            Self::Drop => {
                drop(exporter);
                Ok(())
            }
        }
    }
}

pub(super) async fn start(
    definition: &Definition,
    ctx: &OpenContext,
    until: Until,
    batches: &[&[ClassifiedContact]],
) -> Result<Box<dyn Exporter>, Failed> {
    let mut exporter = definition.open(ctx).map_err(Failed::at("open"))?;
    if until == Until::Open {
        return Ok(exporter);
    }
    let begun = exporter.begin(&RunInfo::new()).await;
    begun.map_err(Failed::at("begin"))?;
    if until == Until::Batch {
        for batch in batches {
            let written = exporter.write_batch(batch).await;
            let _ = written.map_err(Failed::at("write_batch"))?;
        }
    }
    Ok(exporter)
}

async fn drive(
    definition: &Definition,
    ctx: &OpenContext,
    run: &Run<'_>,
    after_error: Stop,
) -> Result<(Vec<BatchReport>, Summary), Failed> {
    let mut exporter = definition.open(ctx).map_err(Failed::at("open"))?;
    let begun = exporter.begin(&run.info).await;
    begun.map_err(Failed::at("begin"))?;
    let mut reports = Vec::with_capacity(run.batches.len());
    for batch in &run.batches {
        match exporter.write_batch(batch).await {
            Ok(report) => reports.push(report),
            Err(error) => {
                // What failed may fail to be cleaned up too; the first error is the one to tell.
                let _ = after_error.end(exporter).await;
                return Err(Failed::at("write_batch")(error));
            }
        }
    }
    let summary = exporter.finish(&run.end).await;
    Ok((reports, summary.map_err(Failed::at("finish"))?))
}

/// Whether two results are equal, byte for byte.
pub(super) fn same(when: &str, expected: Option<&[u8]>, found: Option<&[u8]>) -> Verdict {
    if expected == found {
        return Ok(());
    }
    let (Some(expected), Some(found)) = (expected, found) else {
        return Err(format!(
            "{when}: expected {}, found {}",
            size(expected),
            size(found)
        ));
    };
    let pairs = expected.iter().zip(found);
    let at = pairs
        .take_while(|(expected, found)| expected == found)
        .count();
    Err(format!(
        "{when}: expected {}, found {}; they differ from byte {at}: expected `{}`, found `{}`",
        size(Some(expected)),
        size(Some(found)),
        excerpt(expected, at),
        excerpt(found, at)
    ))
}

fn size(contents: Option<&[u8]>) -> String {
    contents.map_or("no result".to_owned(), |bytes| {
        format!("a result of {} bytes", bytes.len())
    })
}

fn excerpt(bytes: &[u8], at: usize) -> String {
    const LENGTH: usize = 40;
    let end = bytes.len().min(at + LENGTH);
    String::from_utf8_lossy(&bytes[at..end])
        .escape_debug()
        .to_string()
}

/// Whether a text is lower-case words of letters and digits, joined by hyphens.
pub(super) fn is_kebab_case(text: &str) -> bool {
    is_words(text, '-')
}

/// Whether a text is lower-case words of letters and digits, joined by underscores.
pub(super) fn is_snake_case(text: &str) -> bool {
    is_words(text, '_')
}

fn is_words(text: &str, joint: char) -> bool {
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split(joint).all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_from_where_it_begins() {
        assert_eq!(same("x", Some(b"a"), Some(b"a")), Ok(()));
        assert_eq!(
            same("after abort", None, Some(b"ab")).unwrap_err(),
            "after abort: expected no result, found a result of 2 bytes"
        );
        assert_eq!(
            same("after abort", Some(b"abc"), Some(b"ab\n")).unwrap_err(),
            "after abort: expected a result of 3 bytes, found a result of 3 bytes; \
             they differ from byte 2: expected `c`, found `\\n`"
        );
    }

    #[test]
    fn words_in_lower_case() {
        for good in ["csv", "google-sheets", "a1-2"] {
            assert!(is_kebab_case(good), "{good}");
        }
        for bad in ["", "-", "a-", "a--b", "A", "a_b", "1a", "a b", "é"] {
            assert!(!is_kebab_case(bad), "{bad}");
        }
        assert!(is_snake_case("formula_guard") && !is_snake_case("formula-guard"));
    }
}
