//! One exporter for each file, none of which is written before the end.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::sorter::{NewFile, Sorter};
use super::{KEY, Place, Split, names};
use crate::definition::OpenFn;
use crate::file::atomic_file::Aside;
use crate::file::folder::Folder;
use crate::file::output::{check_length, check_target, create_beside, folder_of, hex, write_file};
use crate::file::tray::{Shelf, Tray};
use crate::{
    BatchReport, ClassifiedContact, Error, ErrorKind, Exporter, Needs, OpenContext, Part, Partial,
    Result, RunEnd, RunInfo, Summary,
};

/// The most files of one result: each takes some memory, and a folder with more is of no use.
const MOST_FILES: usize = 10_000;
/// How many file names a sentence lists.
const NAMES: usize = 5;

/// Hands each contact to the exporter of its file.
pub(super) struct SplitExporter {
    open: Arc<OpenFn>,
    ctx: OpenContext,
    split: Split,
    target: PathBuf,
    needs: Needs,
    run: RunInfo,
    sorter: Sorter,
    shelf: Shelf,
    /// By the sorter's numbers.
    files: Vec<File>,
    /// Contacts in more than one file.
    repeated: u64,
    /// Contacts that were written, by the files that each is in.
    written: HashMap<Vec<usize>, u64>,
    /// The temporary file of the target itself. It keeps a second run away, split or not.
    lock: Option<Aside>,
}

struct File {
    /// By the sorter.
    number: usize,
    place: Place,
    slug: String,
    exporter: Box<dyn Exporter>,
    tray: Tray,
    written: u64,
}

/// A file that is complete, and not yet where it shall be.
struct Encoded {
    /// By the sorter.
    number: usize,
    path: PathBuf,
    tray: Tray,
    written: u64,
    summary: Summary,
}

impl SplitExporter {
    pub(super) fn new(
        open: Arc<OpenFn>,
        ctx: OpenContext,
        split: Split,
        target: PathBuf,
    ) -> Result<Self> {
        // Finds out what is wrong with the other options.
        let shelf = Shelf::new(folder_of(&target));
        let needs = open(&ctx.clone().for_part(shelf.tray(), KEY))?.needs();
        Ok(Self {
            open,
            shelf,
            sorter: Sorter::new(split, ctx.clone()),
            ctx,
            split,
            target,
            needs,
            run: RunInfo::new(),
            files: Vec::new(),
            repeated: 0,
            written: HashMap::new(),
            lock: None,
        })
    }

    /// Whether what the contacts are sorted by is known at all.
    fn check_facts(&self, run: &RunInfo) -> Result<()> {
        let missing = match self.split {
            Split::Group if !run.facts.reasons => {
                "`split=group` goes by groups, which this run does not ask for; add `--reasons`"
            }
            Split::Country if !self.ctx.knows_countries() => {
                "`split=country` goes by countries, and nothing here tells the country of a number"
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Config, missing))
    }

    async fn add(&mut self, new: NewFile) -> Result<()> {
        if self.files.len() >= MOST_FILES {
            let most = MOST_FILES / 1000;
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "`split={}` would write more than {most},000 files",
                    self.split
                ),
            ));
        }
        let tray = self.shelf.tray();
        let mut exporter = (self.open)(&self.ctx.clone().for_part(tray.clone(), KEY))?;
        exporter.begin(&self.run).await?;
        self.files.push(File {
            number: self.files.len(),
            place: new.place,
            slug: new.slug,
            exporter,
            tray,
            written: 0,
        });
        Ok(())
    }

    /// Writes contacts that all go into the same files.
    async fn write(
        &mut self,
        contacts: &[ClassifiedContact],
        into: &[usize],
        report: &mut BatchReport,
    ) -> Result<()> {
        for (nth, file) in into.iter().enumerate() {
            let file = &mut self.files[*file];
            let written = file.exporter.write_batch(contacts).await?;
            file.written += written.written + written.updated;
            if nth == 0 {
                let known = self.written.get_mut(into);
                let count = written.written + written.updated;
                match known {
                    Some(known) => *known += count,
                    None => drop(self.written.insert(into.to_vec(), count)),
                }
                *report += written;
            } else {
                report.altered += written.altered;
            }
        }
        if into.len() > 1 {
            self.repeated += contacts.len() as u64;
        }
        Ok(())
    }

    /// Completes every file on its tray, in the order of their names.
    async fn encode(&mut self, end: &RunEnd) -> Result<Vec<Encoded>> {
        if self.files.is_empty() {
            let place = Place::of_nobody(self.split);
            let slug = String::new();
            self.add(NewFile { place, slug }).await?;
        }
        let files = std::mem::take(&mut self.files);
        let mut encoded = Vec::with_capacity(files.len());
        for (name, file) in names::named(files, |file| (&file.place, &file.slug)) {
            let summary = file.exporter.finish(end).await?;
            if !file.tray.is_complete() {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "this exporter cannot be split, since it writes past its output",
                ));
            }
            encoded.push(Encoded {
                number: file.number,
                path: names::path(&self.target, &name),
                tray: file.tray,
                written: file.written,
                summary,
            });
        }
        Ok(encoded)
    }

    /// Writes the files one after another, and says which are there. Stops at the first that cannot be
    /// written; what can be known of all before that is found out before the first.
    fn write_files(&self, encoded: &[Encoded], parts: &mut Vec<Part>) -> Result<()> {
        for file in encoded {
            check_target(&file.path)?;
        }
        for file in encoded {
            let mut part = Part::new(file.path.display().to_string(), file.written);
            part.sha256.clone_from(&file.summary.sha256);
            if part.sha256.is_none() && !self.ctx.is_without_checksum() {
                part.sha256 = Some(checksum(&file.tray)?);
            }
            // Nothing may fail between this and the note that it is written.
            write_file(&file.path, &file.tray)?;
            parts.push(part);
        }
        Ok(())
    }

    /// The error of a file behind others that are replaced already.
    fn stopped(
        &self,
        error: Error,
        encoded: &[Encoded],
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
            encoded.len(),
            listed(&names)
        );
        let there = &encoded[..done.len()];
        let is_there = |number: &usize| there.iter().any(|file| file.number == *number);
        let counts = self.written.iter();
        let partial = Partial {
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

    /// Refuses a target whose files would have names that are too long. How long a group's is comes
    /// out at the end only, before the first file is written.
    fn check_lengths(&self) -> Result<()> {
        let longest = match self.split {
            Split::Count(_) => "001",
            Split::Standing => "discovered",
            Split::Country => "no-country",
            Split::Group => "no-group",
        };
        check_length(&names::path(&self.target, longest))
    }

    fn left_by_earlier_runs(&self, parts: &[Part]) -> Vec<String> {
        let existing = self.split.existing_files(&self.target).into_iter();
        existing
            .map(|path| path.display().to_string())
            .filter(|path| !parts.iter().any(|part| part.destination == *path))
            .collect()
    }
}

