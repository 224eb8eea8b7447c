//! A file that another program writes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::contract::{Error, ErrorKind, Result};
use crate::file::atomic_file::AtomicFile;
use crate::file::checksum::Checksum;
use crate::file::folder::Folder;
use crate::file::output::existing_file;
use crate::file::stdout;
use crate::file::target::{check_target, folder_of};
use crate::file::{Committed, Output, OutputTarget};

/// A temporary file for another program, which appears at its target on [`commit`](Self::commit).
///
/// The other program opens the [path](Self::prepare) and writes, or puts another regular file in its
/// place. Everything else is as with an [`Output`]: the file is beside the target, readable by
/// its owner only and locked, a commit flushes it to disk and renames it over the target, and dropping
/// without a commit removes it. For standard output the file is in the system's folder for temporary
/// files, and a commit copies it.
///
/// # Examples
///
/// ```
/// use whapi_export::{OutputTarget, StagedFile};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("contacts.txt");
/// let mut staged = StagedFile::new(OutputTarget::Path(path.clone()));
/// std::fs::write(staged.prepare()?, "Ada\n")?;
/// assert!(!path.exists());
///
/// let committed = staged.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"Ada\n");
/// assert_eq!(committed.bytes, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a file that is not committed leaves nothing behind"]
pub struct StagedFile {
    target: OutputTarget,
    staging: Option<Staging>,
    checksum: bool,
    #[cfg(feature = "conformance")]
    fails_after: Option<u64>,
}

#[derive(Debug)]
enum Staging {
    Beside(AtomicFile),
    /// For standard output.
    Apart(NamedTempFile),
}

impl Staging {
    fn path(&self) -> &Path {
        match self {
            Self::Beside(file) => file.path(),
            Self::Apart(file) => file.path(),
        }
    }
}

impl StagedFile {
    /// A file for `target`. Touches nothing yet.
    pub fn new(target: OutputTarget) -> Self {
        Self {
            target,
            staging: None,
            checksum: true,
            #[cfg(feature = "conformance")]
            fails_after: None,
        }
    }

    /// Enables or disables the SHA-256 of the file. Default: enabled.
    pub fn with_checksum(mut self, enabled: bool) -> Self {
        self.checksum = enabled;
        self
    }

    /// Makes the commit fail when the file is longer than `bytes`, as a full disk would.
    #[cfg(feature = "conformance")]
    pub(crate) fn failing_after(mut self, bytes: u64) -> Self {
        self.fails_after = Some(bytes);
        self
    }

    /// Sets another path at which it will appear, in the same folder.
    pub fn with_path(mut self, path: PathBuf) -> Self {
        self.target = OutputTarget::Path(path);
        self
    }

    /// Where it will appear.
    pub fn target(&self) -> &OutputTarget {
        &self.target
    }

    /// Describes the file that is at the target, if it is longer than `bytes`; see
    /// [`Output::existing`].
    pub fn existing(&self, bytes: u64) -> Option<String> {
        match &self.target {
            OutputTarget::Path(path) => existing_file(path, bytes),
            OutputTarget::Stdout | OutputTarget::Staging(_) => None,
        }
    }

    /// Checks the target and creates the temporary file, which is empty. Returns its path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] that names the path and what is wrong with it, or says that standard
    /// output is closed.
    pub fn prepare(&mut self) -> Result<&Path> {
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => self.open()?,
        };
        Ok(self.staging.insert(staging).path())
    }

    fn open(&self) -> Result<Staging> {
        match &self.target {
            OutputTarget::Path(path) | OutputTarget::Staging(path) => {
                AtomicFile::create(path).map(Staging::Beside)
            }
            OutputTarget::Stdout => {
                stdout::check_open()?;
                let file = NamedTempFile::with_prefix("whapi-").map_err(|error| {
                    let message = "could not create a temporary file for standard output";
                    Error::new(ErrorKind::Destination, message).with_source(error)
                })?;
                Ok(Staging::Apart(file))
            }
        }
    }

    /// The length of the temporary file in bytes. `None` before [`prepare`](Self::prepare), and when
    /// no regular file is in its place.
    pub fn len(&self) -> Option<u64> {
        let there = self.staging.as_ref()?.path().symlink_metadata().ok()?;
        there.is_file().then_some(there.len())
    }

    /// Whether the temporary file has no bytes. `true` when it is not there.
    pub fn is_empty(&self) -> bool {
        self.len().unwrap_or_default() == 0
    }

    /// Makes the file appear at its target.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`]; then the target is as it was before, and the temporary file is gone.
    /// Standard output can have got a part: then the error [says so](Error::partial).
    pub fn commit(mut self) -> Result<Committed> {
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => self.open()?,
        };
        match staging {
            Staging::Apart(file) => self.copy_to_stdout(&file),
            Staging::Beside(file) => {
                let message = format!("could not complete `{}`", self.target);
                self.rename(file)
                    .map_err(|error| Error::new(ErrorKind::Destination, message).with_source(error))
            }
        }
    }

    fn rename(self, mut file: AtomicFile) -> io::Result<Committed> {
        let (OutputTarget::Path(path) | OutputTarget::Staging(path)) = &self.target else {
            unreachable!("standard output has no file beside it")
        };
        check_target(path).map_err(io::Error::other)?;
        let (bytes, sha256) = self.read(file.reopen()?)?;
        let folder = Folder::open(folder_of(path));
        file.persist(path)?;
        Ok(Committed {
            sha256,
            bytes,
            warnings: folder.flush().into_iter().collect(),
            cut_off: false,
            target: self.target,
        })
    }

    /// Reads the whole file, for its length and its sum.
    fn read(&self, file: fs::File) -> io::Result<(u64, Option<String>)> {
        let length = file.metadata()?.len();
        #[cfg(feature = "conformance")]
        self.check_limit(length)?;
        if !self.checksum {
            return Ok((length, None));
        }
        let mut sum = Checksum::default();
        let bytes = sum.read_to_end(file)?;
        Ok((bytes, Some(sum.finish())))
    }

    fn copy_to_stdout(self, file: &NamedTempFile) -> Result<Committed> {
        let mut output = Output::new(self.target.clone()).with_checksum(self.checksum);
        let mut written = fs::File::open(file.path())?;
        #[cfg(feature = "conformance")]
        self.check_limit(written.metadata()?.len())?;
        io::copy(&mut written, &mut output)?;
        output.flush()?;
        output.commit()
    }

    #[cfg(feature = "conformance")]
    fn check_limit(&self, length: u64) -> io::Result<()> {
        match self.fails_after {
            Some(limit) if length > limit => Err(io::Error::from(io::ErrorKind::StorageFull)),
            _ => Ok(()),
        }
    }
}
