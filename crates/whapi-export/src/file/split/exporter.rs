//! One encoder for each file, none of which is written before the end.

use std::collections::HashMap;
use std::fmt;
#[cfg(feature = "conformance")]
use std::io;
use std::io::BufWriter;
use std::path::PathBuf;

use async_trait::async_trait;
use whapi_classify::ClassifiedContact;
use whapi_text::counted;

use super::countries::Countries;
use super::names;
use super::place::Place;
use super::report::{left_warning, listed, repeated_note, together};
use super::sorter::{NewFile, Sorter};
use super::split::Split;
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
use crate::file::target::{check_length, check_target, folder_of};

/// The most files of one result: each takes some memory, and a folder with more is of no use.
const MOST_FILES: usize = 10_000;
/// How many bytes the buffer keeps between two contacts: more than ordinary ones need.
const KEPT: usize = 64 << 10;

/// Where the files of a split result go, and what they are split by.
#[derive(Debug, Clone)]
pub(crate) struct SplitTarget {
    /// The path of the one file, which the files' names follow from.
    pub(crate) path: PathBuf,
    pub(crate) split: Split,
    pub(crate) countries: Countries,
    /// Whether each file gets its SHA-256.
    pub(crate) checksum: bool,
    /// Each file fails beyond this length, as on a full disk.
    #[cfg(feature = "conformance")]
    pub(crate) byte_limit: Option<u64>,
}

/// Makes the encoder of one more file.
type MakeEncoder<E> = dyn Fn() -> Result<E> + Send + Sync;

/// Encodes each contact with the encoder of its file, and writes all files at the end.
pub(crate) struct SplitExporter<E> {
    make: Box<MakeEncoder<E>>,
    target: SplitTarget,
    needs: Needs,
    run: RunInfo,
    sorter: Sorter,
    /// A section for each file, by the sorter's numbers.
    spool: Spool,
    /// By the sorter's numbers.
    files: Vec<File<E>>,
    /// One contact, encoded.
    buffer: Vec<u8>,
    /// Contacts in more than one file.
    repeated: u64,
    /// Contacts that were written, by the files that each is in.
    written: HashMap<Vec<usize>, u64>,
    /// The temporary file of the target itself. It keeps a second run away, split or not.
    lock: Option<AtomicFile>,
}

struct File<E> {
    /// By the sorter.
    number: usize,
    place: Place,
    slug: String,
    encoder: E,
    written: u64,
}

/// A file that is encoded to its end, and not yet at its path.
struct Complete {
    /// By the sorter.
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
            sorter: Sorter::new(target.split, target.countries.clone()),
            target,
            run: RunInfo::new(),
            files: Vec::new(),
            buffer: Vec::new(),
            repeated: 0,
            written: HashMap::new(),
            lock: None,
        })
    }

    /// Checks that what the contacts are sorted by is known in this run.
    fn check_facts(&self, run: &RunInfo) -> Result<()> {
        let missing = match self.target.split {
            Split::Group if !run.available.reasons => "`split=group` requires `--reasons`",
            Split::Country if !self.target.countries.are_known() => {
                "`split=country` requires the country of each phone number, which this program does \
                 not know"
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Config, missing))
    }

    /// Refuses a target whose files would have names that are too long. How long a group's is comes
    /// out at the end only, before the first file is written.
    fn check_lengths(&self) -> Result<()> {
        let longest = match self.target.split {
            Split::Count(_) => "001",
            Split::Standing => "discovered",
            Split::Country => "no-country",
            Split::Group => "no-group",
        };
        check_length(&names::path(&self.target.path, longest))
    }

    fn add(&mut self, new: NewFile) -> Result<()> {
        if self.files.len() >= MOST_FILES {
            let most = MOST_FILES / 1000;
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "`split={}` would write more than {most},000 files",
                    self.target.split
                ),
            ));
        }
        let mut encoder = (self.make)()?;
        encoder.header(&self.run, &mut self.buffer)?;
        let number = self.files.len();
        self.spool.add_section();
        self.files.push(File {
            number,
            place: new.place,
            slug: new.slug,
            encoder,
            written: 0,
        });
        self.spool_buffer(number)
    }

    /// Moves the buffer to the section of a file.
    fn spool_buffer(&mut self, number: usize) -> Result<()> {
        let appended = self.spool.append(number, &self.buffer);
        #[cfg(feature = "conformance")]
        let appended = appended.and_then(|()| match self.target.byte_limit {
            Some(limit) if self.spool.length(number) > limit => {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            _ => Ok(()),
        });
        self.buffer.clear();
        self.buffer.shrink_to(KEPT);
        appended.map_err(|error| {
            let message = format!("could not write `{}`", self.target.path.display());
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
            let place = Place::without_contacts(self.target.split);
            let slug = String::new();
            self.add(NewFile { place, slug })?;
        }
        let files = std::mem::take(&mut self.files);
        let mut complete = Vec::with_capacity(files.len());
        for (name, mut file) in names::named(files, |file| (&file.place, &file.slug)) {
            file.encoder.trailer(end, &mut self.buffer)?;
            self.spool_buffer(file.number)?;
            let mut said = Summary::default();
            add_messages(&mut said, &file.encoder);
            complete.push(Complete {
                number: file.number,
                path: names::path(&self.target.path, &name),
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
            if self.target.checksum {
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

    fn left_by_earlier_runs(&self, parts: &[Part]) -> Vec<String> {
        let existing = self.target.split.existing_files(&self.target.path);
        existing
            .into_iter()
            .map(|path| path.display().to_string())
            .filter(|path| !parts.iter().any(|part| part.destination == *path))
            .collect()
    }
}

/// Leaves out the contacts, which wait until the end.
impl<E> fmt::Debug for SplitExporter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitExporter")
            .field("target", &self.target)
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
        self.check_facts(run)?;
        self.check_lengths()?;
        self.lock = Some(AtomicFile::create(&self.target.path)?);
        self.run = run.clone();
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        let (mut into, mut new) = (Vec::new(), Vec::new());
        for contact in batch {
            self.sorter.sort(contact, &mut into, &mut new);
            for file in new.drain(..) {
                self.add(file)?;
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
        let files = self.target.split.existing_files(&self.target.path);
        let mut existing = files
            .iter()
            .filter_map(|path| existing_file_besides(path, header, &empty));
        Ok(existing.next().map(|first| match existing.count() {
            0 => first,
            others => format!("{first}, and {}", counted(others as u64, "other file")),
        }))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let files = self.complete(end)?;
        let pattern = self.target.split.pattern(&self.target.path);
        let mut summary = Summary::new(pattern.display().to_string());
        let folder = Folder::open(folder_of(&self.target.path));
        let written = self.write_files(&files, &mut summary.parts);
        let not_flushed = folder.flush();
        if let Err(error) = written {
            return Err(self.stopped(error, &files, summary.parts, not_flushed));
        }
        summary.warnings = together(files.iter().map(|file| (&*file.path, &*file.said.warnings)));
        summary.warnings.extend(not_flushed);
        summary.messages = together(files.iter().map(|file| (&*file.path, &*file.said.messages)));
        summary.messages.extend(repeated_note(self.repeated));
        let left = self.left_by_earlier_runs(&summary.parts);
        summary.warnings.extend(left_warning(&left));
        Ok(summary)
    }
}
