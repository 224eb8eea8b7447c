//! Where an output goes, and whether a file can be written there.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::contract::{Error, ErrorKind, Result};

/// Where an output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputTarget {
    /// A file. It is replaced only when the new one is complete.
    Path(PathBuf),
    /// Standard output, written to only when everything is there.
    Stdout,
    /// A temporary file of another program, which makes it appear. It is there already, and written in
    /// place.
    Staging(PathBuf),
}

impl OutputTarget {
    /// A target as a command line names it: `-` is standard output, everything else a path.
    ///
    /// ```
    /// use whapi_export::OutputTarget;
    ///
    /// assert_eq!(OutputTarget::from_argument("-"), OutputTarget::Stdout);
    /// assert_eq!(OutputTarget::from_argument("a.csv"), OutputTarget::Path("a.csv".into()));
    /// ```
    pub fn from_argument(argument: impl Into<PathBuf>) -> Self {
        let path = argument.into();
        if path.as_os_str() == "-" {
            Self::Stdout
        } else {
            Self::Path(path)
        }
    }

    /// Whether this is standard output.
    pub fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }
}

impl fmt::Display for OutputTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) | Self::Staging(path) => path.display().fmt(f),
            Self::Stdout => f.write_str("-"),
        }
    }
}

/// A rename would replace a device or a pipe by a file, so those are refused. A link is replaced
/// itself, unless it leads to one of them, such as `/dev/stdout`.
pub(super) fn check_target(path: &Path) -> Result<()> {
    check_length(path)?;
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(unusable(path, "is a folder; name a file in it")),
        Ok(found) if !found.is_file() => Err(unusable(
            path,
            "is not a regular file; use `-` to write to standard output",
        )),
        _ => Ok(()),
    }
}

/// Refuses a name that the file system can give to no file.
pub(super) fn check_length(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
            Err(unusable(path, "is too long a name for the file system"))
        }
        _ => Ok(()),
    }
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::new(
        ErrorKind::Destination,
        format!("`{}` {why}", path.display()),
    )
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The name of a file in its folder.
pub(super) fn name_of(path: &Path) -> Result<&OsStr> {
    path.file_name()
        .ok_or_else(|| unusable(path, "is not the name of a file"))
}
