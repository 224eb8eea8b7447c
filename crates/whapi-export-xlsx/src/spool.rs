//! Bytes that wait in a temporary file without a name.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use whapi_export::{Error, ErrorKind, Result};

/// A temporary file that is written from its start, and then read from its start.
pub(crate) struct Spool {
    folder: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
}

impl Spool {
    /// An empty file in `folder`, of mode 0600 and without a name.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder)
            .map_err(|cause| temporary_file_error("create", folder, cause))?;
        Ok(Self::of(folder, file))
    }

    fn of(folder: &Path, file: File) -> Self {
        Self {
            folder: folder.to_owned(),
            file: BufWriter::with_capacity(64 << 10, file),
            bytes: 0,
        }
    }

    /// Appends bytes.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(|cause| temporary_file_error("write", &self.folder, cause))
    }

    /// How many bytes were appended.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives everything to `take`, piece by piece from the start.
    pub(crate) fn drain(mut self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let of = |what, cause| temporary_file_error(what, &self.folder, cause);
        self.file.flush().map_err(|cause| of("write", cause))?;
        let file = self.file.get_mut();
        file.rewind().map_err(|cause| of("read", cause))?;
        let mut piece = vec![0; 64 << 10];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(length) => take(&piece[..length])?,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(of("read", cause)),
            }
        }
    }
}

fn temporary_file_error(what: &str, folder: &Path, cause: io::Error) -> Error {
    let folder = folder.display();
    let message = format!("could not {what} a temporary file in the folder `{folder}`");
    Error::new(ErrorKind::Destination, message).with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path()).unwrap();
        let mut expected = Vec::new();
        for nth in 0..30_000_u32 {
            spool.append(&nth.to_le_bytes()).unwrap();
            expected.extend(nth.to_le_bytes());
        }
        assert_eq!(spool.bytes(), 120_000);
        let mut found = Vec::new();
        spool
            .drain(|piece| {
                found.extend_from_slice(piece);
                Ok(())
            })
            .unwrap();
        assert!(found == expected);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_without_room_for_temporary_files_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let error = Spool::new(&gone).err().unwrap();
        let gone = gone.display();
        check(
            &error,
            &format!("could not create a temporary file in the folder `{gone}`"),
            "No such file or directory (os error 2)",
        );
    }

    /// A device that is always full.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_of_the_destination() {
        let full = || {
            let device = File::options().write(true).open("/dev/full").unwrap();
            Spool::of(Path::new("out"), device)
        };
        let message = "could not write a temporary file in the folder `out`";
        let cause = "No space left on device (os error 28)";
        let mut spool = full();
        check(
            &spool.append(&vec![0; 1 << 20]).unwrap_err(),
            message,
            cause,
        );
        // What waits in the buffer finds the full disk at the end.
        let mut spool = full();
        spool.append(b"row").unwrap();
        check(&spool.drain(|_| Ok(())).unwrap_err(), message, cause);
    }

    #[track_caller]
    fn check(error: &Error, message: &str, cause: &str) {
        use std::error::Error as _;
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.source().unwrap().to_string(), cause);
    }
}
