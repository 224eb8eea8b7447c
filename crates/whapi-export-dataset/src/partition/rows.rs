//! The rows of a partition, in the format of its file.

use std::io::{self, Write};
use std::path::Path;

#[cfg(feature = "parquet")]
use super::parquet::ParquetRows;
use super::staged::{CompleteFile, StagedFile};
use crate::config::DatasetFile;

/// Writes records, a line of JSON each, as the rows of a file.
#[derive(Debug)]
pub(super) enum Rows {
    Jsonl(StagedFile),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetRows<StagedFile>>),
}

impl Rows {
    /// Creates the file in a folder.
    pub(super) fn create(folder: &Path, format: DatasetFile) -> io::Result<Self> {
        let file = StagedFile::create(folder)?;
        Ok(match format {
            DatasetFile::Jsonl => Self::Jsonl(file),
            #[cfg(feature = "parquet")]
            DatasetFile::Parquet => Self::Parquet(Box::new(ParquetRows::new(file)?)),
        })
    }

    /// Appends a record.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        match self {
            Self::Jsonl(file) => file.write_all(record),
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => rows.append(record),
        }
    }

    /// Completes and closes the file.
    pub(super) fn finish(self) -> io::Result<CompleteFile> {
        match self {
            Self::Jsonl(file) => file.finish(),
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => rows.finish()?.finish(),
        }
    }
}
