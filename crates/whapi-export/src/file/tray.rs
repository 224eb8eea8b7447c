//! The bytes of files that are written later: in memory, and beyond a budget in one temporary file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bytes of all trays of a shelf that are held in memory. What comes beyond goes to a temporary
/// file.
const IN_MEMORY: usize = 16 << 20;
/// Bytes are read back in blocks of this size.
const BLOCK: usize = 64 << 10;

/// The trays of one result, and the file for what they cannot hold in memory together.
///
/// The file has no name, mode 0600, and goes when the shelf does.
#[derive(Clone)]
pub(crate) struct Shelf(Arc<Mutex<State>>);

struct State {
    folder: PathBuf,
    most: usize,
    in_memory: usize,
    file: Option<File>,
    /// Where the file ends.
    end: u64,
    /// By their numbers.
    trays: Vec<Contents>,
}

/// What one tray has: first the pieces in the file, in their order, and then what is in memory.
#[derive(Default)]
struct Contents {
    pieces: Vec<Piece>,
    memory: Vec<u8>,
    complete: bool,
}

struct Piece {
    start: u64,
    length: u64,
}

impl Shelf {
    /// A shelf that makes its file in this folder, when it needs one.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::of(folder, IN_MEMORY)
    }

    fn of(folder: &Path, most: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            folder: folder.to_owned(),
            most,
            in_memory: 0,
            file: None,
            end: 0,
            trays: Vec::new(),
        })))
    }

    /// An empty tray.
    pub(crate) fn tray(&self) -> Tray {
        let mut state = self.lock();
        state.trays.push(Contents::default());
        Tray {
            shelf: self.clone(),
            number: state.trays.len() - 1,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Contacts as bytes, so `Debug` shows how many trays there are.
impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} trays", self.lock().trays.len())
    }
}

impl State {
    /// Moves what is in memory to the end of the file.
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.seek(SeekFrom::Start(self.end))?;
        for contents in &mut self.trays {
            if contents.memory.is_empty() {
                continue;
            }
            file.write_all(&contents.memory)?;
            let length = contents.memory.len() as u64;
            contents.pieces.push(Piece {
                start: self.end,
                length,
            });
            self.end += length;
            contents.memory = Vec::new();
        }
        self.in_memory = 0;
        Ok(())
    }
}

/// Where an output leaves its bytes when another part of the program shall write the file.
#[derive(Debug, Clone)]
pub(crate) struct Tray {
    shelf: Shelf,
    number: usize,
}

impl Tray {
    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// What goes wrong with the temporary file, such as a full disk.
    pub(crate) fn add(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.shelf.lock();
        state.trays[self.number].memory.extend_from_slice(bytes);
        state.in_memory += bytes.len();
        if state.in_memory > state.most {
            state.spill()?;
        }
        Ok(())
    }

    /// Notes that these are all bytes.
    pub(crate) fn complete(&self) {
        self.shelf.lock().trays[self.number].complete = true;
    }

    /// Whether these are all bytes.
    pub(crate) fn is_complete(&self) -> bool {
        self.shelf.lock().trays[self.number].complete
    }

    /// Gives the bytes in their order, block by block.
    ///
    /// # Errors
    ///
    /// Those of the temporary file and those of `sink`.
    pub(crate) fn copy_to(&self, sink: &mut dyn Write) -> io::Result<()> {
        let state = &mut *self.shelf.lock();
        let contents = &state.trays[self.number];
        let mut block = vec![0; if contents.pieces.is_empty() { 0 } else { BLOCK }];
        for piece in &contents.pieces {
            let file = state.file.as_mut().expect("what has pieces has a file");
            file.seek(SeekFrom::Start(piece.start))?;
            let mut rest = piece.length;
            while rest > 0 {
                let length = usize::try_from(rest).unwrap_or(BLOCK).min(BLOCK);
                file.read_exact(&mut block[..length])?;
                sink.write_all(&block[..length])?;
                rest -= length as u64;
            }
        }
        sink.write_all(&contents.memory)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bytes(tray: &Tray) -> Vec<u8> {
        let mut bytes = Vec::new();
        tray.copy_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn trays_give_back_their_bytes_from_memory_and_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for most in [0, 1, 7, 100, 1_000_000] {
            let shelf = Shelf::of(folder.path(), most);
            let trays = [shelf.tray(), shelf.tray(), shelf.tray()];
            let mut expected = [const { Vec::new() }; 3];
            for round in 0..100_u8 {
                let place = usize::from(round % 3);
                let more = vec![round; usize::from(round % 5)];
                trays[place].add(&more).unwrap();
                expected[place].extend(more);
            }
            for (tray, expected) in trays.iter().zip(&expected) {
                assert_eq!(bytes(tray), *expected, "{most} bytes in memory");
                assert!(!tray.is_complete());
                tray.complete();
                assert!(tray.is_complete());
            }
            let state = shelf.lock();
            assert!(state.in_memory <= most);
            assert_eq!(state.file.is_some(), most < 200);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_piece_longer_than_a_block_comes_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(folder.path(), BLOCK);
        let tray = shelf.tray();
        let long: Vec<u8> = (0..=u8::MAX).cycle().take(3 * BLOCK + 1).collect();
        tray.add(&long).unwrap();
        tray.add(b"end").unwrap();
        assert_eq!(bytes(&tray), [&long[..], b"end"].concat());
    }

    #[test]
    fn a_folder_that_takes_no_file_is_an_error_only_when_one_is_needed() {
        let shelf = Shelf::of(Path::new("/nowhere/at/all"), 3);
        let tray = shelf.tray();
        tray.add(b"abc").unwrap();
        let error = tray.add(b"d").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(format!("{shelf:?}"), "1 trays");
    }
}
