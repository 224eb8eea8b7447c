//! The folder of a file, flushed to disk so that a rename outlives a power cut.

use std::fs::File;
use std::io;
use std::path::Path;

/// A folder, opened before files in it are renamed and flushed afterwards.
///
/// Neither can fail a commit: before the rename nothing depends on it, and after the rename the file
/// is there. A folder that may be written and not read (mode 0300) cannot be opened at all.
#[derive(Debug)]
pub(crate) struct Folder(io::Result<Option<File>>);

impl Folder {
    /// Opens a folder, or keeps the error for [`flush`](Self::flush).
    #[cfg(unix)]
    pub(crate) fn open(path: &Path) -> Self {
        Self(File::open(path).map(Some))
    }

    /// Does nothing, where folders cannot be flushed.
    #[cfg(not(unix))]
    pub(crate) fn open(_path: &Path) -> Self {
        Self(Ok(None))
    }

    /// Flushes the folder. Returns a warning, a sentence for people, when that failed.
    pub(crate) fn flush(self) -> Option<String> {
        let flushed = self.0.and_then(|folder| match folder {
            Some(folder) => folder.sync_all(),
            None => Ok(()),
        });
        flushed.err().map(|error| {
            format!(
                "The folder could not be flushed to disk ({error}): after a power cut, what was \
                 there before this run may be back."
            )
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_can_be_flushed_is_no_matter_for_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Folder::open(folder.path()).flush(), None);
    }

    #[test]
    fn a_folder_that_cannot_be_opened_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let opened = Folder::open(&folder.path().join("missing"));
        assert_eq!(
            opened.flush().unwrap(),
            "The folder could not be flushed to disk (No such file or directory (os error 2)): \
             after a power cut, what was there before this run may be back."
        );
    }

    /// A pipe cannot be flushed.
    #[test]
    fn a_flush_that_fails_is_a_warning() {
        let (pipe, _other_end) = io::pipe().unwrap();
        let pipe = File::from(std::os::fd::OwnedFd::from(pipe));
        assert_eq!(
            Folder(Ok(Some(pipe))).flush().unwrap(),
            "The folder could not be flushed to disk (Invalid argument (os error 22)): after a \
             power cut, what was there before this run may be back."
        );
    }
}
