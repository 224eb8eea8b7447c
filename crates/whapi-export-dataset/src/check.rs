//! Checks a dataset: that every partition is there, unchanged and complete.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use whapi_export::{Checksum, Error, ErrorKind, Result};

use crate::manifest::{Manifest, PartitionEntry, SCHEMA, shard_of};
use crate::shard::Shard;

/// No manifest is longer.
const MOST_BYTES: u64 = 64 << 20;

/// What a [check](check()) of a dataset found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Days in the folder.
    pub days: u64,
    /// Partitions that the manifests name.
    pub partitions: u64,
    /// Contacts in them.
    pub rows: u64,
    /// What is wrong, a sentence each. Empty when everything is complete and unchanged.
    pub problems: Vec<String>,
}

/// Checks a dataset: every run that shares the channels wrote its manifest, every partition is complete,
/// every file has the length and the checksum of its manifest, and no partition is in no manifest.
///
/// # Errors
///
/// [`ErrorKind::Config`] when the folder cannot be read, or holds no dataset.
pub fn check(root: &Path) -> Result<Checked> {
    let mut checked = Checked::default();
    let unreadable = |error: io::Error| {
        let message = format!("could not read the dataset `{}`", root.display());
        Error::new(ErrorKind::Config, message).with_source(error)
    };
    for name in names(root).map_err(unreadable)? {
        if name.starts_with("dt=") {
            checked.days += 1;
            check_day(&root.join(&name), &name, &mut checked);
        }
    }
    if checked.days == 0 {
        let message = format!(
            "`{}` is no dataset: it has no folder `dt=…`",
            root.display()
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    Ok(checked)
}

/// The contacts of a manifest. `None` when it is not there, or is none.
pub(crate) fn rows_of(path: &Path) -> Option<u64> {
    let manifest = read_manifest(path).ok()?;
    Some(
        manifest
            .partitions
            .iter()
            .map(|partition| partition.rows)
            .sum(),
    )
}

fn check_day(folder: &Path, day: &str, checked: &mut Checked) {
    let names = match names(folder) {
        Ok(names) => names,
        Err(error) => {
            checked
                .problems
                .push(format!("{day}: could not be read: {error}"));
            return;
        }
    };
    let mut shards = BTreeSet::new();
    let mut known = BTreeSet::new();
    for name in &names {
        let Some(shard) = shard_of(name) else {
            continue;
        };
        let manifest = match read_manifest(&folder.join(name)) {
            Ok(manifest) => manifest,
            Err(error) => {
                checked.problems.push(format!("{day}/{name}: {error}"));
                continue;
            }
        };
        shards.insert(shard);
        for partition in &manifest.partitions {
            let place = format!("{day}/channel {}", quoted(&partition.channel));
            checked.partitions += 1;
            checked.rows += partition.rows;
            if let Some(path) = &partition.path
                && !known.insert(path.clone())
            {
                checked
                    .problems
                    .push(format!("{place}: two manifests name it"));
            }
            let problems = problems_of(folder, partition);
            let problems = problems.into_iter();
            checked
                .problems
                .extend(problems.map(|problem| format!("{place}: {problem}")));
        }
    }
    checked.problems.extend(missing_shards(day, &shards));
    let unknown = names.iter().filter(|name| name.starts_with("channel="));
    let unknown = unknown.filter(|name| {
        let prefix = format!("{name}/");
        !known.iter().any(|path| path.starts_with(&prefix))
    });
    for name in unknown {
        checked.problems.push(format!(
            "{day}/{}: no manifest names it",
            whapi_text::escape_terminal(name)
        ));
    }
}

/// The runs that wrote no manifest, and runs that do not fit together.
fn missing_shards(day: &str, found: &BTreeSet<Shard>) -> Vec<String> {
    let counts: BTreeSet<u32> = found.iter().map(|shard| shard.count()).collect();
    let Some(most) = counts.last() else {
        return vec![format!("{day}: there is no manifest")];
    };
    if counts.len() > 1 {
        let counts: Vec<_> = counts.iter().map(u32::to_string).collect();
        let counts = counts.join(", ");
        return vec![format!(
            "{day}: its runs do not agree on how many they are: {counts}"
        )];
    }
    let missing = (1..=*most).filter_map(|number| Shard::new(number, *most));
    let missing = missing.filter(|shard| !found.contains(shard));
    missing
        .map(|shard| format!("{day}: the run of shard {shard} wrote no manifest"))
        .collect()
}

/// What is wrong with a partition.
fn problems_of(folder: &Path, partition: &PartitionEntry) -> Vec<String> {
    let mut problems = Vec::new();
    let reasons = || {
        let reasons: Vec<_> = partition
            .reasons
            .iter()
            .map(|reason| whapi_text::escape_terminal(reason).into_owned())
            .collect();
        reasons.join("; ")
    };
    let Some(path) = &partition.path else {
        return vec![format!("it failed: {}", reasons())];
    };
    if !partition.complete {
        problems.push(format!("it is incomplete: {}", reasons()));
    }
    let is_below = Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    if !is_below {
        problems.push("its path leads out of the folder".to_owned());
        return problems;
    }
    match sum(&folder.join(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems.push(format!("the file {} is missing", quoted(path)));
        }
        Err(error) => problems.push(format!(
            "the file {} could not be read: {error}",
            quoted(path)
        )),
        Ok((bytes, _)) if bytes != partition.bytes => problems.push(format!(
            "the file {} was changed: it has {bytes} bytes, and had {}",
            quoted(path),
            partition.bytes
        )),
        Ok((_, sha256)) if Some(&sha256) != partition.sha256.as_ref() => {
            problems.push(format!("the file {} was changed", quoted(path)));
        }
        Ok(_) => {}
    }
    problems
}

/// The length and the SHA-256 of a file.
fn sum(path: &Path) -> io::Result<(u64, String)> {
    let mut sum = Checksum::default();
    let bytes = sum.read_to_end(File::open(path)?)?;
    Ok((bytes, sum.finish()))
}

fn read_manifest(path: &Path) -> io::Result<Manifest> {
    let mut text = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut text)?;
    let manifest: Manifest = serde_json::from_slice(&text)?;
    if manifest.schema != SCHEMA {
        return Err(io::Error::other(format!(
            "it is of version {}, and this program knows version {SCHEMA}",
            manifest.schema
        )));
    }
    Ok(manifest)
}

/// The names in a folder, sorted. Those that are no text cannot be ours.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn quoted(text: &str) -> String {
    format!("`{}`", whapi_text::escape_terminal(text))
}
