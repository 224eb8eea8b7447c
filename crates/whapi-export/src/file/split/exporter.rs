//! One encoder for each file, none of which is written before the end.

use std::collections::HashMap;
use std::fmt;
#[cfg(feature = "conformance")]
use std::io;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use whapi_classify::ClassifiedContact;

use super::files::{SplitFiles, SplitTarget};
use super::report::{listed, repeated_note, together};
use super::spool::Spool;
use crate::contract::{
    BatchReport, Error, ErrorKind, Exporter, Needs, Part, PartialOutput, Result, RunEnd, RunInfo,
    Summary,
};
use crate::file::atomic_file::AtomicFile;
use crate::file::checksum::Checksum;
use crate::file::encoder::Encoder;
use crate::file::file_exporter::{add_messages, count};
use crate::file::folder::Folder;
use crate::file::output::existing_file_besides;
use crate::file::target::{check_target, folder_of};

/// How many bytes the buffer keeps between two contacts: more than ordinary ones need.
const KEPT: usize = 64 << 10;

/// Makes the encoder of one more file.
type MakeEncoder<E> = dyn Fn() -> Result<E> + Send + Sync;

/// Encodes each contact with the encoder of its file, and writes all files at the end.
pub(crate) struct SplitExporter<E> {
    make: Box<MakeEncoder<E>>,
    plan: SplitFiles,
    needs: Needs,
    run: RunInfo,
    /// A section for each file, by their numbers.
    spool: Spool,
    /// By their numbers.
    files: Vec<File<E>>,
    /// One contact, encoded.
    buffer: Vec<u8>,
    /// Contacts in more than one file.
    repeated: u64,
    /// Contacts that were written, by the files that each is in.
    written: HashMap<Vec<usize>, u64>,
}

struct File<E> {
    encoder: E,
    written: u64,
}

/// A file that is encoded to its end, and not yet at its path.
struct Complete {
    number: usize,
    path: PathBuf,
    written: u64,
    /// What the encoder has to say of it.
    said: Summary,
}

impl<E: Encoder> SplitExporter<E> {
    /// An exporter that makes an encoder for each file. Touches nothing before
    /// [`begin`](Exporter::begin).
    ///
    /// # Errors
    ///
    /// Those of `make`, which is called once to learn what the encoders need.
    pub(crate) fn new(
        make: impl Fn() -> Result<E> + Send + Sync + 'static,
        target: SplitTarget,
    ) -> Result<Self> {
        Ok(Self {
            needs: make()?.needs(),
            make: Box::new(make),
            spool: Spool::new(folder_of(&target.path)),
            plan: SplitFiles::new(target),
            run: RunInfo::new(),
            files: Vec::new(),
            buffer: Vec::new(),
            repeated: 0,
            written: HashMap::new(),
        })
    }

    /// Adds the encoder of the next file.
    fn add(&mut self) -> Result<()> {
        let mut encoder = (self.make)()?;
        encoder.header(&self.run, &mut self.buffer)?;
        let number = self.files.len();
        self.spool.add_section();
        self.files.push(File {
            encoder,
            written: 0,
        });
        self.spool_buffer(number)
    }

