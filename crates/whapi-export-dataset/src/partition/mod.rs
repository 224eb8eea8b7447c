//! The file of one channel, beside its place until the run ends.

mod folder;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod staged;

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use folder::{CreatedFolders, folder_name};
use rows::Rows;
use staged::CompleteFile;

use crate::config::DatasetFile;

/// The files that a partition may have, whatever this program can write.
const FILE_NAMES: &[&str] = &["part-0.jsonl", "part-0.parquet"];

/// The partition of a channel that is being written. Dropping removes it.
#[derive(Debug)]
pub(crate) struct Partition {
    rows: Rows,
    count: u64,
    place: Place,
}

/// A partition that waits for its [commit](Self::commit). Dropping removes it.
///
/// Thousands of them take neither file handles nor the memory of rows.
#[derive(Debug)]
pub(crate) struct ClosedPartition {
    file: CompleteFile,
    count: u64,
    place: Place,
}

/// A partition that readers see.
#[derive(Debug)]
pub(crate) struct CommittedPartition {
    /// The file, relative to the folder of the day.
    pub(crate) path: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// In lower-case hex.
    pub(crate) sha256: String,
}

#[derive(Debug)]
struct Place {
    /// The name of the folder.
    name: String,
    folder: PathBuf,
    file_name: &'static str,
    /// Empty folders are removed after the file in them.
    _created: CreatedFolders,
}

impl Partition {
    /// Creates the folder of a channel, and the file in it.
    pub(crate) fn create(day: &Path, channel: &str, format: DatasetFile) -> io::Result<Self> {
        let name = folder_name(channel);
        let folder = day.join(&name);
        let place = Place {
            _created: CreatedFolders::create(&folder)?,
            name,
            folder,
            file_name: format.file_name(),
        };
        Ok(Self {
            rows: Rows::create(&place.folder, format)?,
            count: 0,
            place,
        })
    }

    /// Appends the record of a contact, a line of JSON.
    pub(crate) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        self.count += 1;
        self.rows.append(record)
    }

    /// Completes the file and closes it.
    pub(crate) fn close(self) -> io::Result<ClosedPartition> {
        Ok(ClosedPartition {
            file: self.rows.finish()?,
            count: self.count,
            place: self.place,
        })
    }
}

impl ClosedPartition {
    /// Makes the file appear, in the place of one of any format.
    pub(crate) fn commit(self) -> io::Result<CommittedPartition> {
        let (file, place) = (self.file, self.place);
        let target = place.folder.join(place.file_name);
        file.path.persist(target).map_err(|error| error.error)?;
        // Afterwards, so that there is a file at every moment.
        for other in FILE_NAMES.iter().filter(|name| **name != place.file_name) {
            staged::remove(&place.folder.join(other))?;
        }
        Ok(CommittedPartition {
            path: format!("{}/{}", place.name, place.file_name),
            rows: self.count,
            bytes: file.bytes,
            sha256: file.sha256,
        })
    }
}
