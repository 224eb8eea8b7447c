//! A file that appears only when it is complete.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;
use whapi_text::counted;

use super::atomic_file::AtomicFile;
use super::checksum::Checksum;
use super::folder::Folder;
use super::stdout;
use super::target::{OutputTarget, folder_of};
use crate::contract::{Error, ErrorKind, Result, Summary};

/// Bytes for standard output that are held in memory; what goes beyond is held in an unnamed
/// temporary file.
const SPOOL_IN_MEMORY: usize = 4 << 20;
/// Bytes are written to the file system in blocks of this size.
const BLOCK: usize = 256 << 10;

/// An output that appears at its target on [`commit`](Self::commit), and not before.
///
/// For a path, bytes go to a temporary file in the same folder, readable by its owner only (mode
/// 0600 whatever the umask). Committing flushes it to disk, renames it over the target and flushes
/// the folder, so that at any moment the target is the old file or the complete new one. A folder
/// that cannot be flushed is a warning in [`Committed`], since the file is there by then.
/// A symbolic link at the target is replaced, not followed. Dropping without committing removes
/// the temporary file.
///
/// The temporary file of `contacts.csv` is `.contacts.csv.whapi.tmp`, locked as long as it is
/// written. Until then, a second output to the same target is refused. The lock ends with the
/// program however that ends, and the next output removes what a killed one left. Where the file
/// system takes no name of that length, a hash stands in place of the target's last 28 characters.
///
/// For standard output, bytes are held back (4 MiB in memory, the rest in an unnamed temporary
/// file) and copied on commit, so that a failed run prints nothing. A reader that closes the pipe
/// is no error. A terminal is shown the characters that could steer it as `\u{…}`; a pipe or a
/// file gets the exact bytes. Standard output that is [closed](stdout::is_closed) is an error.
///
/// [Staging](OutputTarget::Staging) is written in place, since another program makes it appear.
///
/// Nothing is touched before the first write, [`prepare`](Self::prepare) or commit. On Windows the
/// mode and the flushing of the folder do not apply.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use whapi_export::{Output, OutputTarget};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.txt");
/// let mut output = Output::new(OutputTarget::Path(path.clone()));
/// output.write_all(b"Ada\n")?;
/// assert!(!path.exists());
///
/// let committed = output.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"Ada\n");
/// assert_eq!(committed.bytes, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "an output that is not committed leaves nothing behind"]
pub struct Output {
    target: OutputTarget,
    sink: Option<Sink>,
    /// `None` when the sum is disabled.
    checksum: Option<Checksum>,
    bytes: u64,
    failed: bool,
    #[cfg(feature = "conformance")]
    fails_after: Option<u64>,
}

#[derive(Debug)]
enum Sink {
    File(BufWriter<AtomicFile>, PathBuf),
    InPlace(BufWriter<fs::File>),
    Spool(SpooledTempFile),
}

/// A committed output.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committed {
    /// Where it is.
    pub target: OutputTarget,
    /// SHA-256 of its bytes, in lower-case hex. `None` when it is
    /// [disabled](crate::OpenContext::with_checksum).
    pub sha256: Option<String>,
    /// Its length in bytes.
    pub bytes: u64,
    /// What the user should know, a sentence each: that the folder could not be flushed to disk.
    pub warnings: Vec<String>,
    /// Whether the reader of standard output went away before the end.
    pub cut_off: bool,
}

impl From<Committed> for Summary {
    fn from(committed: Committed) -> Self {
        let mut summary = Self::new(committed.target.to_string());
        summary.sha256 = committed.sha256;
        summary.warnings = committed.warnings;
        summary.cut_off = committed.cut_off;
        summary
    }
}

impl Output {
    /// An output for `target`. Touches nothing yet.
    pub fn new(target: OutputTarget) -> Self {
        Self {
            target,
            sink: None,
            checksum: Some(Checksum::default()),
            bytes: 0,
            failed: false,
            #[cfg(feature = "conformance")]
            fails_after: None,
        }
    }

    /// Enables or disables the SHA-256 of the output.
    pub(crate) fn with_checksum(mut self, enabled: bool) -> Self {
        self.checksum = enabled.then(Checksum::default);
        self
    }