    /// Moves the buffer to the section of a file.
    fn spool_buffer(&mut self, number: usize) -> Result<()> {
        let appended = self.spool.append(number, &self.buffer);
        #[cfg(feature = "conformance")]
        let appended = appended.and_then(|()| match self.plan.target.byte_limit {
            Some(limit) if self.spool.length(number) > limit => {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            _ => Ok(()),
        });
        self.buffer.clear();
        self.buffer.shrink_to(KEPT);
        appended.map_err(|error| {
            let message = format!("could not write `{}`", self.plan.target.path.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        })
    }

    /// Encodes one contact for each of its files, and counts it once.
    fn encode(
        &mut self,
        contact: &ClassifiedContact,
        into: &[usize],
        report: &mut BatchReport,
    ) -> Result<()> {
        for (nth, number) in into.iter().enumerate() {
            let file = &mut self.files[*number];
            let encoded = file.encoder.contact(contact, &mut self.buffer)?;
            let mut one = BatchReport::default();
            count(&mut one, contact, encoded);
            file.written += one.written;
            if nth == 0 {
                match self.written.get_mut(into) {
                    Some(known) => *known += one.written,
                    None => drop(self.written.insert(into.to_vec(), one.written)),
                }
                *report += one;
            } else {
                report.altered += one.altered;
            }
            self.spool_buffer(*number)?;
        }
        self.repeated += u64::from(into.len() > 1);
        Ok(())
    }

    /// Encodes every file to its end, in the order of their names.
    fn complete(&mut self, end: &RunEnd) -> Result<Vec<Complete>> {
        if self.files.is_empty() {
            self.plan.add_one_without_contacts();
            self.add()?;
        }
        let mut complete = Vec::with_capacity(self.files.len());
        for (number, path) in self.plan.paths() {
            self.files[number].encoder.trailer(end, &mut self.buffer)?;
            self.spool_buffer(number)?;
            let file = &self.files[number];
            let mut said = Summary::default();
            add_messages(&mut said, &file.encoder);
            complete.push(Complete {
                number,
                path,
                written: file.written,
                said,
            });
        }
        Ok(complete)
    }

    /// Writes the files one after another, and adds each that is written to `parts`.
    fn write_files(&mut self, files: &[Complete], parts: &mut Vec<Part>) -> Result<()> {
        for file in files {
            check_target(&file.path)?;
        }
        for file in files {
            let mut part = Part::new(file.path.display().to_string(), file.written);
            if self.plan.target.checksum {
                let mut sum = Checksum::default();
                self.spool.copy(file.number, &mut sum)?;
                part.sha256 = Some(sum.finish());
            }
            // Nothing may fail between the commit and its entry in `parts`.
            self.write_file(file)?;
            parts.push(part);
        }
        Ok(())
    }

    /// Writes one file. The folder is the caller's to flush.
    fn write_file(&mut self, file: &Complete) -> Result<()> {
        let mut writer = BufWriter::with_capacity(0, AtomicFile::create(&file.path)?);
        self.spool.copy(file.number, &mut writer).map_err(|error| {
            let message = format!("could not write `{}`", file.path.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        })?;
        AtomicFile::commit(writer, &file.path)
    }

    /// The error of a file behind others that are replaced already.
    fn stopped(
        &self,
        error: Error,
        files: &[Complete],
        done: Vec<Part>,
        warning: Option<String>,
    ) -> Error {
        if done.is_empty() {
            return error;
        }
        let names: Vec<_> = done.iter().map(|part| part.destination.clone()).collect();
        let message = format!(
            "only {} of {} files were written: {}",
            done.len(),
            files.len(),
            listed(&names)
        );
        let there = &files[..done.len()];
        let is_there = |number: &usize| there.iter().any(|file| file.number == *number);
        let counts = self.written.iter();
        let partial = PartialOutput {
            written: counts
                .filter(|(files, _)| files.iter().any(is_there))
                .map(|(_, count)| count)
                .sum(),
            parts: done,
            warnings: warning.into_iter().collect(),
        };
        Error::new(error.kind(), message)
            .with_source(error)
            .with_partial(partial)
    }
}

/// Leaves out the contacts, which wait until the end.
impl<E> fmt::Debug for SplitExporter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitExporter")
            .field("target", &self.plan.target)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<E: Encoder> Exporter for SplitExporter<E> {
    fn needs(&self) -> Needs {
        self.needs
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.plan.begin(run)?;
        self.run = run.clone();
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        let mut into = Vec::new();
        for contact in batch {
            into.clear();
            into.extend_from_slice(self.plan.files_of(contact)?);
            while self.files.len() < self.plan.len() {
                self.add()?;
            }
            self.encode(contact, &into, &mut report)?;
        }
        Ok(report)
    }

    async fn existing(&mut self, end: &RunEnd) -> Result<Option<String>> {
        let mut empty = Vec::new();
        let mut encoder = (self.make)()?;
        encoder.header(&self.run, &mut empty)?;
        let header = empty.len() as u64;
        encoder.trailer(end, &mut empty)?;
        let of_file = |path: &Path| existing_file_besides(path, header, &empty);
        Ok(self.plan.existing_by(of_file))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let files = self.complete(end)?;
        let mut summary = Summary::new(self.plan.pattern().display().to_string());
        let folder = Folder::open(folder_of(&self.plan.target.path));
        let written = self.write_files(&files, &mut summary.parts);
        let not_flushed = folder.flush();
        if let Err(error) = written {
            return Err(self.stopped(error, &files, summary.parts, not_flushed));
        }
        summary.warnings = together(files.iter().map(|file| (&*file.path, &*file.said.warnings)));
        summary.warnings.extend(not_flushed);
        summary.messages = together(files.iter().map(|file| (&*file.path, &*file.said.messages)));
        summary.messages.extend(repeated_note(self.repeated));
        let left = self.plan.left_by_earlier_runs(&summary.parts);
        summary.warnings.extend(left);
        Ok(summary)
    }
}
