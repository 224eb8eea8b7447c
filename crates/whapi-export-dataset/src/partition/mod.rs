//! The file of one channel, beside its place until the run ends.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use whapi_export::Checksum;

/// The file of a partition.
const FILE_NAME: &str = "part-0.jsonl";
/// The same until it is complete. Readers of such folders ignore names with a dot.
const STAGED_NAME: &str = ".part-0.jsonl.whapi.tmp";

/// The partition of one channel. Dropping removes what is not [committed](Self::commit).
///
/// Only the partition that is being written is open, so that thousands of channels need one file handle.
#[derive(Debug)]
pub(crate) struct Partition {
    /// The folder of the channel.
    folder: PathBuf,
    file: Option<BufWriter<File>>,
    sum: Checksum,
    is_committed: bool,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Partition {
    /// Creates the folder of a channel, and the file in it.
    pub(crate) fn create(day: &Path, channel: &str) -> io::Result<Self> {
        let folder = day.join(folder_name(channel));
        create_private(&folder)?;
        let staged = folder.join(STAGED_NAME);
        // One of a run that was killed: the lock of the manifest keeps others away.
        match fs::remove_file(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self {
            file: Some(BufWriter::new(options.open(staged)?)),
            folder,
            sum: Checksum::default(),
            is_committed: false,
            rows: 0,
            bytes: 0,
        })
    }

    /// Appends the records of contacts.
    pub(crate) fn append(&mut self, records: &[u8], rows: u64) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let staged = self.folder.join(STAGED_NAME);
                none.insert(BufWriter::new(
                    OpenOptions::new().append(true).open(staged)?,
                ))
            }
        };
        file.write_all(records)?;
        self.sum.update(records);
        self.rows += rows;
        self.bytes += records.len() as u64;
        Ok(())
    }

    /// Writes what waits in memory to the disk, and closes the file. It may be appended to again.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        match self.file.take() {
            Some(file) => file.into_inner()?.sync_all(),
            None => Ok(()),
        }
    }

    /// Makes the file appear. It must be closed.
    pub(crate) fn commit(&mut self) -> io::Result<()> {
        let place = self.folder.join(FILE_NAME);
        fs::rename(self.folder.join(STAGED_NAME), place)?;
        self.is_committed = true;
        Ok(())
    }

    /// The SHA-256 of what was written.
    pub(crate) fn sha256(&self) -> String {
        self.sum.clone().finish()
    }
}

impl Drop for Partition {
    fn drop(&mut self) {
        if self.is_committed {
            return;
        }
        self.file = None;
        // Errors here have no one to report to; the next run tries again.
        let _ = fs::remove_file(self.folder.join(STAGED_NAME));
        let _ = fs::remove_dir(&self.folder);
    }
}

/// The path of a partition's file, relative to the folder of the day.
pub(crate) fn relative_path(channel: &str) -> String {
    format!("{}/{FILE_NAME}", folder_name(channel))
}

/// `channel=shop`. Characters that such folders cannot have become `%XX`, as in Hive.
pub(crate) fn folder_name(channel: &str) -> String {
    let mut name = "channel=".to_owned();
    for byte in channel.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(byte.into()),
            other => write!(name, "%{other:02X}").expect("a String takes all"),
        }
    }
    name
}

/// Creates a folder and those above it, for its owner only.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_in_their_folder() {
        for (channel, expected) in [
            ("shop-2", "channel=shop-2"),
            ("../etc", "channel=%2E%2E%2Fetc"),
            ("a=b", "channel=a%3Db"),
            ("caf\u{e9}", "channel=caf%C3%A9"),
            ("", "channel="),
        ] {
            assert_eq!(folder_name(channel), expected);
        }
    }
}
