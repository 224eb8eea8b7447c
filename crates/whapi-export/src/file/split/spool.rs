//! The bytes of many files that are not written yet.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The bytes of all sections that are held in memory. What comes beyond goes to a temporary file.
const IN_MEMORY: usize = 16 << 20;
/// Bytes are read back in blocks of this size.
const BLOCK: usize = 64 << 10;

/// The bytes of many files, a section each: 16 MiB in memory, the rest in one temporary file.
///
/// The file has no name, mode 0600, and disappears with the spool.
pub(super) struct Spool {
    folder: PathBuf,
    most: usize,
    in_memory: usize,
    file: Option<File>,
    /// Where the file ends.
    end: u64,
    sections: Vec<Section>,
}

/// First the pieces in the file, in their order, and then what is in memory.
#[derive(Default)]
struct Section {
    pieces: Vec<Piece>,
    memory: Vec<u8>,
    length: u64,
}

struct Piece {
    start: u64,
    length: u64,
}

impl Spool {
    /// A spool that makes its file in this folder, when it needs one.
    pub(super) fn new(folder: &Path) -> Self {
        Self::of(folder, IN_MEMORY)
    }

    fn of(folder: &Path, most: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            most,
            in_memory: 0,
            file: None,
            end: 0,
            sections: Vec::new(),
        }
    }

    /// Adds an empty section. Sections are numbered from 0 in the order in which they are added.
    pub(super) fn add_section(&mut self) {
        self.sections.push(Section::default());
    }

    /// Appends bytes to a section.
    ///
    /// # Errors
    ///
    /// Those of the temporary file, such as a full disk.
    pub(super) fn append(&mut self, section: usize, bytes: &[u8]) -> io::Result<()> {
        let section = &mut self.sections[section];
        section.memory.extend_from_slice(bytes);
        section.length += bytes.len() as u64;
        self.in_memory += bytes.len();
        if self.in_memory > self.most {
            self.spill()?;
        }
        Ok(())
    }

    /// How many bytes a section has.
    #[cfg(feature = "conformance")]
    pub(super) fn length(&self, section: usize) -> u64 {
        self.sections[section].length
    }

    /// Moves what is in memory to the end of the file.
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.seek(SeekFrom::Start(self.end))?;
        for section in &mut self.sections {
            if section.memory.is_empty() {
                continue;
            }
            file.write_all(&section.memory)?;
            let length = section.memory.len() as u64;
            section.pieces.push(Piece {
                start: self.end,
                length,
            });
            self.end += length;
            section.memory = Vec::new();
        }
        self.in_memory = 0;
        Ok(())
    }

    /// Copies the bytes of a section in their order, block by block.
    ///
    /// # Errors
    ///
    /// Those of the temporary file and those of `sink`.
    pub(super) fn copy(&mut self, section: usize, sink: &mut dyn Write) -> io::Result<()> {
        let section = &self.sections[section];
        let mut block = vec![0; if section.pieces.is_empty() { 0 } else { BLOCK }];
        for piece in &section.pieces {
            let file = self.file.as_mut().expect("what has pieces has a file");
            file.seek(SeekFrom::Start(piece.start))?;
            let mut rest = piece.length;
            while rest > 0 {
                let length = usize::try_from(rest).unwrap_or(BLOCK).min(BLOCK);
                file.read_exact(&mut block[..length])?;
                sink.write_all(&block[..length])?;
                rest -= length as u64;
            }
        }
        sink.write_all(&section.memory)
    }
}

/// Shows how many sections there are: their bytes are contacts.
impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sections", self.sections.len())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bytes(spool: &mut Spool, section: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        spool.copy(section, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn sections_return_their_bytes_from_memory_and_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for most in [0, 1, 7, 100, 1_000_000] {
            let mut spool = Spool::of(folder.path(), most);
            for _ in 0..3 {
                spool.add_section();
            }
            let mut expected = [const { Vec::new() }; 3];
            for round in 0..100_u8 {
                let section = usize::from(round % 3);
                let more = vec![round; usize::from(round % 5)];
                spool.append(section, &more).unwrap();
                expected[section].extend(more);
            }
            for (section, expected) in expected.iter().enumerate() {
                assert_eq!(
                    bytes(&mut spool, section),
                    *expected,
                    "{most} bytes in memory"
                );
                assert_eq!(spool.sections[section].length, expected.len() as u64);
            }
            assert!(spool.in_memory <= most);
            assert_eq!(spool.file.is_some(), most < 200);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_piece_longer_than_a_block_comes_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::of(folder.path(), BLOCK);
        spool.add_section();
        let long: Vec<u8> = (0..=u8::MAX).cycle().take(3 * BLOCK + 1).collect();
        spool.append(0, &long).unwrap();
        spool.append(0, b"end").unwrap();
        assert_eq!(bytes(&mut spool, 0), [&long[..], b"end"].concat());
    }

    #[test]
    fn a_folder_that_takes_no_file_is_an_error_only_when_one_is_needed() {
        let mut spool = Spool::of(Path::new("/nowhere/at/all"), 3);
        spool.add_section();
        spool.append(0, b"abc").unwrap();
        let error = spool.append(0, b"d").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(format!("{spool:?}"), "1 sections");
    }
}