    /// Describes the file that is at the target, if it is longer than `bytes`.
    ///
    /// An exporter that was given no contact returns it from
    /// [`Exporter::existing`](crate::Exporter::existing), with the length of a file without contacts.
    ///
    /// ```
    /// use whapi_export::{Output, OutputTarget};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("contacts.txt");
    /// let output = Output::new(OutputTarget::Path(path.clone()));
    /// assert_eq!(output.existing(0), None);
    /// std::fs::write(&path, "Ada\n")?;
    /// assert_eq!(output.existing(4), None);
    /// let there = format!("`{}`, which has 4 bytes", path.display());
    /// assert_eq!(output.existing(0), Some(there));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn existing(&self, bytes: u64) -> Option<String> {
        match &self.target {
            OutputTarget::Path(path) => existing_file(path, bytes),
            OutputTarget::Stdout | OutputTarget::Staging(_) => None,
        }
    }

    /// As [`existing`](Self::existing), where `empty` is a whole file without contacts and its first
    /// `bytes` are what stands before contacts.
    pub(super) fn existing_besides(&self, bytes: u64, empty: &[u8]) -> Option<String> {
        match &self.target {
            OutputTarget::Path(path) => existing_file_besides(path, bytes, empty),
            OutputTarget::Stdout | OutputTarget::Staging(_) => None,
        }
    }

    /// Where it will appear.
    pub fn target(&self) -> &OutputTarget {
        &self.target
    }

    /// Checks the target and creates the temporary file: call it in
    /// [`Exporter::begin`](crate::Exporter::begin), so that a folder that cannot be written is
    /// found out before the first request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] that names the path and what is wrong with it, or says that
    /// standard output is closed.
    pub fn prepare(&mut self) -> Result<()> {
        self.sink().map(|_| ())
    }

    /// Makes writes fail once more than `bytes` were written, as a full disk would.
    #[cfg(feature = "conformance")]
    pub(crate) fn failing_after(mut self, bytes: u64) -> Self {
        self.fails_after = Some(bytes);
        self
    }

    fn sink(&mut self) -> Result<&mut Sink> {
        let sink = match self.sink.take() {
            Some(sink) => sink,
            None => Sink::open(&self.target)?,
        };
        Ok(self.sink.insert(sink))
    }

    /// Makes the output appear at its target.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`], also when an earlier write failed and its error was dropped;
    /// then the target is as it was before, and the temporary file is gone. Standard output can have
    /// got a part: then the error [says so](Error::partial).
    pub fn commit(mut self) -> Result<Committed> {
        if self.failed {
            let message = format!(
                "could not complete `{}`: an earlier write failed",
                self.target
            );
            return Err(Error::new(ErrorKind::Destination, message));
        }
        let sink = match self.sink.take() {
            Some(sink) => sink,
            None => Sink::open(&self.target)?,
        };
        let mut warnings = Vec::new();
        let mut cut_off = false;
        match sink {
            Sink::File(writer, path) => {
                let folder = Folder::open(folder_of(&path));
                AtomicFile::commit(writer, &path)?;
                warnings.extend(folder.flush());
            }
            Sink::InPlace(mut writer) => writer.flush().map_err(|error| {
                let message = format!("could not write `{}`", self.target);
                Error::new(ErrorKind::Destination, message).with_source(error)
            })?,
            Sink::Spool(spool) => cut_off = !stdout::copy(spool)?,
        }
        Ok(Committed {
            target: self.target,
            sha256: self.checksum.map(Checksum::finish),
            bytes: self.bytes,
            warnings,
            cut_off,
        })
    }

    #[cfg(feature = "conformance")]
    fn check_limit(&self, more: usize) -> io::Result<()> {
        match self.fails_after {
            Some(limit) if self.bytes + more as u64 > limit => {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            _ => Ok(()),
        }
    }
}

impl Sink {
    fn open(target: &OutputTarget) -> Result<Self> {
        Ok(match target {
            OutputTarget::Stdout => {
                stdout::check_open()?;
                Self::Spool(SpooledTempFile::new(SPOOL_IN_MEMORY))
            }
            OutputTarget::Path(path) => {
                let writer = BufWriter::with_capacity(BLOCK, AtomicFile::create(path)?);
                Self::File(writer, path.clone())
            }
            OutputTarget::Staging(path) => {
                let mut options = fs::OpenOptions::new();
                let opened = options.write(true).truncate(true).open(path);
                let file = opened.map_err(|error| {
                    let message = format!("could not open `{}`", path.display());
                    Error::new(ErrorKind::Destination, message).with_source(error)
                })?;
                Self::InPlace(BufWriter::with_capacity(BLOCK, file))
            }
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file, _) => file.write(bytes),
            Self::InPlace(file) => file.write(bytes),
            Self::Spool(spool) => spool.write(bytes),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.try_write(bytes) {
            Ok(written) => {
                if let Some(sum) = &mut self.checksum {
                    sum.update(&bytes[..written]);
                }
                self.bytes += written as u64;
                Ok(written)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failed = true;
                Err(error)
            }
        }
    }

    /// Does nothing: bytes are flushed by [`Output::commit`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "conformance")]
        self.check_limit(bytes.len())
            .map_err(|error| self.failed_write(error))?;
        let written = self.sink().map_err(io::Error::other)?.write(bytes);
        written.map_err(|error| self.failed_write(error))
    }

    /// Names the target, unless the caller should simply try again.
    fn failed_write(&self, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::Interrupted {
            return error;
        }
        let message = match &self.target {
            OutputTarget::Path(path) | OutputTarget::Staging(path) => {
                format!("could not write `{}`", path.display())
            }
            OutputTarget::Stdout => {
                "could not keep what is for standard output in a temporary file".to_owned()
            }
        };
        io::Error::other(Error::new(ErrorKind::Destination, message).with_source(error))
    }
}

/// Describes a file that is longer than `bytes`. `None` when there is none.
pub(super) fn existing_file(path: &Path, bytes: u64) -> Option<String> {
    let length = path.metadata().ok().filter(fs::Metadata::is_file)?.len();
    let there = || {
        format!(
            "`{}`, which has {}",
            path.display(),
            counted(length, "byte")
        )
    };
    (length > bytes).then(there)
}

/// As [`existing_file`]. `None`, too, for a file that is `empty`.
pub(super) fn existing_file_besides(path: &Path, bytes: u64, empty: &[u8]) -> Option<String> {
    let is_empty = |path: &Path| {
        let length = path.metadata().map(|found| found.len());
        length.is_ok_and(|length| length == empty.len() as u64)
            && fs::read(path).is_ok_and(|found| found == empty)
    };
    existing_file(path, bytes).filter(|_| !is_empty(path))
}

#[cfg(test)]
mod tests;
