//! The manifest of a run: what it wrote, and whether it is complete.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::shard::Shard;

/// The version of the manifest: fields may be added, none changes its meaning.
pub(crate) const SCHEMA: u32 = 1;

/// No manifest is longer.
const MOST_BYTES: u64 = 64 << 20;

/// What a run wrote: the file `_manifest.json` of a day.
///
/// Of runs that share the channels, the second of three writes `_manifest-2-of-3.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The version of the manifest: 1.
    pub schema: u32,
    /// The day of the folder.
    pub date: String,
    /// Which of several runs wrote it.
    pub shard: ManifestShard,
    /// The program and its version.
    pub tool: String,
    /// When the run ended, in UTC (RFC 3339).
    pub written_at: String,
    /// Whether every partition is complete.
    pub complete: bool,
    /// The names of all channels of the day, sorted: those of this run, and those of the runs that share the
    /// channels with it. Empty when the run was over one source without a name.
    #[serde(default)]
    pub channels: Vec<String>,
    /// The partitions, in the order of the channels.
    pub partitions: Vec<PartitionEntry>,
}

/// A run among those that share the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestShard {
    /// From 1.
    pub number: u32,
    /// How many runs there are.
    pub count: u32,
}

/// The partition of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartitionEntry {
    /// The name of the channel.
    pub channel: String,
    /// The file, relative to the folder of the day. Null when the channel failed: nothing was written.
    pub path: Option<String>,
    /// Whether every contact of the channel is in it.
    pub complete: bool,
    /// Why contacts may be missing, or why the channel failed, a sentence each.
    pub reasons: Vec<String>,
    /// Contacts in the file.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hex. Null when there is no file.
    pub sha256: Option<String>,
}

impl Manifest {
    pub(crate) fn new(date: &str, shard: Shard, written_at: String, channels: Vec<String>) -> Self {
        Self {
            schema: SCHEMA,
            date: date.to_owned(),
            shard: ManifestShard {
                number: shard.number(),
                count: shard.count(),
            },
            tool: concat!("whapi-export ", env!("CARGO_PKG_VERSION")).to_owned(),
            written_at,
            complete: true,
            channels,
            partitions: Vec::new(),
        }
    }

    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let mut text = Vec::new();
        open_regular(path)?
            .take(MOST_BYTES)
            .read_to_end(&mut text)?;
        let manifest: Self = serde_json::from_slice(&text)?;
        if manifest.schema != SCHEMA {
            return Err(io::Error::other(format!(
                "it is of version {}, and this program knows version {SCHEMA}",
                manifest.schema
            )));
        }
        Ok(manifest)
    }

    /// The contacts of all partitions.
    pub(crate) fn rows(&self) -> u64 {
        let rows = self.partitions.iter().map(|one| one.rows);
        rows.fold(0, u64::saturating_add)
    }

    pub(crate) fn push(&mut self, partition: PartitionEntry) {
        self.complete &= partition.complete;
        self.partitions.push(partition);
    }
}

/// Opens a file to be read. Fails for what is none: reading a named pipe would wait for a writer.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    File::open(path)
}

/// The name of a run's manifest.
pub(crate) fn file_name(shard: Shard) -> String {
    match shard.count() {
        1 => "_manifest.json".to_owned(),
        count => format!("_manifest-{}-of-{count}.json", shard.number()),
    }
}

/// The run whose manifest has this name. `None` for other files.
pub(crate) fn shard_of(name: &str) -> Option<Shard> {
    let middle = name.strip_prefix("_manifest")?.strip_suffix(".json")?;
    if middle.is_empty() {
        return Some(Shard::WHOLE);
    }
    let (number, count) = middle.strip_prefix('-')?.split_once("-of-")?;
    let shard = Shard::new(number.parse().ok()?, count.parse().ok()?)?;
    (file_name(shard) == name).then_some(shard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_their_runs() {
        for (text, name) in [("1/1", "_manifest.json"), ("2/3", "_manifest-2-of-3.json")] {
            let shard = text.parse().unwrap();
            assert_eq!(file_name(shard), name);
            assert_eq!(shard_of(name), Some(shard));
        }
        for other in [
            "manifest.json",
            "_manifest-02-of-3.json",
            "_manifest-1-of-1.json",
            "_manifest-4-of-3.json",
            "_manifest-a-of-b.json",
            "_manifest.json.bak",
        ] {
            assert_eq!(shard_of(other), None, "{other}");
        }
    }
}
