//! A file that appears only when it is complete.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use tempfile::SpooledTempFile;

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
/// written. A second output onto the same target is refused meanwhile. The lock ends with the
/// program however that ends, and the next output removes what a killed one left. Where the file
/// system takes no name of that length, a hash stands in place of the target's last 28 characters.
///
/// For standard output, bytes are held back (4 MiB in memory, the rest in an unnamed temporary
/// file) and copied on commit, so that a failed run prints nothing. A reader that closes the pipe
/// is no error. A terminal is shown the characters that could steer it as `\u{…}`; a pipe or a
/// file gets the exact bytes. Standard output that is [closed](stdout::is_closed) is an error.
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
    pub fn failing_after(mut self, bytes: u64) -> Self {
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
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file, _) => file.write(bytes),
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
            OutputTarget::Path(path) => format!("could not write `{}`", path.display()),
            OutputTarget::Stdout => {
                "could not keep what is for standard output in a temporary file".to_owned()
            }
        };
        io::Error::other(Error::new(ErrorKind::Destination, message).with_source(error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn files_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn output(path: &Path) -> Output {
        Output::new(OutputTarget::Path(path.to_owned()))
    }

    #[test]
    fn appears_on_commit_with_the_right_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut out = output(&path);
        out.write_all(b"abc").unwrap();
        assert_eq!(files_in(folder.path()).len(), 1, "only the temporary file");
        let committed = out.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!(files_in(folder.path()), ["a.txt"]);
        assert_eq!(
            committed.sha256.unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn dropping_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let mut out = output(&path);
        out.write_all(b"new").unwrap();
        drop(out);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(files_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn an_empty_output_is_an_empty_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        assert_eq!(output(&path).commit().unwrap().bytes, 0);
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn errors_name_the_path_and_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere").join("a.txt");
        let error = output(&missing).prepare().unwrap_err();
        let expected = format!(
            "could not create a file in the folder `{}`",
            folder.path().join("nowhere").display()
        );
        assert_eq!(error.to_string(), expected);
        let error = output(folder.path()).prepare().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is a folder; name a file in it",
                folder.path().display()
            )
        );
    }

    #[test]
    fn a_folder_that_vanishes_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        let path = inner.join("a.txt");
        fs::create_dir(&inner).unwrap();
        let mut out = output(&path);
        out.write_all(b"abc").unwrap();
        fs::remove_dir_all(&inner).unwrap();
        let error = out.commit().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(
            error.to_string(),
            format!("could not complete `{}`", path.display())
        );
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(files_in(folder.path()), [""; 0]);
    }

    #[test]
    fn the_target_becoming_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut out = output(&path);
        out.write_all(b"abc").unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(out.commit().unwrap_err().kind(), ErrorKind::Destination);
        assert_eq!(files_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn nothing_is_touched_before_the_first_byte() {
        let folder = tempfile::tempdir().unwrap();
        let out = output(&folder.path().join("a.txt"));
        assert_eq!(files_in(folder.path()), [""; 0]);
        drop(out);
        assert_eq!(files_in(folder.path()), [""; 0]);
    }

    #[test]
    fn an_output_with_a_failed_write_does_not_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let mut out = output(&path).failing_after(4);
        out.write_all(b"abcd").unwrap();
        let error = Error::from(out.write_all(b"e").unwrap_err());
        assert_eq!(
            error.to_string(),
            format!("could not write `{}`", path.display())
        );
        let error = out.commit().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "could not complete `{}`: an earlier write failed",
                path.display()
            )
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(files_in(folder.path()), ["a.txt"]);
    }

    #[cfg(feature = "conformance")]
    #[test]
    fn what_waits_for_standard_output_fails_by_its_temporary_file() {
        let mut out = Output::new(OutputTarget::Stdout).failing_after(4);
        let error = Error::from(out.write_all(b"abcde").unwrap_err());
        assert_eq!(
            error.to_string(),
            "could not keep what is for standard output in a temporary file"
        );
        assert_eq!(error.partial(), None);
    }

    fn leftover_of(path: &Path) -> PathBuf {
        let name = path.file_name().unwrap().to_str().unwrap();
        path.with_file_name(format!(".{name}.whapi.tmp"))
    }

    #[test]
    fn a_second_output_onto_one_target_says_so_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut first = output(&path);
        first.write_all(b"first").unwrap();

        let error = output(&path).prepare().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Destination);
        let expected = format!(
            "another run is writing `{}`; let it finish, or name another file",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        output(&folder.path().join("b.txt")).prepare().unwrap();

        first.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let mut second = output(&path);
        second.write_all(b"second").unwrap();
        drop(second);
        let mut third = output(&path);
        third.write_all(b"third").unwrap();
        third.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(files_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn of_many_at_once_one_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for _ in 0..50 {
            fs::write(leftover_of(&path), "half of an old r").unwrap();
            let gate = std::sync::Barrier::new(4);
            let held: Vec<bool> = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| {
                            let mut out = output(&path);
                            gate.wait();
                            let prepared = out.prepare();
                            // Nobody lets go before everybody has tried.
                            gate.wait();
                            prepared.is_ok()
                        })
                    })
                    .collect();
                runs.into_iter().map(|run| run.join().unwrap()).collect()
            });
            assert_eq!(held.iter().filter(|held| **held).count(), 1, "{held:?}");
            assert_eq!(files_in(folder.path()), [""; 0]);
        }
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(leftover_of(&path), "half of an old r").unwrap();
        let others = [".a.txt.tmp", ".b.txt.whapi.tmp", "a.txt.whapi.tmp"];
        for other in others {
            fs::write(folder.path().join(other), "keep").unwrap();
        }
        let mut out = output(&path);
        out.write_all(b"new").unwrap();
        out.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(
            files_in(folder.path()),
            [".a.txt.tmp", ".b.txt.whapi.tmp", "a.txt", "a.txt.whapi.tmp"]
        );
    }

    #[test]
    fn the_temporary_file_of_a_long_name_is_locked_and_cleaned_up_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["a", "b"].map(|end| {
            let name = "n".repeat(250) + end;
            folder.path().join(name)
        });
        let mut first = output(&path);
        first.prepare().unwrap();
        // (printf %250s | tr ' ' n; printf a) | sha256sum
        let leftover = format!(".{}~2a9aa22cbaa525a0.whapi.tmp", "n".repeat(223));
        assert_eq!(files_in(folder.path()), [&*leftover]);
        let error = output(&path).prepare().unwrap_err();
        let expected = format!(
            "another run is writing `{}`; let it finish, or name another file",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        output(&other).prepare().unwrap();
        drop(first);

        fs::write(folder.path().join(leftover), "half of an old r").unwrap();
        let mut out = output(&path);
        out.write_all(b"new").unwrap();
        out.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(files_in(folder.path()), ["n".repeat(250) + "a"]);
    }

    #[test]
    fn a_leftover_that_is_no_file_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::create_dir(leftover_of(&path)).unwrap();
        let error = output(&path).prepare().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is in the way; remove it",
                leftover_of(&path).display()
            )
        );
        assert_eq!(files_in(folder.path()), [".a.txt.whapi.tmp"]);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn a_link_in_place_of_the_temporary_file_is_not_followed() {
            let folder = tempfile::tempdir().unwrap();
            let precious = folder.path().join("precious.txt");
            let path = folder.path().join("a.txt");
            fs::write(&precious, "keep").unwrap();
            symlink(&precious, leftover_of(&path)).unwrap();
            let error = output(&path).prepare().unwrap_err();
            assert_eq!(
                std::error::Error::source(&error).unwrap().to_string(),
                "it is not a regular file"
            );
            assert_eq!(fs::read(&precious).unwrap(), b"keep");
        }

        #[test]
        fn what_took_the_place_of_the_temporary_file_is_neither_committed_nor_removed() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.txt");
            fs::write(&path, "old").unwrap();
            let mut out = output(&path);
            out.write_all(b"new").unwrap();
            fs::remove_file(leftover_of(&path)).unwrap();
            fs::write(leftover_of(&path), "another's").unwrap();
            let error = out.commit().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("could not complete `{}`", path.display())
            );
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(fs::read(leftover_of(&path)).unwrap(), b"another's");
        }

        #[test]
        fn only_the_owner_may_read_it() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.txt");
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            output(&path).commit().unwrap();
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }

        #[test]
        fn a_link_is_replaced_and_what_it_led_to_is_untouched() {
            let folder = tempfile::tempdir().unwrap();
            let precious = folder.path().join("precious.txt");
            let path = folder.path().join("a.txt");
            fs::write(&precious, "keep").unwrap();
            symlink(&precious, &path).unwrap();
            let mut out = output(&path);
            out.write_all(b"new").unwrap();
            out.commit().unwrap();
            assert_eq!(fs::read(&precious).unwrap(), b"keep");
            assert!(fs::symlink_metadata(&path).unwrap().is_file());
        }

        #[test]
        fn a_device_is_refused() {
            let error = output(Path::new("/dev/null")).prepare().unwrap_err();
            assert_eq!(
                error.to_string(),
                "`/dev/null` is not a regular file; use `-` to write to standard output"
            );
        }
    }
}
