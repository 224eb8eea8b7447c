//! A correct exporter to a file, and the ways in which it can be broken.

use std::collections::BTreeSet;
use std::fs;
use std::future::poll_fn;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use serde::Deserialize;
use whapi_export::conformance::Subject;
use whapi_export::whapi_model::{ContactId, IdKind};
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Definition, Encoded, Encoder, Error, ErrorKind,
    Exporter, OpenContext, OptionSpec, Output, OutputTarget, Result, RunEnd, RunInfo, Skipped,
    Summary, Switch, async_trait,
};

/// One small deviation from the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quirk {
    NameInCapitals,
    SummaryIsASentence,
    OptionWithoutHelp,
    OptionTwice,
    SecretWithDefault,
    ExtensionWithDot,
    OptionThatNothingReads,
    OptionWithoutSample,
    FieldWithoutOption,
    DefaultIsAnother,
    TakesEveryOption,
    TakesEveryValue,
    ErrorNamesNoOption,
    FindsAnOutputItself,
    PanicsWithoutOutput,
    PromisesStandardOutput,
    SecretInAnError,
    SecretInACause,
    SecretInTheSummary,
    SecretInTheResult,
    LocksOnOpen,
    NothingForAnEmptyRun,
    FirstContactIsLost,
    BlankLineForAnEmptyBatch,
    LineBetweenBatches,
    AlteredOncePerBatch,
    SkippedCountedTwice,
    BelievesTheEstimate,
    WritesTheEstimate,
    CountsItsRuns,
    Appends,
    IncompleteIsEmpty,
    SummaryIsEmpty,
    SummaryIsVague,
    WrongChecksum,
    RefusesControlCharacters,
    CutsInsideACharacter,
    CountsAnIdOnce,
    RefusesChannelsLate,
    RefusesChannelsAsAnOption,
    SkipsInSilence,
    SkipsWithACodeOfWords,
    SkipsSomebodyElse,
    SkipsWithAReasonlessReason,
    SkipsWithTheNumber,
    ShowsItselfEarly,
    NeverShowsItself,
    BeginsBlindly,
    AbortCommits,
    AbortFails,
    DropCommits,
    VisibleWhileItWaits,
    SwallowsWriteErrors,
    PanicsOnWriteErrors,
    BlamesTheEncoding,
    FailureRemovesThePrevious,
    LeavesABackup,
    LeavesAPart,
    LeavesAPartAfterFailure,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    header: Header,
    separator: Option<String>,
    token: Option<String>,
    /// Only listed by [`Quirk::TakesEveryOption`].
    #[serde(rename = "no_such_option")]
    any: Option<String>,
}

/// [`Switch`], except that it is on by default and keeps what it was given.
#[derive(Debug, Deserialize)]
struct Header(String);

impl Default for Header {
    fn default() -> Self {
        Self("on".to_owned())
    }
}

/// A secret that the exporter takes; it refuses all others.
pub(crate) const TOKEN: &str = "open-sesame";

pub(crate) fn subject(quirk: Option<Quirk>) -> Subject {
    if quirk == Some(Quirk::FieldWithoutOption) {
        return encoded(None);
    }
    let subject = Subject::new(definition(quirk)).secret_sample("token", TOKEN);
    if quirk == Some(Quirk::OptionThatNothingReads) {
        subject.sample("separator", ";").sample("colour", "red")
    } else if quirk == Some(Quirk::OptionWithoutSample) {
        subject
    } else {
        subject.sample("separator", ";")
    }
}

/// A file format by its encoder: one id a line.
pub(crate) fn encoded(header: Option<OptionSpec>) -> Subject {
    let make = |config: EncoderConfig| Ok(Ids(config));
    let mut definition = Definition::file("ids", "one id a line", make).extension("txt");
    if let Some(header) = header {
        definition = definition.option(header);
    }
    Subject::new(definition).sample("split", "7")
}

