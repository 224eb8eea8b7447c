//! The exporter: a conversation, and what it writes.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use whapi_export::whapi_model::ContactId;
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Committed, Encoder, Error, ErrorKind, Exporter,
    Forecast, Needs, OpenContext, OutputTarget, Result, RunEnd, RunInfo, Skipped, StagedFile,
    StagedFolder, StatusSink, Summary, async_trait,
};
use whapi_export_jsonl::{JsonlEncoder, Key, KeySet};
use whapi_text::{counted, system_time_rfc_3339};

use super::conversation::{Conversation, on_one_line};
use super::originals::Originals;
use super::program::Described;
use crate::protocol::{Ack, Begin, Done, Facts, Finish, MAX_LINE, OutputKind, RunFacts, VERSION};

/// Contacts of a batch, unless the program takes fewer.
const MOST_CONTACTS: usize = 500;
/// The most bytes of the contacts of a batch: the line has some more.
const MOST_BYTES: usize = MAX_LINE - (1 << 10);
/// Warnings of a program beyond this number are counted only.
const MOST_WARNINGS: usize = 20;

/// Runs a program as an exporter.
pub(super) struct ProgramExporter {
    program: Arc<Described>,
    options: BTreeMap<String, String>,
    status: StatusSink,
    /// Before the outputs, so that a program that is dropped has ended when they are.
    conversation: Option<Conversation>,
    /// Where the result will appear. `None` for what is not a path.
    target: Option<PathBuf>,
    originals: Originals,
    output: ProgramOutput,
    encoder: JsonlEncoder,
    /// The contacts of the next batch, as JSON with commas between.
    contacts: Vec<u8>,
    sent: u64,
    written: u64,
    skipped: u64,
}

/// Where a program writes.
enum ProgramOutput {
    File(StagedFile),
    Folder(StagedFolder),
    Remote,
}

impl ProgramExporter {
    /// An exporter of a program that has been described. Starts nothing.
    pub(super) fn new(program: Arc<Described>, ctx: &OpenContext) -> Result<Self> {
        let output = match program.hello.output.kind {
            OutputKind::File => ProgramOutput::File(ctx.staged_file()?),
            OutputKind::Folder => ProgramOutput::Folder(StagedFolder::new(folder_path(ctx)?)),
            OutputKind::Remote => ProgramOutput::Remote,
        };
        Ok(Self {
            options: program.options(ctx.raw_options())?,
            status: ctx.status().clone(),
            encoder: JsonlEncoder::with_keys(program.keys),
            program,
            target: match ctx.target() {
                Some(OutputTarget::Path(path)) => Some(path.clone()),
                _ => None,
            },
            originals: Originals::default(),
            output,
            conversation: None,
            contacts: Vec::new(),
            sent: 0,
            written: 0,
            skipped: 0,
        })
    }

    /// The running program.
    fn conversation(&mut self) -> Result<&mut Conversation> {
        self.conversation
            .as_mut()
            .ok_or_else(|| Error::new(ErrorKind::Program, "the program has ended"))
    }

    /// Creates the temporary file or folder, and keeps what is at the target. Returns the path for the
    /// program.
    fn stage(&mut self) -> Result<Option<PathBuf>> {
        let staging = match &mut self.output {
            ProgramOutput::File(file) => absolute(file.prepare()?)?,
            ProgramOutput::Folder(folder) => absolute(folder.prepare()?)?,
            ProgramOutput::Remote => return Ok(None),
        };
        if let Some(target) = &self.target {
            self.originals.keep(target)?;
        }
        Ok(Some(staging))
    }

    async fn start(&mut self, run: &RunInfo) -> Result<()> {
        let staging = if run.dry_run { None } else { self.stage()? };
        let program = &self.program;
        let (conversation, hello) = Conversation::start(
            &program.command,
            program.times,
            self.status.clone(),
            program.log.clone(),
        )
        .await?;
        let conversation = self.conversation.insert(conversation);
        if hello.output != program.hello.output || hello.needs != program.hello.needs {
            return Err(conversation.broke("says of itself another thing than a moment ago"));
        }
        let begin = Begin {
            v: VERSION,
            options: self.options.clone(),
            staging,
            expected: run.expected_contacts,
            dry_run: run.dry_run,
            run: RunFacts {
                started_at: system_time_rfc_3339(SystemTime::now()),
                source: run.source.clone(),
                facts: Facts {
                    reasons: run.available.reasons,
                    links: run.available.lid_links,
                    changes: run.available.changes,
                    channels: run.available.channels,
                },
            },
        };
        conversation.begin(begin).await
    }