/// Leaves out the contacts, which wait until the end.
impl fmt::Debug for SplitExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitExporter")
            .field("split", &self.split)
            .field("target", &self.target)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for SplitExporter {
    fn needs(&self) -> Needs {
        self.needs
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.check_facts(run)?;
        self.check_lengths()?;
        self.lock = Some(create_beside(&self.target)?);
        self.run = run.clone();
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        let (mut into, mut next, mut new) = (Vec::new(), Vec::new(), Vec::new());
        let mut begin = 0;
        for (at, contact) in batch.iter().enumerate() {
            self.sorter.sort(contact, &mut next, &mut new);
            for file in new.drain(..) {
                self.add(file).await?;
            }
            // Neighbours that go into the same files go together.
            if into != next {
                self.write(&batch[begin..at], &into, &mut report).await?;
                begin = at;
                std::mem::swap(&mut into, &mut next);
            }
        }
        self.write(&batch[begin..], &into, &mut report).await?;
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let encoded = self.encode(end).await?;
        let mut summary = Summary::new(self.split.pattern(&self.target).display().to_string());
        let folder = Folder::open(folder_of(&self.target));
        let written = self.write_files(&encoded, &mut summary.parts);
        let not_flushed = folder.flush();
        if let Err(error) = written {
            return Err(self.stopped(error, &encoded, summary.parts, not_flushed));
        }
        let said = |says: fn(&Summary) -> &[String]| {
            let each = encoded
                .iter()
                .map(|file| (&*file.path, says(&file.summary)));
            together(each)
        };
        summary.warnings = said(|summary| &summary.warnings);
        summary.warnings.extend(not_flushed);
        summary.notes = said(|summary| &summary.notes);
        summary.notes.extend(repeated_note(self.repeated));
        summary
            .warnings
            .extend(left_warning(&self.left_by_earlier_runs(&summary.parts)));
        Ok(summary)
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        for file in self.files {
            file.exporter.abort().await?;
        }
        Ok(())
    }
}

fn checksum(tray: &Tray) -> Result<String> {
    struct Sum(Sha256);

    impl io::Write for Sum {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut sum = Sum(Sha256::new());
    tray.copy_to(&mut sum)?;
    Ok(hex(&sum.0.finalize()))
}

/// What the files' exporters say, each sentence once, with the files that it is said of.
fn together<'a>(files: impl Iterator<Item = (&'a Path, &'a [String])>) -> Vec<String> {
    let mut sentences: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, said) in files {
        for sentence in said {
            let name = path.display().to_string();
            match sentences.iter_mut().find(|(known, _)| known == sentence) {
                Some((_, names)) => names.push(name),
                None => sentences.push((sentence, vec![name])),
            }
        }
    }
    let with_names = sentences.into_iter();
    with_names
        .map(|(sentence, names)| format!("{}: {sentence}", listed(&names)))
        .collect()
}

fn repeated_note(contacts: u64) -> Option<String> {
    let who = match contacts {
        0 => return None,
        1 => "1 contact is".to_owned(),
        more => format!("{more} contacts are"),
    };
    Some(format!(
        "{who} in several of the files, and counted once as written."
    ))
}

fn left_warning(names: &[String]) -> Option<String> {
    let (what, it) = match names.len() {
        0 => return None,
        1 => ("A file of an earlier run", "it"),
        _ => ("Files of an earlier run", "them"),
    };
    Some(format!(
        "{what} may be left beside these, and nothing was done to {it}: {}.",
        listed(names)
    ))
}

/// `a, b and 3 more`.
fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES)].join(", ");
    match names.len() - names.len().min(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
            .map(str::to_owned)
            .into();
        assert_eq!(listed(&names[..1]), "a");
        assert_eq!(listed(&names[..5]), "a, b, c, d, e");
        assert_eq!(listed(&names), "a, b, c, d, e and 2 more");
    }

    #[test]
    fn sentences_are_said_once_with_the_files_that_they_are_of() {
        let said = [
            ("a.vcf", vec!["One.".to_owned(), "Two.".to_owned()]),
            ("b.vcf", Vec::new()),
            ("c.vcf", vec!["Two.".to_owned()]),
        ];
        let said = said.iter().map(|(path, said)| (Path::new(path), &**said));
        assert_eq!(together(said), ["a.vcf: One.", "a.vcf, c.vcf: Two."]);
    }
}
