//! The temporary file beside a target: one for each target, locked while it is written.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::checksum::hex;
use super::target::{check_target, folder_of, name_of};
use crate::contract::{Error, ErrorKind, Result};

/// Goes behind the target's name; a dot goes before it.
const SUFFIX: &str = ".whapi.tmp";
/// Hexadecimal digits that tell shortened names apart.
const DIGITS: usize = 16;
/// Characters that a shortened name takes from the target's: as many as the dot, a tilde, the digits
/// and the suffix have. So it is no longer than the target's name, in whatever unit the file system
/// counts.
const GIVEN_UP: usize = 1 + 1 + DIGITS + SUFFIX.len();
/// How often to try while others come and go at the same moment.
const TRIES: u32 = 16;

/// A temporary file, removed on drop unless it was [committed](Self::commit).
///
/// Its name follows from the target's, so that two programs which write onto one target meet here.
/// It belongs to the run that holds its lock, and only that run removes it. The operating system takes
/// the lock away with the process. So a file that is there and not locked was left by a run that was killed.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: File,
    path: PathBuf,
}

impl AtomicFile {
    /// Checks the target and creates the file beside it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] when the target is no place for a file, when another run writes to
    /// it, and when the folder cannot be written.
    pub(super) fn create(target: &Path) -> Result<Self> {
        check_target(target)?;
        let (folder, name) = (folder_of(target), name_of(target)?);
        let mut path = folder.join(full_name(name));
        let mut is_shortened = false;
        for _ in 0..TRIES {
            let file = match create_new(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    remove_leftover(target, &path)?;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidFilename && !is_shortened => {
                    path = folder.join(shortened_name(name));
                    is_shortened = true;
                    continue;
                }
                Err(error) => {
                    let message = format!(
                        "could not create a file in the folder `{}`",
                        folder.display()
                    );
                    return Err(Error::new(ErrorKind::Destination, message).with_source(error));
                }
            };
            match file.try_lock() {
                // Another run took it for a leftover. The file is that run's to remove: a removal here
                // could hit the file that a third run has put in its place meanwhile.
                Err(TryLockError::WouldBlock) => return Err(busy(target)),
                // On a file system without locks the name alone keeps others out.
                Ok(()) | Err(TryLockError::Error(_)) if leads_to(&path, &file) => {
                    make_private(&file);
                    return Ok(Self { file, path });
                }
                // Another run removed it before it was locked.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
        }
        Err(busy(target))
    }

    /// Writes what the buffer holds, and makes the file appear at `target`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`]; then the target is as it was before.
    pub(super) fn commit(writer: BufWriter<Self>, target: &Path) -> Result<()> {
        let failed = |what: &str, error: io::Error| {
            let message = format!("could not {what} `{}`", target.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        };
        // What still waits in memory is a write like those before it.
        let file = writer
            .into_inner()
            .map_err(|error| failed("write", error.into_error()))?;
        file.persist(target)
            .map_err(|error| failed("complete", error))
    }

    /// Where it is until it is committed.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file for reading, as another program left it: it may be another file by now.
    ///
    /// # Errors
    ///
    /// When no regular file is at the path.
    pub(super) fn reopen(&mut self) -> io::Result<File> {
        if !fs::symlink_metadata(&self.path)?.is_file() {
            return Err(io::Error::other(format!(
                "`{}` is not a regular file",
                self.path.display()
            )));
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).open(&self.path)?;
        if !self.is_in_place() {
            // Where it cannot be locked, the name alone keeps others out.
            let _ = file.try_lock();
            self.file = file.try_clone()?;
        }
        make_private(&file);
        Ok(file)
    }

    /// Flushes the file to disk and renames it over `target`.
    pub(super) fn persist(self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if !self.is_in_place() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("another program removed `{}`", self.path.display()),
            ));
        }
        // What is dropped afterwards is no longer in place, and so is not removed.
        fs::rename(&self.path, target)
    }

    /// Whether the path still leads to this file and not to another run's.
    fn is_in_place(&self) -> bool {
        leads_to(&self.path, &self.file)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if self.is_in_place() {
            // An error here has no one to report to; the next run tries again.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// `.NAME.whapi.tmp`.
fn full_name(name: &OsStr) -> OsString {
    let mut full = OsString::from(".");
    full.push(name);
    full.push(SUFFIX);
    full
}

/// `.NAM~0123456789abcdef.whapi.tmp`, where the full name is too long for the file system: the hash is
/// of the whole name, so that two long names do not meet in one.
fn shortened_name(name: &OsStr) -> OsString {
    // What is no text would become longer as the character that replaces it.
    let text = name.to_string_lossy().replace('\u{fffd}', "_");
    let kept = text.chars().count().saturating_sub(GIVEN_UP);
    let kept: String = text.chars().take(kept).collect();
    let hash = hex(&Sha256::digest(name.as_encoded_bytes()));
    format!(".{kept}~{}{SUFFIX}", &hash[..DIGITS]).into()
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives the owner back what a strange umask took. A file system without modes refuses, and has
/// nothing to give.
#[cfg(unix)]
fn make_private(file: &File) {
    use std::os::unix::fs::PermissionsExt;

    let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
}

#[cfg(not(unix))]
fn make_private(_: &File) {}

#[cfg(unix)]
fn leads_to(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;

    match (fs::symlink_metadata(path), file.metadata()) {
        (Ok(there), Ok(here)) => (there.dev(), there.ino()) == (here.dev(), here.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn leads_to(path: &Path, _: &File) -> bool {
    path.exists()
}

/// Removes the file at `path` if the run that made it is gone.
fn remove_leftover(target: &Path, path: &Path) -> Result<()> {
    let in_the_way = |error: io::Error| {
        let message = format!("`{}` is in the way; remove it", path.display());
        Error::new(ErrorKind::Destination, message).with_source(error)
    };
    let file = match open_leftover(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(in_the_way)?,
    };
    match file.try_lock() {
        Ok(()) if !leads_to(path, &file) => Ok(()),
        Ok(()) => match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(in_the_way(error)),
            _ => Ok(()),
        },
        Err(TryLockError::WouldBlock) => Err(busy(target)),
        Err(TryLockError::Error(error)) => {
            let message = format!(
                "`{}` may belong to another run, and the file system cannot tell; remove it if there is none",
                path.display()
            );
            Err(Error::new(ErrorKind::Destination, message).with_source(error))
        }
    }
}

/// Opens what a run may have left. That is a regular file, and never a link to one.
fn open_leftover(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    OpenOptions::new().write(true).open(path)
}

fn busy(target: &Path) -> Error {
    let message = format!(
        "another run is writing `{}`; let it finish, or name another file",
        target.display()
    );
    Error::new(ErrorKind::Destination, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_shortened(name: &OsStr, kept: &str) {
        // printf %s NAME | sha256sum | cut -c 1-16
        let hash = hex(&Sha256::digest(name.as_encoded_bytes()));
        let expected = format!(".{kept}~{}.whapi.tmp", &hash[..16]);
        assert_eq!(shortened_name(name), OsStr::new(&expected));
        let units = |name: &OsStr| name.to_string_lossy().encode_utf16().count();
        assert!(expected.len() <= name.len().max(28), "{expected}");
        assert!(
            units(expected.as_ref()) <= units(name).max(28),
            "{expected}"
        );
    }

    #[test]
    fn a_shortened_name_is_no_longer_than_the_targets() {
        check_shortened("n".repeat(255).as_ref(), &"n".repeat(227));
        check_shortened("é".repeat(127).as_ref(), &"é".repeat(99));
        check_shortened("語".repeat(85).as_ref(), &"語".repeat(57));
        check_shortened("😀".repeat(63).as_ref(), &"😀".repeat(35));
        check_shortened("short.csv".as_ref(), "");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_shortened_to_one() {
        use std::os::unix::ffi::OsStrExt;

        let name = [&[b'n'; 100][..], &[0xff; 155]].concat();
        let kept = "n".repeat(100) + &"_".repeat(127);
        check_shortened(OsStr::from_bytes(&name), &kept);
    }

    #[test]
    fn names_that_differ_at_their_end_only_are_told_apart() {
        let shortened = |end: &str| shortened_name(format!("{}{end}", "n".repeat(250)).as_ref());
        let of_a = format!(".{}~{}.whapi.tmp", "n".repeat(227), "38b6c6253bb8e85b");
        let of_b = format!(".{}~{}.whapi.tmp", "n".repeat(227), "ce29459218ff60f2");
        assert_eq!(shortened("a.csv"), OsString::from(of_a));
        assert_eq!(shortened("b.csv"), OsString::from(of_b));
    }
}
