//! The files of a split result: which contact goes into which, and what they are called.

use std::path::PathBuf;

use whapi_classify::ClassifiedContact;
use whapi_text::counted;

use super::countries::Countries;
use super::names;
use super::place::Place;
use super::report::left_warning;
use super::sorter::{NewFile, Sorter};
use super::split::Split;
use crate::contract::{Error, ErrorKind, Part, Result, RunInfo};
use crate::file::atomic_file::AtomicFile;
use crate::file::output::existing_file;
use crate::file::target::check_length;

/// The most files of one result: each takes some memory, and a folder with more is of no use.
const MOST_FILES: usize = 10_000;

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

/// The files of a split result, for exporters that write each of them by other means than an encoder.
///
/// [`OpenContext::split_files`](crate::OpenContext::split_files) makes it. Files are numbered from 0, in the
/// order in which contacts first need them.
///
/// ```
/// use whapi_export::whapi_model::{Contact, ContactId};
/// use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunInfo};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.txt");
/// let ctx = OpenContext::new().with_target(OutputTarget::Path(path));
/// let mut files = ctx.split_files("standing".parse()?)?;
/// files.begin(&RunInfo::new())?;
///
/// let contact = Contact::new(ContactId::parse("447700900101")?);
/// let saved = ClassifiedContact::new(contact.clone().with_saved(true));
/// let unknown = ClassifiedContact::new(contact);
/// assert_eq!(files.files_of(&unknown)?, [0]);
/// assert_eq!(files.files_of(&saved)?, [1]);
/// assert_eq!(files.files_of(&unknown)?, [0]);
/// assert_eq!(files.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SplitFiles {
    pub(super) target: SplitTarget,
    sorter: Sorter,
    /// By their numbers.
    files: Vec<NewFile>,
    /// Those of the last contact.
    found: Vec<usize>,
    /// The temporary file of the target itself. It keeps a second run away, split or not.
    lock: Option<AtomicFile>,
}

impl SplitFiles {
    pub(crate) fn new(target: SplitTarget) -> Self {
        Self {
            sorter: Sorter::new(target.split, target.countries.clone()),
            target,
            files: Vec::new(),
            found: Vec::new(),
            lock: None,
        }
    }

    /// Checks that the run brings what the contacts are sorted by, and keeps a second run away.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when it does not, and [`ErrorKind::Destination`] when the files cannot be
    /// written.
    pub fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.check_facts(run)?;
        self.check_lengths()?;
        self.lock = Some(AtomicFile::create(&self.target.path)?);
        Ok(())
    }

    /// Returns the numbers of the files that a contact goes into, at least one. A number that is
    /// [`len`](Self::len) or more before is that of a new file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for more than 10,000 files.
    pub fn files_of(&mut self, contact: &ClassifiedContact) -> Result<&[usize]> {
        self.sorter.sort(contact, &mut self.found, &mut self.files);
        if self.files.len() > MOST_FILES {
            let (split, most) = (self.target.split, MOST_FILES / 1000);
            let message = format!("`split={split}` would write more than {most},000 files");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        Ok(&self.found)
    }

    /// The number of files so far.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file yet.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds the file that is written when there are no contacts.
    pub fn add_one_without_contacts(&mut self) {
        let place = Place::without_contacts(self.target.split);
        let slug = String::new();
        self.files.push(NewFile { place, slug });
    }

    /// The numbers and the paths of all files, in the order of their names.
    pub fn paths(&self) -> Vec<(usize, PathBuf)> {
        let files: Vec<_> = self.files.iter().enumerate().collect();
        let named = names::named(files, |(_, file)| (&file.place, &file.slug));
        let named = named.into_iter();
        named
            .map(|(name, (number, _))| (number, names::path(&self.target.path, &name)))
            .collect()
    }

    /// A path beside the target for the file of a number, before its name is known.
    pub fn provisional_path(&self, number: usize) -> PathBuf {
        names::path(&self.target.path, &format!("part-{number}"))
    }

    /// The path of the files, with `*` for what differs.
    pub fn pattern(&self) -> PathBuf {
        self.target.split.pattern(&self.target.path)
    }

    /// Describes the files that are there already, of more than `bytes` each. `None` when there are none.
    pub fn existing(&self, bytes: u64) -> Option<String> {
        self.existing_by(|path| existing_file(path, bytes))
    }

    /// The same by another judgement of a file.
    pub(super) fn existing_by(
        &self,
        of_file: impl Fn(&std::path::Path) -> Option<String>,
    ) -> Option<String> {
        let files = self.target.split.existing_files(&self.target.path);
        let mut existing = files.iter().filter_map(|path| of_file(path));
        let first = existing.next()?;
        Some(match existing.count() {
            0 => first,
            others => format!("{first}, and {}", counted(others as u64, "other file")),
        })
    }

    /// Warns of files of an earlier run that are not among these.
    pub fn left_by_earlier_runs(&self, parts: &[Part]) -> Option<String> {
        let existing = self.target.split.existing_files(&self.target.path);
        let names = existing.into_iter().map(|path| path.display().to_string());
        let left: Vec<_> = names
            .filter(|path| !parts.iter().any(|part| part.destination == *path))
            .collect();
        left_warning(&left)
    }

    fn check_facts(&self, run: &RunInfo) -> Result<()> {
        let missing = match self.target.split {
            Split::Group if !run.available.reasons => "`split=group` requires `--reasons`",
            Split::Channel if !run.available.channels => {
                "`split=channel` requires a run over several channels: `--channel` given twice, \
                 `--channel-tag` or `--all-channels`"
            }
            Split::Country if !self.target.countries.are_known() => {
                "`split=country` requires the country of each phone number, which this program does \
                 not know"
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Config, missing))
    }

    /// Refuses a target whose files would have names that are too long. How long a group's or a channel's
    /// is comes out at the end only, before the first file is written.
    fn check_lengths(&self) -> Result<()> {
        let longest = match self.target.split {
            Split::Count(_) => "001",
            Split::Standing => "discovered",
            Split::Country => "no-country",
            Split::Group => "no-group",
            Split::Channel => "no-channel",
        };
        check_length(&names::path(&self.target.path, longest))
    }
}