    /// Sends contacts of one channel, in as many batches as they take.
    async fn write(&mut self, batch: &[ClassifiedContact], report: &mut BatchReport) -> Result<()> {
        let most = self
            .program
            .hello
            .max_batch
            .map_or(MOST_CONTACTS, NonZeroUsize::get);
        let mut from = 0;
        self.contacts.clear();
        let mut line = Vec::new();
        for (at, contact) in batch.iter().enumerate() {
            line.clear();
            let _ = self.encoder.contact(contact, &mut line)?;
            let record = line.trim_ascii_end();
            let is_full = self.contacts.len() + record.len() + 1 > MOST_BYTES;
            if at - from == most || (is_full && at > from) {
                self.send(&batch[from..at], report).await?;
                from = at;
            }
            if record.len() > MOST_BYTES {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "a contact has more than 8 MiB of text, the most that a program is sent",
                ));
            }
            if at > from {
                self.contacts.push(b',');
            }
            self.contacts.extend_from_slice(record);
        }
        self.send(&batch[from..], report).await
    }

    /// Sends a batch, and counts what became of it.
    async fn send(&mut self, batch: &[ClassifiedContact], report: &mut BatchReport) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        match self.try_send(batch, report).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error).await),
        }
    }

    async fn try_send(
        &mut self,
        batch: &[ClassifiedContact],
        report: &mut BatchReport,
    ) -> Result<()> {
        self.sent += 1;
        let mut line = format!(r#"{{"type":"batch","seq":{},"contacts":["#, self.sent).into_bytes();
        line.append(&mut self.contacts);
        line.extend_from_slice(b"]}\n");
        let seq = self.sent;
        let conversation = self.conversation()?;
        let ack = conversation.batch(&line).await?;
        let skipped = check_ack(&ack, seq, batch).map_err(|what| conversation.broke(what))?;
        self.written += ack.written;
        self.skipped += skipped.len() as u64;
        report.written += ack.written;
        report.skipped.extend(skipped);
        Ok(())
    }

    /// Ends the run in the program, and checks its totals.
    async fn done(&mut self, end: &RunEnd) -> Result<Done> {
        let finish = Finish {
            complete: end.is_complete(),
            reasons: end.reasons().to_vec(),
        };
        let (written, skipped) = (self.written, self.skipped);
        let conversation = self.conversation()?;
        let done = conversation.finish(finish).await?;
        if (done.written, done.skipped) == (written, skipped) {
            return Ok(done);
        }
        Err(conversation.broke(format!(
            "sent `done` with {} written and {} skipped, and its acknowledgements add up to {written} \
             and {skipped}",
            done.written, done.skipped
        )))
    }

    /// Refuses a result that is not where it should be.
    fn check_result(&self, conversation: &Conversation) -> Result<()> {
        let (is_empty, kind) = match &self.output {
            ProgramOutput::File(file) => (file.is_empty(), "file"),
            ProgramOutput::Folder(folder) => (folder.is_empty(), "folder"),
            ProgramOutput::Remote => return Ok(()),
        };
        if self.written == 0 || !is_empty {
            return Ok(());
        }
        let written = counted(self.written, "contact");
        Err(conversation.broke(format!(
            "counts {written} as written, and the {kind} `staging` is empty; it must write there, and \
             nowhere else"
        )))
    }

    /// Makes the result of a file appear at this path.
    pub(super) fn commit_at(self, path: PathBuf) -> Result<Committed> {
        match self.output {
            ProgramOutput::File(file) => file.with_path(path).commit(),
            ProgramOutput::Folder(_) | ProgramOutput::Remote => {
                unreachable!("only files are split")
            }
        }
    }

    /// Ends the program after an error, puts back what it changed, and says so.
    async fn fail(&mut self, error: Error) -> Error {
        self.stop().await;
        with_notes(error, self.originals.put_back())
    }

    /// Contacts that are written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Makes the result appear.
    fn commit(output: ProgramOutput, destination: Option<&str>, name: &str) -> Result<Summary> {
        Ok(match output {
            ProgramOutput::File(file) => file.commit()?.into(),
            ProgramOutput::Folder(folder) => folder.commit()?.into(),
            ProgramOutput::Remote => Summary::new(destination.map_or(name.to_owned(), on_one_line)),
        })
    }

    /// Ends the program, whatever it does.
    pub(super) async fn stop(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            conversation.stop().await;
        }
    }

    /// The path of the running program.
    pub(super) fn path(&self) -> Option<&Path> {
        self.conversation.as_ref().map(Conversation::path)
    }

    /// Finishes, and leaves the program to the caller.
    pub(super) async fn try_finish(&mut self, end: &RunEnd) -> Result<Done> {
        let done = self.done(end).await?;
        if let Some(conversation) = &self.conversation {
            self.check_result(conversation)?;
        }
        Ok(done)
    }
}

