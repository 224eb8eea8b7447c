//! The partitions of a run.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use whapi_export::{Error, ErrorKind, Result};

use crate::config::DatasetFile;
use crate::partition::{ClosedPartition, CommittedPartition, Partition, folder_name};

/// The partitions of a run, of which the last is open. Dropping removes them.
#[derive(Debug)]
pub(crate) struct Partitions {
    /// The folder of the day.
    day: PathBuf,
    format: DatasetFile,
    /// The partition of the last contact, and the name of its channel.
    open: Option<(String, Partition)>,
    /// The others, by the names of their channels.
    closed: BTreeMap<String, ClosedPartition>,
}

impl Partitions {
    pub(crate) fn new(day: PathBuf, format: DatasetFile) -> Self {
        Self {
            day,
            format,
            open: None,
            closed: BTreeMap::new(),
        }
    }

    /// Appends the record of a contact to the partition of its channel.
    pub(crate) fn append(&mut self, channel: &str, record: &[u8]) -> Result<()> {
        let written = match &mut self.open {
            Some((name, partition)) if name == channel => partition.append(record),
            _ => self.create(channel)?.append(record),
        };
        written.map_err(|error| self.failed(channel, error))
    }

    /// Closes the partition that is open.
    pub(crate) fn close(&mut self) -> Result<()> {
        if let Some((channel, partition)) = self.open.take() {
            let closed = partition.close();
            let closed = closed.map_err(|error| self.failed(&channel, error))?;
            self.closed.insert(channel, closed);
        }
        Ok(())
    }

    /// The channels of all partitions that are closed.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &str> {
        self.closed.keys().map(String::as_str)
    }

    /// Makes the partition of a channel appear, which has no rows if none were appended.
    ///
    /// All partitions must be closed.
    pub(crate) fn commit(&mut self, channel: &str) -> Result<CommittedPartition> {
        let partition = match self.closed.remove(channel) {
            Some(partition) => Ok(partition),
            None => Partition::create(&self.day, channel, self.format).and_then(Partition::close),
        };
        let committed = partition.and_then(ClosedPartition::commit);
        committed.map_err(|error| self.failed(channel, error))
    }

    /// Closes the partition that is open, and creates that of another channel.
    fn create(&mut self, channel: &str) -> Result<&mut Partition> {
        self.close()?;
        let created = if self.closed.contains_key(channel) {
            Err(io::Error::other(
                "its contacts did not come one after another",
            ))
        } else {
            Partition::create(&self.day, channel, self.format)
        };
        let partition = created.map_err(|error| self.failed(channel, error))?;
        Ok(&mut self.open.insert((channel.to_owned(), partition)).1)
    }

    fn failed(&self, channel: &str, error: io::Error) -> Error {
        let folder = self.day.join(folder_name(channel));
        let message = format!("could not write the partition `{}`", folder.display());
        Error::new(ErrorKind::Destination, message).with_source(error)
    }
}
