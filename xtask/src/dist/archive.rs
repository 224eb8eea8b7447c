//! Archives that are the same bytes each time: sorted, one time, no owner.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A file or an empty folder of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The path, with `/` between its parts. That of a folder ends with one.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_program: bool,
}

impl Entry {
    /// Creates a file that cannot be run.
    pub(crate) fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
            is_program: false,
        }
    }

    /// Creates a file that can be run.
    pub(crate) fn program(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            is_program: true,
            ..Self::new(path, bytes)
        }
    }

    /// Creates an empty folder.
    pub(crate) fn folder(name: &str) -> Self {
        Self::program(format!("{name}/"), [])
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// The mode of Unix.
    pub(crate) fn mode(&self) -> u32 {
        if self.is_program { 0o755 } else { 0o644 }
    }

    /// Moves the file into a folder.
    pub(crate) fn within(self, folder: &str) -> Self {
        Self {
            path: format!("{folder}/{}", self.path),
            ..self
        }
    }
}

/// Writes a tar archive, compressed by gzip. `time` is in seconds since 1970.
pub(crate) fn tar_gz(mut entries: Vec<Entry>, time: u64) -> Result<Vec<u8>, String> {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    // The time in the header of gzip is 0, and the name is left out.
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for entry in &entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(entry.bytes.len() as u64);
        header.set_mode(entry.mode());
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        if entry.is_folder() {
            header.set_entry_type(tar::EntryType::Directory);
        }
        archive
            .append_data(&mut header, &entry.path, entry.bytes.as_slice())
            .map_err(|error| format!("could not archive {}: {error}", entry.path))?;
    }
    archive
        .into_inner()
        .and_then(GzEncoder::finish)
        .map_err(|error| format!("could not write the archive: {error}"))
}

/// Writes a zip archive of files. They have the format's earliest time, 1980-01-01.
pub(crate) fn zip(mut entries: Vec<Entry>) -> Result<Vec<u8>, String> {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for entry in &entries {
        let options = zip::write::SimpleFileOptions::default()
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(entry.mode());
        archive
            .start_file(&entry.path, options)
            .map_err(|error| error.to_string())
            .and_then(|()| {
                let written = archive.write_all(&entry.bytes);
                written.map_err(|error| error.to_string())
            })
            .map_err(|error| format!("could not archive {}: {error}", entry.path))?;
    }
    let written = archive
        .finish()
        .map_err(|error| format!("could not write the archive: {error}"))?;
    Ok(written.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    const TIME: u64 = 1_796_000_000;

    fn entries() -> Vec<Entry> {
        vec![
            Entry::program("whapi", b"\x7fELF".to_vec()).within("w-1"),
            Entry::new("README.md", "# w\n").within("w-1"),
            Entry::new("man/whapi.1", ".TH\n").within("w-1"),
            Entry::folder("empty").within("w-1"),
        ]
    }

    fn files() -> Vec<Entry> {
        let entries = entries().into_iter();
        entries.filter(|entry| !entry.is_folder()).collect()
    }

    #[test]
    fn a_tar_has_what_went_in_sorted_and_without_an_owner() {
        let bytes = tar_gz(entries(), TIME).unwrap();
        let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
        let found: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                let path = entry.path().unwrap().to_str().unwrap().to_owned();
                let header = entry.header();
                let owner = (header.uid().unwrap(), header.gid().unwrap());
                assert_eq!(owner, (0, 0));
                assert_eq!(header.username().unwrap(), Some(""));
                assert_eq!(header.mtime().unwrap(), TIME);
                let is_folder = header.entry_type() == tar::EntryType::Directory;
                assert_eq!(is_folder, path.ends_with('/'));
                (path, header.mode().unwrap(), bytes)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("w-1/README.md".to_owned(), 0o644, b"# w\n".to_vec()),
                ("w-1/empty/".to_owned(), 0o755, Vec::new()),
                ("w-1/man/whapi.1".to_owned(), 0o644, b".TH\n".to_vec()),
                ("w-1/whapi".to_owned(), 0o755, b"\x7fELF".to_vec()),
            ]
        );
    }

    #[test]
    fn the_order_of_the_files_does_not_change_the_bytes() {
        let mut reversed = entries();
        reversed.reverse();
        assert_eq!(tar_gz(reversed, TIME), tar_gz(entries(), TIME));
        assert_ne!(tar_gz(entries(), TIME + 1), tar_gz(entries(), TIME));
        let mut reversed = files();
        reversed.reverse();
        assert_eq!(zip(reversed), zip(files()));
    }

    #[test]
    fn a_zip_has_what_went_in() {
        let bytes = zip(files()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<_> = archive
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(names, ["w-1/README.md", "w-1/man/whapi.1", "w-1/whapi"]);
        let mut program = archive.by_name("w-1/whapi").unwrap();
        assert_eq!(program.unix_mode(), Some(0o100_755));
        assert_eq!(program.last_modified(), Some(zip::DateTime::default()));
        let mut bytes = Vec::new();
        program.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"\x7fELF");
    }
}
