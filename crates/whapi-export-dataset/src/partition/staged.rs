//! A file that is written beside its place.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};
use whapi_export::Checksum;

/// The name of a file until it is complete. Readers of such folders ignore names with a dot.
const NAME: &str = ".part-0.whapi.tmp";
/// Bytes are written in blocks of this size.
const BLOCK: usize = 64 << 10;

/// Counts and sums up the bytes of a new file. Dropping removes it.
#[derive(Debug)]
pub(super) struct StagedFile {
    file: BufWriter<NamedTempFile>,
    checksum: Checksum,
    bytes: u64,
}

/// A file that is complete. Dropping removes it.
#[derive(Debug)]
pub(super) struct CompleteFile {
    pub(super) path: TempPath,
    pub(super) bytes: u64,
    /// In lower-case hex.
    pub(super) sha256: String,
}

impl StagedFile {
    /// Creates the file in a folder, for its owner only.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        // One of a run that was killed: the lock of the manifest keeps others away.
        remove(&folder.join(NAME))?;
        let mut named = tempfile::Builder::new();
        let file = named.prefix(NAME).rand_bytes(0).tempfile_in(folder)?;
        Ok(Self {
            file: BufWriter::with_capacity(BLOCK, file),
            checksum: Checksum::default(),
            bytes: 0,
        })
    }

    /// Writes what waits in memory to the disk, and closes the file.
    pub(super) fn finish(self) -> io::Result<CompleteFile> {
        let file = self.file.into_inner()?;
        file.as_file().sync_all()?;
        Ok(CompleteFile {
            path: file.into_temp_path(),
            bytes: self.bytes,
            sha256: self.checksum.finish(),
        })
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
