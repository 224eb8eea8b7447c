//! A split result: a program for each file.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use whapi_export::{
    BatchReport, ClassifiedContact, Error, ErrorKind, Exporter, Needs, OpenContext, OutputTarget,
    Part, PartialOutput, Result, RunEnd, RunInfo, Split, SplitFiles, Summary, async_trait,
};

use super::exporter::{ProgramExporter, shown_warnings, with_notes, written_by};
use super::originals::Originals;
use super::program::Described;
use crate::protocol::Done;

/// The most programs that run at a time: each takes the memory of an interpreter.
const MOST_PROGRAMS: usize = 64;

/// Runs a program for each file of a split result. All of them run until the end.
pub(super) struct SplitProgramExporter {
    program: Arc<Described>,
    ctx: OpenContext,
    needs: Needs,
    split: Split,
    files: SplitFiles,
    run: RunInfo,
    /// By the numbers of the files.
    running: Vec<RunningFile>,
    /// The files of earlier runs. After the programs, which have ended when these are dropped.
    originals: Originals,
}

/// The program of one file.
struct RunningFile {
    exporter: ProgramExporter,
    /// The contacts of the present batch.
    batch: Vec<ClassifiedContact>,
    /// The ids among them for which this is the first of their files.
    first_of: HashSet<String>,
    /// Contacts that are written, each counted in the first of its files.
    counted: u64,
}

impl SplitProgramExporter {
    pub(super) fn new(program: Arc<Described>, ctx: &OpenContext, split: Split) -> Result<Self> {
        // Options are checked before the run.
        let one = ProgramExporter::new(Arc::clone(&program), ctx)?;
        Ok(Self {
            program,
            needs: one.needs(),
            split,
            files: ctx.split_files(split)?,
            ctx: ctx.clone(),
            run: RunInfo::new(),
            running: Vec::new(),
            originals: Originals::default(),
        })
    }

    /// Starts the program of the next file.
    async fn add(&mut self) -> Result<()> {
        let number = self.running.len();
        if number >= MOST_PROGRAMS {
            let message = format!(
                "the result would take more than {MOST_PROGRAMS} files, each written by a program of its \
                 own at the same time; split by a larger number, or write one file"
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let target = OutputTarget::Path(self.files.provisional_path(number));
        let ctx = self.ctx.clone().with_target(target);
        let mut exporter = ProgramExporter::new(Arc::clone(&self.program), &ctx)?;
        exporter.begin(&self.run).await?;
        self.running.push(RunningFile {
            exporter,
            batch: Vec::new(),
            first_of: HashSet::new(),
            counted: 0,
        });
        Ok(())
    }

    /// Starts the programs that a batch needs, and sends each its contacts.
    async fn write(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            let into = self.files.files_of(contact)?.to_vec();
            while self.running.len() < self.files.len() {
                self.add().await?;
            }
            for (nth, number) in into.into_iter().enumerate() {
                let file = &mut self.running[number];
                file.batch.push(contact.clone());
                if nth == 0 {
                    file.first_of.insert(contact.id().as_str().to_owned());
                }
            }
        }
        self.send().await
    }

    /// Sends each program its contacts of a batch.
    async fn send(&mut self) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        for file in &mut self.running {
            if file.batch.is_empty() {
                continue;
            }
            let batch = std::mem::take(&mut file.batch);
            let mut first_of = std::mem::take(&mut file.first_of);
            let own = file.exporter.write_batch(&batch).await?;
            let skipped = own.skipped.into_iter();
            // A contact in several files counts once.
            let skipped: Vec<_> = skipped
                .filter(|skipped| first_of.remove(skipped.id.as_str()))
                .collect();
            let written = first_of.len() as u64;
            file.counted += written;
            report.written += written;
            report.skipped.extend(skipped);
        }
        Ok(report)
    }

    /// Ends every program. Nothing is at its path yet.
    async fn finish_all(&mut self, end: &RunEnd) -> Result<Vec<Done>> {
        if self.running.is_empty() {
            self.files.add_one_without_contacts();
            self.add().await?;
        }
        let mut done = Vec::new();
        for file in &mut self.running {
            done.push(file.exporter.try_finish(end).await?);
        }
        Ok(done)
    }

