//! What is at a target while a program runs, kept so that it can be put back.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;
use whapi_export::{Error, ErrorKind, Result};

/// Copies of what is at some paths before a program starts.
///
/// A program gets the path of a temporary file, and can find the target beside it. One that writes to the
/// target changes it before anyone can prevent it, so only a copy protects what was there. Where the file
/// system shares blocks between files, the copy of a file takes no space.
///
/// Dropping puts back what was changed, unless the result [has appeared](Self::forget).
#[derive(Debug, Default)]
pub(super) struct Originals {
    kept: Vec<Original>,
    /// The contents of all files, one after another. The file has no name, and ends with this process.
    copies: Option<File>,
    /// How long the copies are.
    length: u64,
}

/// What was at one path: a file, a folder with all that is in it, or nothing.
#[derive(Debug)]
struct Original {
    path: PathBuf,
    /// A folder comes before what is in it. Empty when nothing was there.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The path below the original. Empty for the original itself.
    below: PathBuf,
    stamp: Stamp,
    permissions: Permissions,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Folder,
    /// Where the copy starts.
    File {
        start: u64,
    },
    Link(PathBuf),
    /// A pipe, a socket or a device: there is no copy of it.
    Special,
}

/// What differs when a file was written to, replaced, or given other permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// The device, the number of the file, and the time of its last change of any kind.
    #[cfg(unix)]
    file: (u64, u64, i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;

        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            file: (
                metadata.dev(),
                metadata.ino(),
                metadata.ctime(),
                metadata.ctime_nsec(),
            ),
        }
    }
}

impl Originals {
    /// Keeps what is at a path, and what it leads to if it is a link.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Destination`] when it cannot be copied, for example on a full disk.
    pub(super) fn keep(&mut self, path: &Path) -> Result<()> {
        let failed = |error: io::Error| {
            let message = format!(
                "could not copy `{}`, which the program could damage; free some space, or move it away",
                path.display()
            );
            Error::new(ErrorKind::Destination, message).with_source(error)
        };
        self.keep_one(path).map_err(failed)?;
        let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        if let Some(leads_to) = fs::canonicalize(path).ok().filter(|_| is_link) {
            self.keep_one(&leads_to).map_err(failed)?;
        }
        Ok(())
    }

    fn keep_one(&mut self, path: &Path) -> io::Result<()> {
        let mut entries = Vec::new();
        for (below, metadata) in entries_of(path)? {
            let kind = metadata.file_type();
            let content = if kind.is_dir() {
                Content::Folder
            } else if kind.is_symlink() {
                Content::Link(fs::read_link(joined(path, &below))?)
            } else if kind.is_file() {
                let start = self.length;
                self.copy(&joined(path, &below), folder_of(path))?;
                Content::File { start }
            } else {
                Content::Special
            };
            entries.push(Entry {
                below,
                stamp: Stamp::of(&metadata),
                permissions: metadata.permissions(),
                content,
            });
        }
        let path = path.to_owned();
        self.kept.push(Original { path, entries });
        Ok(())
    }

    /// Appends a file to the copies.
    fn copy(&mut self, path: &Path, folder: &Path) -> io::Result<()> {
        let copies = match &mut self.copies {
            Some(copies) => copies,
            none => none.insert(tempfile::tempfile_in(folder)?),
        };
        self.length += io::copy(&mut File::open(path)?, copies)?;
        Ok(())
    }

