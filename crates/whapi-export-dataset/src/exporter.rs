//! The exporter: a partition for each channel, and the manifest at the end.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use whapi_export::{
    BatchReport, Capabilities, ChannelEnd, ClassifiedContact, Definition, Encoder, Error,
    ErrorKind, Exporter, OpenContext, OptionSpec, Output, OutputTarget, Part, Result, RunEnd,
    RunInfo, Summary, async_trait,
};
use whapi_export_jsonl::{JsonlConfig, JsonlEncoder};
use whapi_text::{counted, system_time_rfc_3339};

use crate::config::{DatasetConfig, DatasetDate};
use crate::manifest::{Manifest, PartitionEntry, file_name};
use crate::partition::{Partition, create_private, folder_name, relative_path};

/// The channel of contacts that have no name of one.
const DEFAULT_CHANNEL: &str = "default";

/// The definition to register: `dataset`, with the options of [`DatasetConfig`].
///
/// # Examples
///
/// ```
/// let dataset = whapi_export_dataset::definition();
/// assert_eq!(dataset.name(), "dataset");
/// assert_eq!(dataset.default_file_name().as_deref(), Some("contacts.dataset"));
/// ```
pub fn definition() -> Definition {
    let mut capabilities = Capabilities::default();
    capabilities.stdout = false;
    Definition::new(
        "dataset",
        "a folder of JSON Lines, a partition for each day and channel, with proof of completeness",
        |ctx| Ok(Box::new(DatasetExporter::new(ctx.options()?, root(ctx)?))),
    )
    .with_capabilities(capabilities)
    .extension("dataset")
    .for_programs()
    .option(OptionSpec::new(
        "date",
        "YYYY-MM-DD",
        "the day of the partitions; without it, today in UTC",
    ))
    .option(
        OptionSpec::new(
            "shard",
            "I/N",
            "this run is number I of N that share the channels; it writes a manifest of its own",
        )
        .default_value("1/1"),
    )
}

fn root(ctx: &OpenContext) -> Result<PathBuf> {
    match ctx.target() {
        Some(OutputTarget::Path(path)) => Ok(path.clone()),
        Some(OutputTarget::Stdout) => Err(Error::new(
            ErrorKind::Config,
            "a dataset is a folder, so it cannot be written to standard output; give a path",
        )),
        _ => Err(Error::new(
            ErrorKind::Config,
            "no folder was named; give a path",
        )),
    }
}

/// Writes contacts as a dataset.
///
/// Each partition is written beside its place, and appears when the run ends, as a whole. The manifest
/// comes last: it names every partition, with its checksum and whether the list of the channel is
/// complete. The partition of a channel that failed stays as it was, and the manifest says that it failed.
pub struct DatasetExporter {
    config: DatasetConfig,
    root: PathBuf,
    encoder: JsonlEncoder,
    /// The folder of the day. Empty before `begin`.
    day: PathBuf,
    date: String,
    /// Whether contacts have the names of their channels.
    names_channels: bool,
    /// The manifest, which keeps other runs away from the start on. `None` before `begin`.
    manifest: Option<Output>,
    /// By the names of the channels.
    partitions: BTreeMap<String, Partition>,
    /// The channel of the last contact.
    open: String,
    /// The records of a batch that go into one partition.
    buffer: Vec<u8>,
}

impl DatasetExporter {
    /// An exporter to a folder. Touches nothing yet.
    pub fn new(config: DatasetConfig, root: PathBuf) -> Self {
        Self {
            config,
            root,
            encoder: JsonlEncoder::new(JsonlConfig::default()),
            day: PathBuf::new(),
            date: String::new(),
            names_channels: false,
            manifest: None,
            partitions: BTreeMap::new(),
            open: String::new(),
            buffer: Vec::new(),
        }
    }

