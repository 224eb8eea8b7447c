//! A program as it is started: found on `PATH` or named by a configuration.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use whapi_export::{Error, ErrorKind, Result};

/// Programs on `PATH` have a name that begins with this.
const PREFIX: &str = "whapi-exporter-";

/// A program and its arguments.
///
/// It is started without a shell.
///
/// # Examples
///
/// ```
/// use whapi_export_program::ProgramCommand;
///
/// let command = ProgramCommand::new("/usr/bin/python3").with_args(["/opt/notion.py"]);
/// assert_eq!(command.to_string(), "/usr/bin/python3 /opt/notion.py");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramCommand {
    program: PathBuf,
    args: Vec<OsString>,
    sha256: Option<String>,
}

impl ProgramCommand {
    /// A program without arguments: a path, or a name that is looked up on `PATH` when it starts.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            sha256: None,
        }
    }

    /// Adds arguments.
    pub fn with_args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets the SHA-256 that the program must have, in hex: of the first argument that is a file, such
    /// as a script, else of the program itself. Default: it is not checked.
    pub fn with_sha256(mut self, sha256: impl Into<String>) -> Self {
        self.sha256 = Some(sha256.into());
        self
    }

    /// Finds the program of a format: `whapi-exporter-NAME` on `PATH`.
    ///
    /// Entries of `PATH` that are no absolute path are skipped, so it is never one of the current
    /// folder. `None` when there is no such program, and for a name with other characters than
    /// lower-case letters, digits, `-` and `_`.
    pub fn find(name: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            return None;
        }
        on_path(OsStr::new(&format!("{PREFIX}{name}"))).map(Self::new)
    }

    /// The names of all formats that have a program on `PATH`, sorted, each once.
    pub fn names_on_path() -> Vec<String> {
        let folders = folders_of_path();
        let entries = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let mut names: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?;
                let name = name.strip_prefix(PREFIX)?;
                let name = name.strip_suffix(env::consts::EXE_SUFFIX).unwrap_or(name);
                Self::find(name).map(|_| name.to_owned())
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// The arguments.
    pub(crate) fn args(&self) -> &[OsString] {
        &self.args
    }

    /// Returns the path of the program, after checks.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when there is no such program, when the program, a script among its
    /// arguments or the folder of one can be changed by other users, and when the SHA-256 is another.
    pub(crate) fn resolve(&self) -> Result<PathBuf> {
        let program = if self.program.components().count() > 1 {
            self.program.clone()
        } else {
            on_path(self.program.as_os_str()).ok_or_else(|| self.not_found())?
        };
        if !program.is_absolute() {
            let message = format!("`{}` is not an absolute path", program.display());
            return Err(Error::new(ErrorKind::Config, message));
        }
        if !program.is_file() {
            return Err(self.not_found());
        }
        check_owner(&program)?;
        let script = self.args.iter().map(Path::new).find(|path| path.is_file());
        if let Some(script) = script {
            check_owner(script)?;
        }
        self.check_sum(script.unwrap_or(&program))?;
        Ok(program)
    }

    fn not_found(&self) -> Error {
        let message = format!("there is no program `{}`", self.program.display());
        Error::new(ErrorKind::Config, message)
    }

    fn check_sum(&self, path: &Path) -> Result<()> {
        let Some(expected) = &self.sha256 else {
            return Ok(());
        };
        let found = sum_of(path).map_err(|error| {
            let message = format!("could not read `{}`", path.display());
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        if found.eq_ignore_ascii_case(expected.trim()) {
            return Ok(());
        }
        let message = format!(
            "`{}` is not the program that the configuration pins: its SHA-256 is {found}",
            path.display()
        );
        Err(Error::new(ErrorKind::Config, message))
    }
}

impl fmt::Display for ProgramCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program.display())?;
        let mut args = self.args.iter();
        args.try_for_each(|arg| write!(f, " {}", arg.display()))
    }
}

fn folders_of_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path);
    folders.filter(|folder| folder.is_absolute()).collect()
}

fn on_path(name: &OsStr) -> Option<PathBuf> {
    let mut file = name.to_owned();
    if Path::new(name).extension().is_none() {
        file.push(env::consts::EXE_SUFFIX);
    }
    let mut paths = folders_of_path()
        .into_iter()
        .map(|folder| folder.join(&file));
    paths.find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let found = path.metadata();
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Refuses a file that other users can change, itself or by its folder.
#[cfg(unix)]
fn check_owner(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::getuid().as_raw();
    let real = fs::canonicalize(path)?;
    for path in [Some(&*real), real.parent()].into_iter().flatten() {
        let found = fs::metadata(path)?;
        let problem = if found.mode() & 0o022 != 0 {
            format!(
                "can be changed by other users (mode {:03o}); run `chmod go-w` on it",
                found.mode() & 0o777
            )
        } else if found.uid() != own && found.uid() != 0 {
            "belongs to another user".to_owned()
        } else {
            continue;
        };
        let message = format!("`{}` {problem}; it is not started", path.display());
        return Err(Error::new(ErrorKind::Config, message));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature on every platform")]
fn check_owner(_: &Path) -> Result<()> {
    Ok(())
}

fn sum_of(path: &Path) -> io::Result<String> {
    let digest = Sha256::digest(fs::read(path)?);
    let mut hex = String::new();
    for byte in &digest {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