    async fn stop_all(&mut self) {
        for file in &mut self.running {
            file.exporter.stop().await;
        }
    }

    /// Keeps what is at the paths that this result may have.
    fn keep_originals(&mut self) -> Result<()> {
        let Some(OutputTarget::Path(target)) = self.ctx.target() else {
            return Ok(());
        };
        self.originals.keep(target)?;
        for path in self.split.existing_files(target) {
            self.originals.keep(&path)?;
        }
        Ok(())
    }

    /// Ends all programs after an error, puts back what they changed, and says so.
    async fn fail(&mut self, error: Error) -> Error {
        self.stop_all().await;
        with_notes(error, self.originals.put_back())
    }

    /// Makes all files appear, in the order of their names.
    fn commit(&mut self, summary: &mut Summary) -> Result<()> {
        let mut running: Vec<_> = self.running.drain(..).map(Some).collect();
        let paths: Vec<(usize, PathBuf)> = self.files.paths();
        let (all, mut counted) = (paths.len(), 0);
        for (number, path) in paths {
            let file = running[number].take().expect("each file has one path");
            let (written, of_file) = (file.exporter.written(), file.counted);
            let mut part = Part::new(path.display().to_string(), written);
            let committed = match file.exporter.commit_at(path) {
                Ok(committed) => committed,
                Err(error) => return Err(stopped(error, all, summary, counted)),
            };
            part.sha256 = committed.sha256;
            summary.warnings.extend(committed.warnings);
            summary.parts.push(part);
            counted += of_file;
        }
        Ok(())
    }
}

/// The error of a file behind others that are replaced already.
fn stopped(error: Error, all: usize, summary: &mut Summary, counted: u64) -> Error {
    if summary.parts.is_empty() {
        return error;
    }
    let parts = std::mem::take(&mut summary.parts);
    let message = format!("only {} of {all} files were written", parts.len());
    let mut partial = PartialOutput::default();
    partial.written = counted;
    partial.parts = parts;
    Error::new(error.kind(), message)
        .with_source(error)
        .with_partial(partial)
}

#[async_trait]
impl Exporter for SplitProgramExporter {
    fn needs(&self) -> Needs {
        self.needs
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.files.begin(run)?;
        self.run = run.clone();
        self.keep_originals()
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        // Skipped contacts are counted by their ids, which are unique in a channel.
        for of_channel in batch.chunk_by(|one, next| one.channel() == next.channel()) {
            match self.write(of_channel).await {
                Ok(of_channel) => report += of_channel,
                Err(error) => return Err(self.fail(error).await),
            }
        }
        Ok(report)
    }

    async fn existing(&mut self, _: &RunEnd) -> Result<Option<String>> {
        Ok(self.files.existing(0))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let finished = self.finish_all(end).await;
        let path = self.running.first().and_then(|file| file.exporter.path());
        let program = path.map(written_by);
        let done = match finished {
            Ok(done) => done,
            Err(error) => return Err(self.fail(error).await),
        };
        self.stop_all().await;
        let mut summary = Summary::new(self.files.pattern().display().to_string());
        summary
            .warnings
            .extend(done.iter().flat_map(shown_warnings));
        summary.warnings.dedup();
        // What a program changed is put back first: a commit replaces some of it, or none.
        self.originals.put_back();
        self.commit(&mut summary)?;
        summary
            .warnings
            .extend(self.files.left_by_earlier_runs(&summary.parts));
        summary.messages.extend(program);
        Ok(summary)
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        let mut aborting = tokio::task::JoinSet::new();
        for file in self.running.drain(..) {
            aborting.spawn(Box::new(file.exporter).abort());
        }
        // A program that is aborted has no errors.
        aborting.join_all().await;
        self.originals.put_back();
        Ok(())
    }
}

impl fmt::Debug for SplitProgramExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitProgramExporter")
            .field("program", &self.program.command)
            .field("files", &self.running.len())
            .finish_non_exhaustive()
    }
}