    /// Keeps nothing any longer: what is there now is the result.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.copies = None;
    }

    /// Puts back what was changed. The program must have ended. Returns what the program did to each path
    /// that was changed, a text that has no subject.
    pub(super) fn put_back(&mut self) -> Vec<String> {
        let kept = std::mem::take(&mut self.kept);
        let mut texts = Vec::new();
        for original in &kept {
            let path = original.path.display();
            match self.put_back_one(original) {
                Ok(false) => {}
                Ok(true) if original.entries.is_empty() => {
                    texts.push(format!("created `{path}`, which is removed again"));
                }
                Ok(true) => texts.push(format!("changed `{path}`, which is as before again")),
                Err(error) => {
                    let error = on_one_line_of(&error);
                    texts.push(format!(
                        "changed `{path}`, which could not be put back: {error}"
                    ));
                }
            }
        }
        texts
    }

    /// Whether the original was changed, and is put back.
    fn put_back_one(&mut self, original: &Original) -> io::Result<bool> {
        let path = &original.path;
        let now = entries_of(path)?;
        let now = now
            .iter()
            .map(|(below, found)| (&**below, Stamp::of(found)));
        let before = original.entries.iter();
        if now.eq(before.map(|entry| (&*entry.below, entry.stamp))) {
            return Ok(false);
        }
        let aside = tempfile::Builder::new()
            .prefix(".whapi-before-")
            .tempdir_in(folder_of(path))?;
        let before = aside.path().join("before");
        self.rebuild(original, &before)?;
        let moved = (|| {
            if fs::symlink_metadata(path).is_ok() {
                // What the program left goes with the folder.
                fs::rename(path, aside.path().join("after"))?;
            }
            if original.entries.is_empty() {
                return Ok(());
            }
            fs::rename(&before, path)
        })();
        moved.map_err(|error| at_hand(&error, aside))?;
        Ok(true)
    }

    /// Makes an original anew at another path.
    fn rebuild(&mut self, original: &Original, at: &Path) -> io::Result<()> {
        for entry in &original.entries {
            let path = joined(at, &entry.below);
            match &entry.content {
                Content::Folder => fs::create_dir(&path)?,
                Content::Link(leads_to) => link(leads_to, &path)?,
                Content::File { start } => self.rebuild_file(entry, *start, &path)?,
                Content::Special => {}
            }
        }
        // A folder may not be writable, so its mode comes after what is in it.
        for entry in original.entries.iter().rev() {
            if matches!(entry.content, Content::Folder | Content::File { .. }) {
                fs::set_permissions(joined(at, &entry.below), entry.permissions.clone())?;
            }
        }
        Ok(())
    }

    fn rebuild_file(&mut self, entry: &Entry, start: u64, path: &Path) -> io::Result<()> {
        let copies = self.copies.as_mut().expect("files have copies");
        copies.seek(SeekFrom::Start(start))?;
        let mut file = File::create_new(path)?;
        io::copy(&mut copies.take(entry.stamp.length), &mut file)?;
        if let Some(modified) = entry.stamp.modified {
            file.set_modified(modified)?;
        }
        file.sync_all()
    }
}

impl Drop for Originals {
    fn drop(&mut self) {
        // An error here has no one to report to.
        self.put_back();
    }
}

/// What is at a path, and everything below it. Empty when nothing is there.
fn entries_of(path: &Path) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let mut entries = Vec::new();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entries),
        found => entries.push((PathBuf::new(), found?)),
    }
    let mut next = 0;
    while let Some((below, found)) = entries.get(next) {
        next += 1;
        if !found.is_dir() {
            continue;
        }
        let below = below.clone();
        let names = fs::read_dir(joined(path, &below))?.map(|entry| Ok(entry?.file_name()));
        let mut names: Vec<_> = names.collect::<io::Result<_>>()?;
        names.sort();
        for name in names {
            let below = below.join(name);
            let found = fs::symlink_metadata(path.join(&below))?;
            entries.push((below, found));
        }
    }
    Ok(entries)
}

/// A path and what is below it, without a separator at the end for nothing.
fn joined(path: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() {
        return path.to_owned();
    }
    path.join(below)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Leaves what could not be moved, and says where it is.
fn at_hand(error: &io::Error, aside: TempDir) -> io::Error {
    let kept = aside.keep().join("before");
    io::Error::other(format!(
        "{error}; what was there is in `{}`",
        kept.display()
    ))
}

fn on_one_line_of(error: &io::Error) -> String {
    super::conversation::on_one_line(&error.to_string())
}

#[cfg(unix)]
fn link(leads_to: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(leads_to, path)
}

/// Links need a privilege there.
#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}
