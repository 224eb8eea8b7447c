//! A folder that another program fills.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::contract::{Error, ErrorKind, Result};
use crate::file::atomic_file::AtomicFile;
use crate::file::target::{folder_of, name_of};
use crate::file::{Committed, OutputTarget};

/// The file in a folder that says that an export made it.
const MARKER: &str = ".whapi-export";
const MARKER_TEXT: &str = "An export made this folder. The next one replaces it as a whole.\n";

/// A temporary folder for another program, which appears at its target on [`commit`](Self::commit).
///
/// The folder is beside the target and readable by its owner only. A commit flushes the files and
/// puts the folder in the place of the earlier one, which is deleted. Only an empty folder, or one that
/// a commit made, is replaced. Dropping without a commit removes the temporary folder.
///
/// # Examples
///
/// ```
/// use whapi_export::StagedFolder;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cards");
/// let mut staged = StagedFolder::new(path.clone());
/// std::fs::write(staged.prepare()?.join("ada.txt"), "Ada\n")?;
/// assert!(!path.exists());
/// assert_eq!(staged.commit()?.bytes, 4);
/// assert_eq!(std::fs::read(path.join("ada.txt"))?, b"Ada\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a folder that is not committed leaves nothing behind"]
pub struct StagedFolder {
    target: PathBuf,
    staging: Option<Staging>,
}

#[derive(Debug)]
struct Staging {
    path: PathBuf,
    /// Keeps a second run away.
    _lock: AtomicFile,
}

impl Drop for Staging {
    fn drop(&mut self) {
        // An error here has no one to report to; the next run tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl StagedFolder {
    /// A folder for `target`. Touches nothing yet.
    pub fn new(target: PathBuf) -> Self {
        let staging = None;
        Self { target, staging }
    }

    /// Describes the folder at the target, if an earlier commit made it.
    pub fn existing(&self) -> Option<String> {
        let made = self.target.join(MARKER).is_file();
        made.then(|| format!("the folder `{}`", self.target.display()))
    }

    /// Checks the target and creates the temporary folder, which is empty. Returns its path.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] that names the path and what is wrong with it.
    pub fn prepare(&mut self) -> Result<&Path> {
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => self.create()?,
        };
        Ok(&self.staging.insert(staging).path)
    }

    fn create(&self) -> Result<Staging> {
        self.check_target()?;
        let name = name_of(&self.target)?;
        let mut locked = name.to_owned();
        locked.push(".folder");
        let lock = AtomicFile::create(&folder_of(&self.target).join(locked))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".whapi.tmp");
        let path = folder_of(&self.target).join(hidden);
        let failed = |error: io::Error| {
            let message = format!("could not create the folder `{}`", path.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        };
        // With the lock held, one that is there was left by a run that was killed.
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        create_private(&path).map_err(failed)?;
        Ok(Staging { path, _lock: lock })
    }

    fn check_target(&self) -> Result<()> {
        let refused = |why: &str| {
            let message = format!("`{}` {why}", self.target.display());
            Err(Error::new(ErrorKind::Destination, message))
        };
        match fs::symlink_metadata(&self.target) {
            Err(_) => Ok(()),
            Ok(found) if !found.is_dir() => refused("is not a folder; name another"),
            Ok(_) if self.target.join(MARKER).is_file() => Ok(()),
            Ok(_) => match fs::read_dir(&self.target).map(|mut entries| entries.next().is_none()) {
                Ok(true) => Ok(()),
                _ => refused("is a folder with files of others; name another"),
            },
        }
    }

    /// Whether the temporary folder has no file. `true` before [`prepare`](Self::prepare).
    pub fn is_empty(&self) -> bool {
        let entries = self
            .staging
            .as_ref()
            .map(|staging| fs::read_dir(&staging.path));
        match entries {
            Some(Ok(mut entries)) => entries.next().is_none(),
            _ => true,
        }
    }

    /// Makes the folder appear at its target.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`]; then the target is as it was before, and the temporary folder is
    /// gone.
    pub fn commit(mut self) -> Result<Committed> {
        self.check_target()?;
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => self.create()?,
        };
        let failed = |error: io::Error| {
            let message = format!("could not complete `{}`", self.target.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        };
        let bytes = flush(&staging.path).map_err(failed)?;
        fs::write(staging.path.join(MARKER), MARKER_TEXT).map_err(failed)?;
        // What is at the temporary path afterwards, the earlier folder, is removed by the drop.
        put_in_place(&staging.path, &self.target).map_err(failed)?;
        drop(staging);
        Ok(Committed {
            target: OutputTarget::Path(self.target),
            sha256: None,
            bytes,
            warnings: Vec::new(),
            cut_off: false,
        })
    }
}

/// Flushes all files below a folder to disk. Returns their length in bytes.
fn flush(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            bytes += flush(&entry.path())?;
        } else if kind.is_file() {
            let file = fs::File::open(entry.path())?;
            file.sync_all()?;
            bytes += file.metadata()?.len();
        }
    }
    Ok(bytes)
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Renames a folder to a path where another one may be, in one step where the system can.
fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    if fs::symlink_metadata(to).is_err() {
        return fs::rename(from, to);
    }
    if exchange(from, to)? {
        return Ok(());
    }
    let mut aside = from.as_os_str().to_owned();
    aside.push(".old");
    let aside = PathBuf::from(aside);
    fs::rename(to, &aside)?;
    match fs::rename(from, to) {
        Ok(()) => fs::rename(&aside, from),
        Err(error) => {
            fs::rename(&aside, to)?;
            Err(error)
        }
    }
}

/// Exchanges two folders. `false` where the system cannot.
#[cfg(target_os = "linux")]
fn exchange(from: &Path, to: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}
