//! A partition as Parquet.

mod column;
mod schema;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use column::Column;
use schema::Row;

/// Records of a row group, in bytes of JSON: some 20,000 contacts. So much is held in memory.
const GROUP_BYTES: usize = 8 << 20;
/// In the form by which readers find out whether to believe statistics.
const CREATED_BY: &str = concat!("whapi-export version ", env!("CARGO_PKG_VERSION"));

/// Writes records, a JSON object each, as the rows of a Parquet file.
///
/// Equal records give equal bytes, in whatever pieces they come.
#[derive(Debug)]
pub(super) struct ParquetRows<W: Write> {
    file: SerializedFileWriter<W>,
    row: Row,
    /// One for each leaf of the schema: the rows that are in no row group yet.
    columns: Vec<Column>,
    /// Bytes of the records of those rows.
    pending: usize,
    /// At how many a row group ends.
    group_bytes: usize,
}

impl<W: Write + Send> ParquetRows<W> {
    pub(super) fn new(file: W) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_compression(Compression::GZIP(GzipLevel::default()))
            .build();
        let schema = schema::message();
        let file = SerializedFileWriter::new(file, Arc::clone(&schema), Arc::new(properties));
        let file = file.map_err(into_io)?;
        let leaves = file.schema_descr().columns();
        Ok(Self {
            columns: leaves.iter().map(|leaf| Column::new(leaf)).collect(),
            row: Row::new(&schema),
            pending: 0,
            group_bytes: GROUP_BYTES,
            file,
        })
    }

    /// Appends the row of a record.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        self.row
            .append(&serde_json::from_slice(record)?, &mut self.columns)?;
        self.pending += record.len();
        if self.pending >= self.group_bytes {
            self.write_group().map_err(into_io)?;
        }
        Ok(())
    }

    /// Writes the rest, and what is at the end of such a file.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.pending > 0 {
            self.write_group().map_err(into_io)?;
        }
        self.file.into_inner().map_err(into_io)
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let mut writer = group.next_column()?.expect("a column for each leaf");
            column.write(writer.untyped())?;
            writer.close()?;
        }
        group.close()?;
        self.pending = 0;
        Ok(())
    }
}

/// The error of the file itself, where there is one: that the disk is full, say.
fn into_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