/// What `header` is, for those who list it.
pub(crate) fn header_option() -> OptionSpec {
    OptionSpec::new("header", "on|off", "a first line with the column's name").default_value("off")
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EncoderConfig {
    header: Switch,
}

struct Ids(EncoderConfig);

impl Encoder for Ids {
    fn header(&mut self, _run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        if self.0.header.is_on() {
            out.extend_from_slice(b"id\n");
        }
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        out.extend_from_slice(format!("{}\n", contact.id()).as_bytes());
        Ok(Encoded::written())
    }
}

pub(crate) fn definition(quirk: Option<Quirk>) -> Definition {
    let is = |one: Quirk| quirk == Some(one);
    let name = if is(Quirk::NameInCapitals) {
        "Lines"
    } else {
        "lines"
    };
    let summary = if is(Quirk::SummaryIsASentence) {
        "One line a contact."
    } else {
        "one line a contact"
    };
    let extension = if is(Quirk::ExtensionWithDot) {
        ".txt"
    } else {
        "txt"
    };
    let default = if is(Quirk::DefaultIsAnother) {
        "off"
    } else {
        "on"
    };
    let help = if is(Quirk::OptionWithoutHelp) {
        ""
    } else {
        "what stands between columns"
    };
    let mut token = OptionSpec::new("token", "TEXT", "a word that opens the file").secret();
    if is(Quirk::SecretWithDefault) {
        token = token.default_value(TOKEN);
    }
    let header = OptionSpec::new("header", "on|off", "a first line with the columns' names")
        .default_value(default);
    let mut definition = Definition::new(name, summary, move |ctx| open(ctx, quirk))
        .extension(extension)
        .option(header.clone())
        .option(OptionSpec::new("separator", "TEXT", help))
        .option(token);
    if is(Quirk::OptionTwice) {
        definition = definition.option(header);
    }
    if is(Quirk::OptionThatNothingReads) {
        definition = definition.option(OptionSpec::new("colour", "NAME", "a colour"));
    }
    if is(Quirk::TakesEveryOption) {
        let any = OptionSpec::new("no_such_option", "TEXT", "anything").default_value("1");
        definition = definition.option(any);
    }
    let mut capabilities = Capabilities::default();
    capabilities.stdout = is(Quirk::PromisesStandardOutput);
    definition.with_capabilities(capabilities)
}

fn open(ctx: &OpenContext, quirk: Option<Quirk>) -> Result<Box<dyn Exporter>> {
    let is = |one: Quirk| quirk == Some(one);
    let mut config: Config = ctx.options()?;
    let header = match config.header.0.as_str() {
        "on" => Switch::On,
        "off" => Switch::Off,
        _ if is(Quirk::TakesEveryValue) => Switch::Off,
        _ if is(Quirk::ErrorNamesNoOption) => {
            return Err(Error::new(ErrorKind::Config, "that is neither on nor off"));
        }
        _ => {
            return Err(Error::new(
                ErrorKind::Config,
                "`header` is neither on nor off",
            ));
        }
    };
    if let Some(token) = config.token.as_ref().filter(|token| *token != TOKEN) {
        let error = if is(Quirk::SecretInAnError) {
            Error::new(
                ErrorKind::Auth,
                format!("the token `{token}` opens nothing"),
            )
        } else {
            Error::new(ErrorKind::Auth, "the token opens nothing")
        };
        return Err(if is(Quirk::SecretInACause) {
            error.with_source(format!("refused: {token}"))
        } else {
            error
        });
    }
    assert!(
        ctx.target().is_some() || !is(Quirk::PanicsWithoutOutput),
        "there is always an output"
    );
    let finds_one = ctx.target().is_none() && is(Quirk::FindsAnOutputItself);
    let own_folder = finds_one.then(tempfile::tempdir).transpose()?;
    let output = match &own_folder {
        Some(folder) => Output::new(OutputTarget::Path(folder.path().join("lines.txt"))),
        None => ctx.output()?,
    };
    let path = match output.target() {
        OutputTarget::Path(path) => path.clone(),
        _ if is(Quirk::PromisesStandardOutput) => {
            return Err(Error::new(ErrorKind::Unsupported, "only files, after all"));
        }
        _ => PathBuf::new(),
    };
    let lock = path.with_extension("lock");
    let locked = is(Quirk::LocksOnOpen) && fs::write(&lock, "").is_ok();
    Ok(Box::new(Lines {
        quirk,
        separator: config.separator.take().unwrap_or_else(|| "\t".to_owned()),
        token: config.token,
        header,
        path,
        output: Some(output),
        lock: locked.then(|| Restore {
            path: lock,
            old: None,
        }),
        peek: None,
        _own_folder: own_folder,
        batches: 0,
        contacts: 0,
        ids: BTreeSet::new(),
        failed: false,
    }))
}

struct Lines {
    quirk: Option<Quirk>,
    separator: String,
    token: Option<String>,
    header: Switch,
    path: PathBuf,
    /// `None` when it is committed.
    output: Option<Output>,
    lock: Option<Restore>,
    peek: Option<Restore>,
    /// Removed with what is in it.
    _own_folder: Option<tempfile::TempDir>,
    /// Batches with contacts.
    batches: u64,
    contacts: u64,
    /// Ids that were written, for [`Quirk::CountsAnIdOnce`].
    ids: BTreeSet<String>,
    failed: bool,
}

/// Puts a file back as it was.
struct Restore {
    path: PathBuf,
    old: Option<Vec<u8>>,
}

impl Restore {
    fn after_writing(path: &Path, contents: &str) -> Option<Self> {
        let old = fs::read(path).ok();
        fs::write(path, contents).ok()?;
        Some(Self {
            path: path.to_owned(),
            old,
        })
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        let restored = match &self.old {
            Some(old) => fs::write(&self.path, old),
            None => fs::remove_file(&self.path),
        };
        restored.expect("a file of ours can be put back");
    }
}

static RUNS: AtomicU64 = AtomicU64::new(0);

impl Lines {
    fn is(&self, quirk: Quirk) -> bool {
        self.quirk == Some(quirk)
    }

    fn output(&mut self) -> &mut Output {
        self.output.as_mut().expect("it is committed once")
    }

    fn line(&mut self, text: &str) -> Result<()> {
        let written = writeln!(self.output(), "{text}");
        let Err(error) = written else {
            return Ok(());
        };
        self.failed = true;
        match self.quirk {
            Some(Quirk::SwallowsWriteErrors) => Ok(()),
            Some(Quirk::PanicsOnWriteErrors) => panic!("a disk is never full"),
            Some(Quirk::BlamesTheEncoding) => {
                Err(Error::new(ErrorKind::Encode, "could not encode a line").with_source(error))
            }
            Some(Quirk::FailureRemovesThePrevious) => {
                let _ = fs::remove_file(&self.path);
                Err(error.into())
            }
            Some(Quirk::LeavesAPartAfterFailure) => {
                let _ = fs::write(self.path.with_extension("part"), "");
                Err(error.into())
            }
            _ => Err(error.into()),
        }
    }

    fn contact(&mut self, contact: &ClassifiedContact) -> Result<()> {
        self.contacts += 1;
        if self.is(Quirk::FirstContactIsLost) && self.contacts == 1 {
            return Ok(());
        }
        let id = contact.id().as_str().escape_debug();
        let name = contact.display_name();
        if self.is(Quirk::RefusesControlCharacters) && name.text().contains(char::is_control) {
            return Err(Error::new(
                ErrorKind::Encode,
                "a name has a control character",
            ));
        }
        if self.is(Quirk::CutsInsideACharacter) && name.text().len() > 75 {
            let _ = &name.text()[..75];
        }
        let line = format!("{id}{}{}", self.separator, name.text().escape_debug());
        self.line(&line)
    }

    fn skip(&self, contact: &ClassifiedContact) -> Skipped {
        let code = match self.quirk {
            Some(Quirk::SkipsInSilence) => "",
            Some(Quirk::SkipsWithACodeOfWords) => "Not a person",
            _ => "not-a-person",
        };
        let reason = match self.quirk {
            Some(Quirk::SkipsWithAReasonlessReason) => " ".to_owned(),
            Some(Quirk::SkipsWithTheNumber) => format!("{} is not a person.", contact.id()),
            _ => "Its id is neither a phone number nor a linked identity.".to_owned(),
        };
        let other = || ContactId::parse("447700900999").expect("it is not blank");
        let id = if self.is(Quirk::SkipsSomebodyElse) {
            other()
        } else {
            contact.id().clone()
        };
        Skipped::new(id, code, reason)
    }

    fn commit(&mut self) -> Result<Summary> {
        let output = self.output.take().expect("it is committed once");
        Ok(output.commit()?.into())
    }
}

#[async_trait]
impl Exporter for Lines {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.lock = None;
        if self.is(Quirk::RefusesChannelsAsAnOption) && run.available.channels {
            return Err(Error::new(ErrorKind::Config, "one channel at a time"));
        }
        if !self.is(Quirk::BeginsBlindly) {
            self.output().prepare()?;
        }
        let expected = run.expected_contacts.unwrap_or_default();
        if self.is(Quirk::BelievesTheEstimate) {
            let _room: Vec<u64> = Vec::with_capacity(usize::try_from(expected).unwrap());
        }
        if self.is(Quirk::LeavesAPart) {
            fs::write(self.path.with_extension("part"), "")?;
        }
        if self.header.is_on() && !self.is(Quirk::BeginsBlindly) {
            let mut header = format!("id{}name", self.separator);
            match (self.quirk, &self.token) {
                (Some(Quirk::SecretInTheResult), Some(token)) => header.push_str(token),
                (Some(Quirk::WritesTheEstimate), _) => header.push_str(&expected.to_string()),
                (Some(Quirk::CountsItsRuns), _) => {
                    header.push_str(&RUNS.fetch_add(1, Ordering::Relaxed).to_string());
                }
                _ => {}
            }
            self.line(&header)?;
        }
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        if batch.is_empty() {
            if self.is(Quirk::BlankLineForAnEmptyBatch) {
                self.line("")?;
            }
            return Ok(BatchReport::default());
        }
        if self.is(Quirk::ShowsItselfEarly) && self.peek.is_none() {
            self.peek = Restore::after_writing(&self.path, "soon");
        }
        if self.is(Quirk::VisibleWhileItWaits) {
            // Dropped without putting anything back when the future is.
            let peek = Restore::after_writing(&self.path, "wait").map(std::mem::ManuallyDrop::new);
            yield_once().await;
            drop(peek.map(std::mem::ManuallyDrop::into_inner));
        }
        if self.is(Quirk::LineBetweenBatches) && self.batches > 0 {
            self.line("--")?;
        }
        self.batches += 1;
        let mut report = BatchReport::default();
        for contact in batch {
            if contact.id().kind() == IdKind::Other {
                report.skipped.push(self.skip(contact));
                if self.is(Quirk::SkippedCountedTwice) && contact.id().as_str().ends_with("@g.us") {
                    report.written += 1;
                }
            } else {
                if self.is(Quirk::RefusesChannelsLate) && contact.channel().is_some() {
                    let message = "one channel at a time";
                    return Err(Error::new(ErrorKind::Unsupported, message));
                }
                self.contact(contact)?;
                let is_new = self.ids.insert(contact.id().as_str().to_owned());
                report.written += u64::from(is_new || !self.is(Quirk::CountsAnIdOnce));
            }
        }
        if self.is(Quirk::AlteredOncePerBatch) {
            report.altered = 1;
        }
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        self.peek = None;
        if self.is(Quirk::SwallowsWriteErrors) && self.failed {
            return Ok(Summary::new(self.path.display().to_string()));
        }
        if self.is(Quirk::NothingForAnEmptyRun) && self.batches == 0
            || self.is(Quirk::NeverShowsItself) && self.contacts == 400
        {
            return Ok(Summary::new(self.path.display().to_string()));
        }
        if self.is(Quirk::IncompleteIsEmpty) && !end.is_complete() {
            self.output = Some(Output::new(OutputTarget::Path(self.path.clone())));
        }
        if self.is(Quirk::Appends)
            && let Ok(old) = fs::read(&self.path)
        {
            self.output().write_all(&old)?;
        }
        if self.is(Quirk::LeavesABackup) {
            fs::write(self.path.with_extension("bak"), "")?;
        }
        let mut summary = self.commit()?;
        match (self.quirk, &self.token) {
            (Some(Quirk::SummaryIsEmpty), _) => summary.destination.clear(),
            (Some(Quirk::SummaryIsVague), _) => summary.destination = "a file".into(),
            (Some(Quirk::WrongChecksum), _) => summary.sha256 = Some("0".repeat(64)),
            (Some(Quirk::SecretInTheSummary), Some(token)) => {
                summary = summary.with_warning(format!("The token {token} is old."));
            }
            _ => {}
        }
        Ok(summary)
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        if self.is(Quirk::AbortCommits) && self.batches > 0 {
            let _ = self.commit()?;
        }
        if self.is(Quirk::AbortFails) && !self.failed && self.batches > 1 {
            return Err(Error::new(ErrorKind::Destination, "could not clean up"));
        }
        self.output = None;
        Ok(())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if self.is(Quirk::DropCommits) && self.batches > 0 && self.output.is_some() {
            let _ = self.commit();
        }
    }
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