    /// Writes the buffer to the partition of the channel that is open.
    fn flush(&mut self, rows: u64) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let failed = |error| failed(&self.day, &self.open, error);
        let partition = match self.partitions.entry(self.open.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(none) => {
                none.insert(Partition::create(&self.day, &self.open).map_err(failed)?)
            }
        };
        let written = partition.append(&self.buffer, rows);
        self.buffer.clear();
        written.map_err(failed)
    }

    /// Closes the partition of the channel that is open, and opens another.
    fn switch(&mut self, channel: &str) -> Result<()> {
        if let Some(partition) = self.partitions.get_mut(&self.open) {
            let closed = partition.close();
            closed.map_err(|error| failed(&self.day, &self.open, error))?;
        }
        channel.clone_into(&mut self.open);
        Ok(())
    }

    /// The channels of the run and how they ended, those of contacts among them.
    fn ends(&self, end: &RunEnd) -> Vec<ChannelEnd> {
        if !self.names_channels && self.partitions.is_empty() {
            return vec![whole(DEFAULT_CHANNEL, end)];
        }
        let said = end.channels();
        let unsaid = self.partitions.keys();
        let unsaid = unsaid.filter(|name| said.iter().all(|one| one.name != **name));
        let unsaid = unsaid.map(|name| whole(name, end));
        said.iter().cloned().chain(unsaid).collect()
    }

    fn commit(&mut self, end: &RunEnd) -> Result<Summary> {
        self.switch("")?;
        let ends = self.ends(end);
        let mut manifest = Manifest::new(
            &self.date,
            self.config.shard,
            system_time_rfc_3339(SystemTime::now()),
        );
        let mut summary = Summary::new(self.root.display().to_string());
        for channel in &ends {
            let entry = self.commit_partition(channel)?;
            if let Some(sha256) = &entry.sha256 {
                let path = self.day.join(entry.path.as_deref().unwrap_or_default());
                let mut part = Part::new(path.display().to_string(), entry.rows);
                part.sha256 = Some(sha256.clone());
                summary.parts.push(part);
            }
            manifest.push(entry);
        }
        let incomplete = manifest
            .partitions
            .iter()
            .filter(|one| !one.complete)
            .count();
        if incomplete > 0 {
            summary.warnings.push(format!(
                "{} not complete; the manifest says why.",
                match incomplete {
                    1 => "1 partition is".to_owned(),
                    many => format!("{many} partitions are"),
                }
            ));
        }
        let mut output = self.manifest.take().expect("a run has begun");
        let json = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        output.write_all(&json)?;
        output.write_all(b"\n")?;
        summary.warnings.extend(output.commit()?.warnings);
        Ok(summary)
    }

    fn commit_partition(&mut self, end: &ChannelEnd) -> Result<PartitionEntry> {
        let mut entry = PartitionEntry {
            channel: end.name.clone(),
            path: None,
            complete: end.complete == Some(true),
            reasons: end.reasons.clone(),
            rows: 0,
            bytes: 0,
            sha256: None,
        };
        if end.complete.is_none() {
            return Ok(entry);
        }
        let failed = |error| failed(&self.day, &end.name, error);
        let mut partition = match self.partitions.remove(&end.name) {
            Some(partition) => partition,
            // A channel without contacts is a partition all the same.
            None => Partition::create(&self.day, &end.name).map_err(failed)?,
        };
        let committed = partition.close().and_then(|()| partition.commit());
        committed.map_err(failed)?;
        entry.path = Some(relative_path(&end.name));
        entry.rows = partition.rows;
        entry.bytes = partition.bytes;
        entry.sha256 = Some(partition.sha256());
        Ok(entry)
    }
}

/// The end of a run over one source, as that of a channel.
fn whole(name: &str, end: &RunEnd) -> ChannelEnd {
    ChannelEnd::read(name, end.is_complete(), end.reasons().to_vec())
}

/// The error of a partition.
fn failed(day: &Path, channel: &str, error: io::Error) -> Error {
    let folder = day.join(folder_name(channel));
    let message = format!("could not write the partition `{}`", folder.display());
    Error::new(ErrorKind::Destination, message).with_source(error)
}

impl fmt::Debug for DatasetExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatasetExporter")
            .field("root", &self.root)
            .field("config", &self.config)
            .field("partitions", &self.partitions.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Exporter for DatasetExporter {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        if run.available.merged_channels {
            return Err(Error::new(
                ErrorKind::Config,
                "a dataset has a partition for each channel, so merged channels cannot be written to it; \
                 leave --merge-channels away",
            ));
        }
        self.names_channels = run.available.channels;
        let date = self.config.date.clone().unwrap_or_else(DatasetDate::today);
        self.date = date.to_string();
        self.day = self.root.join(format!("dt={date}"));
        create_private(&self.day).map_err(|error| {
            let message = format!("could not create the folder `{}`", self.day.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        })?;
        let path = self.day.join(file_name(self.config.shard));
        let mut output = Output::new(OutputTarget::Path(path));
        output.prepare()?;
        self.manifest = Some(output);
        self.encoder.header(run, &mut self.buffer)
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut rows = 0;
        for contact in batch {
            let channel = contact.channel().unwrap_or(DEFAULT_CHANNEL);
            if channel != self.open {
                self.flush(rows)?;
                self.switch(channel)?;
                rows = 0;
            }
            let _ = self.encoder.contact(contact, &mut self.buffer)?;
            rows += 1;
        }
        self.flush(rows)?;
        Ok(BatchReport::written(batch.len()))
    }

    async fn existing(&mut self, _: &RunEnd) -> Result<Option<String>> {
        let rows = crate::check::rows_of(&self.day.join(file_name(self.config.shard)));
        Ok(rows.filter(|rows| *rows > 0).map(|rows| {
            format!(
                "partitions with {} in `{}`",
                counted(rows, "contact"),
                self.day.display()
            )
        }))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        self.commit(end)
    }
}
