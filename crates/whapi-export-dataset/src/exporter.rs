//! The exporter: a partition for each channel, and the manifest at the end.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
use crate::partition::CreatedFolders;
use crate::partitions::Partitions;
use crate::shard::Shard;

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
    .option(
        OptionSpec::new(
            "file",
            "jsonl|parquet",
            "the format of the files; parquet needs a program that was built with the feature `parquet`",
        )
        .default_value("jsonl"),
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
///
/// The contacts of a channel must come one after another, as a run over several channels gives them.
pub struct DatasetExporter {
    config: DatasetConfig,
    root: PathBuf,
    encoder: JsonlEncoder,
    /// The record of a contact.
    record: Vec<u8>,
    /// The name of the channel of contacts that have none.
    default_channel: Arc<str>,
    /// `None` before `begin`.
    run: Option<Run>,
}

/// What is there from the beginning of a run on. Dropping it leaves what was there before.
struct Run {
    date: String,
    /// The folder of the day.
    day: PathBuf,
    /// Whether contacts have the names of their channels.
    names_channels: bool,
    /// The names of all channels of the dataset.
    channels: Vec<String>,
    partitions: Partitions,
    /// Keeps other runs away from the start on.
    manifest: Output,
    /// Behind the others, since it removes what they leave empty.
    _created: CreatedFolders,
}

impl DatasetExporter {
    /// An exporter to a folder. Touches nothing yet.
    pub fn new(config: DatasetConfig, root: PathBuf) -> Self {
        Self {
            config,
            root,
            encoder: JsonlEncoder::new(JsonlConfig::default()),
            record: Vec::new(),
            default_channel: DEFAULT_CHANNEL.into(),
            run: None,
        }
    }

    fn run(&mut self) -> &mut Run {
        self.run.as_mut().expect("a run has begun")
    }

    fn write(&mut self, contact: &ClassifiedContact) -> Result<()> {
        // Every record names its channel: not each reader takes it from the name of the folder.
        let contact = if contact.channel().is_some() {
            Cow::Borrowed(contact)
        } else {
            let channel = Arc::clone(&self.default_channel);
            Cow::Owned(contact.clone().with_channel(channel))
        };
        self.record.clear();
        let _ = self.encoder.contact(&contact, &mut self.record)?;
        let channel = contact.channel().unwrap_or(DEFAULT_CHANNEL);
        let run = self.run.as_mut().expect("a run has begun");
        run.partitions.append(channel, &self.record)
    }
}

impl Run {
    /// Creates the folder of the day, and locks the manifest in it.
    fn begin(config: &DatasetConfig, root: &Path, run: &RunInfo) -> Result<Self> {
        let date = config.date.clone().unwrap_or_else(DatasetDate::today);
        let day = root.join(format!("dt={date}"));
        let created = CreatedFolders::create(&day).map_err(|error| {
            let message = format!("could not create the folder `{}`", day.display());
            Error::new(ErrorKind::Destination, message).with_source(error)
        })?;
        let path = day.join(file_name(config.shard));
        let mut manifest = Output::new(OutputTarget::Path(path));
        manifest.prepare()?;
        Ok(Self {
            date: date.to_string(),
            names_channels: run.available.channels,
            channels: run.channels.clone(),
            partitions: Partitions::new(day.clone(), config.file),
            manifest,
            day,
            _created: created,
        })
    }

    /// The channels of the run and how they ended, those of contacts among them.
    fn ends(&self, end: &RunEnd) -> Vec<ChannelEnd> {
        let mut unsaid = self.partitions.channels().peekable();
        if !self.names_channels && unsaid.peek().is_none() {
            return vec![whole(DEFAULT_CHANNEL, end)];
        }
        let said = end.channels();
        let unsaid = unsaid.filter(|name| said.iter().all(|one| one.name != *name));
        let unsaid = unsaid.map(|name| whole(name, end));
        said.iter().cloned().chain(unsaid).collect()
    }

    /// Makes all partitions appear, and the manifest of them.
    fn commit(mut self, shard: Shard, end: &RunEnd, summary: &mut Summary) -> Result<()> {
        self.partitions.close()?;
        let now = system_time_rfc_3339(SystemTime::now());
        let channels = std::mem::take(&mut self.channels);
        let mut manifest = Manifest::new(&self.date, shard, now, channels);
        let earlier = Manifest::read(&self.day.join(file_name(shard))).ok();
        for channel in &self.ends(end) {
            let entry = self.commit_partition(channel)?;
            summary.warnings.extend(emptied(earlier.as_ref(), &entry));
            summary.parts.extend(part(&self.day, &entry));
            manifest.push(entry);
        }
        summary.warnings.extend(incomplete(&manifest));
        let json = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        self.manifest.write_all(&json)?;
        self.manifest.write_all(b"\n")?;
        summary.warnings.extend(self.manifest.commit()?.warnings);
        Ok(())
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
        if end.complete.is_some() {
            let committed = self.partitions.commit(&end.name)?;
            entry.path = Some(committed.path);
            entry.rows = committed.rows;
            entry.bytes = committed.bytes;
            entry.sha256 = Some(committed.sha256);
        }
        Ok(entry)
    }
}

/// The end of a run over one source, as that of a channel.
fn whole(name: &str, end: &RunEnd) -> ChannelEnd {
    ChannelEnd::read(name, end.is_complete(), end.reasons().to_vec())
}

/// A partition in the summary. `None` when it was not written.
fn part(day: &Path, entry: &PartitionEntry) -> Option<Part> {
    let path = day.join(entry.path.as_ref()?);
    let mut part = Part::new(path.display().to_string(), entry.rows);
    part.sha256.clone_from(&entry.sha256);
    Some(part)
}

/// The warning about a channel without contacts whose partition had some.
fn emptied(earlier: Option<&Manifest>, entry: &PartitionEntry) -> Option<String> {
    let mut partitions = earlier?.partitions.iter();
    let before = partitions.find(|one| one.channel == entry.channel)?;
    (entry.path.is_some() && entry.rows == 0 && before.rows > 0).then(|| {
        let rows = counted(before.rows, "contact");
        format!(
            "channel `{}` has no contacts; its partition had {rows}.",
            entry.channel
        )
    })
}

/// The warning about partitions that are not complete.
fn incomplete(manifest: &Manifest) -> Option<String> {
    let partitions = manifest.partitions.iter();
    let subject = match partitions.filter(|one| !one.complete).count() {
        0 => return None,
        1 => "1 partition is".to_owned(),
        many => format!("{many} partitions are"),
    };
    Some(format!("{subject} not complete; the manifest says why."))
}

impl fmt::Debug for DatasetExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatasetExporter")
            .field("root", &self.root)
            .field("config", &self.config)
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
        self.run = Some(Run::begin(&self.config, &self.root, run)?);
        let mut run = run.clone();
        run.available.channels = true;
        self.encoder.header(&run, &mut self.record)
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            self.write(contact)?;
        }
        Ok(BatchReport::written(batch.len()))
    }

    async fn existing(&mut self, _: &RunEnd) -> Result<Option<String>> {
        let manifest = file_name(self.config.shard);
        let day = &self.run().day;
        let rows = Manifest::read(&day.join(manifest)).ok();
        let rows = rows.map(|manifest| manifest.rows());
        Ok(rows.filter(|rows| *rows > 0).map(|rows| {
            let rows = counted(rows, "contact");
            format!("partitions with {rows} in `{}`", day.display())
        }))
    }

    async fn finish(mut self: Box<Self>, end: &RunEnd) -> Result<Summary> {
        let mut summary = Summary::new(self.root.display().to_string());
        let run = self.run.take().expect("a run has begun");
        run.commit(self.config.shard, end, &mut summary)?;
        Ok(summary)
    }
}