#[async_trait]
impl Exporter for ProgramExporter {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(self.program.keys.contains(Key::NameWarnings))
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.encoder.header(run, &mut Vec::new())?;
        match self.start(run).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error).await),
        }
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        // Within a batch of the protocol, ids are unique.
        for of_channel in batch.chunk_by(|one, next| one.channel() == next.channel()) {
            self.write(of_channel, &mut report).await?;
        }
        Ok(report)
    }

    async fn existing(&mut self, _: &RunEnd) -> Result<Option<String>> {
        Ok(match &self.output {
            ProgramOutput::File(file) => file.existing(0),
            ProgramOutput::Folder(folder) => folder.existing(),
            ProgramOutput::Remote => None,
        })
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let done = self.try_finish(end).await;
        let path = self.path().map(Path::to_owned);
        let done = match done {
            Ok(done) => done,
            Err(error) => return Err(self.fail(error).await),
        };
        self.stop().await;
        let name = &self.program.hello.name;
        let committed = Self::commit(self.output, done.destination.as_deref(), name);
        let mut summary =
            committed.map_err(|error| with_notes(error, self.originals.put_back()))?;
        self.originals.forget();
        summary.warnings.extend(shown_warnings(&done));
        summary.messages.extend(path.as_deref().map(written_by));
        Ok(summary)
    }

    async fn forecast(mut self: Box<Self>, end: &RunEnd) -> Result<Forecast> {
        let done = self.done(end).await;
        self.stop().await;
        let done = done?;
        let destination = done.destination.as_deref().map(on_one_line);
        let amounts = done.forecast.unwrap_or_default().into_iter();
        Ok(amounts.fold(
            Forecast::new(destination.unwrap_or_default()),
            |forecast, (noun, amount)| forecast.with_amount(on_one_line(&noun), amount),
        ))
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        if let Some(conversation) = self.conversation.take() {
            conversation.abort().await;
        }
        for text in self.originals.put_back() {
            self.status.say(&format!("the program {text}"));
        }
        Ok(())
    }
}

impl fmt::Debug for ProgramExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramExporter")
            .field("program", &self.program.command)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

/// Adds to an error what the program did to the files that are not its own.
pub(super) fn with_notes(error: Error, done: Vec<String>) -> Error {
    let done = done.into_iter();
    done.fold(error, |error, text| error.with_note(format!("it {text}")))
}

/// The warnings of a program, cut and safe to show.
pub(super) fn shown_warnings(done: &Done) -> Vec<String> {
    let shown = done.warnings.iter().take(MOST_WARNINGS);
    let mut shown: Vec<_> = shown.map(|warning| on_one_line(warning)).collect();
    if let Some(more @ 1..) = done.warnings.len().checked_sub(MOST_WARNINGS) {
        shown.push(format!("{} more", counted(more as u64, "warning")));
    }
    shown
}

/// The message that says which program ran.
pub(super) fn written_by(program: &Path) -> String {
    format!("written by the program {}", program.display())
}

/// What a program is able to do, by where it writes.
pub(super) fn capabilities(kind: OutputKind) -> Capabilities {
    let mut capabilities = match kind {
        OutputKind::File => Capabilities::default(),
        OutputKind::Folder | OutputKind::Remote => Capabilities::remote(),
    };
    capabilities.remote = kind == OutputKind::Remote;
    capabilities.forecasts = kind == OutputKind::Remote;
    capabilities
}

fn folder_path(ctx: &OpenContext) -> Result<PathBuf> {
    match ctx.target() {
        Some(OutputTarget::Path(path)) => Ok(path.clone()),
        _ => Err(Error::new(
            ErrorKind::Config,
            "no folder was named; give a path",
        )),
    }
}

/// The working folder of a program is another one.
fn absolute(path: &Path) -> Result<PathBuf> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

/// Checks an acknowledgement against its batch. Returns the contacts that were left out, or what is wrong.
fn check_ack(ack: &Ack, seq: u64, batch: &[ClassifiedContact]) -> Result<Vec<Skipped>, String> {
    if ack.seq != seq {
        return Err(format!(
            "acknowledged batch {} where batch {seq} was due",
            ack.seq
        ));
    }
    let (sent, skipped) = (batch.len() as u64, ack.skipped.len() as u64);
    if ack.written.checked_add(skipped) != Some(sent) {
        return Err(format!(
            "acknowledged {} written and {skipped} skipped of a batch of {}",
            ack.written,
            counted(sent, "contact")
        ));
    }
    if ack.skipped.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: HashSet<_> = batch.iter().map(|contact| contact.id().as_str()).collect();
    let skipped = ack.skipped.iter().map(|one| {
        let id = ContactId::parse(&one.id)
            .ok()
            .filter(|_| ids.remove(&*one.id));
        let id = id.ok_or_else(|| {
            let id = on_one_line(&one.id);
            format!("skipped the contact `{id}`, which is not in the batch, or is skipped twice")
        })?;
        let reason = match on_one_line(&one.reason) {
            reason if reason.trim().is_empty() => "the program gave no reason".to_owned(),
            reason => reason,
        };
        Ok(Skipped::new(id, "by-program", reason))
    });
    skipped.collect()
}

/// The keys of the records that a program reads.
pub(super) fn keys_of(needs: Option<&[String]>) -> Result<KeySet, String> {
    let Some(needs) = needs else {
        return Ok(KeySet::default());
    };
    let keys = needs.iter().map(|need| {
        let unknown = |_| format!("needs the key `{}`, which no record has", on_one_line(need));
        need.parse().map_err(unknown)
    });
    let keys: Vec<Key> = keys.collect::<Result<_, String>>()?;
    // Together they tell a contact from all others.
    let always = [Key::Channel, Key::Id];
    Ok(KeySet::of(keys.into_iter().chain(always)))
}
