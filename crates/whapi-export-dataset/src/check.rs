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
/// every file has the length and the checksum of its manifest, no file is in no manifest, and the files of a day
/// are of one format.
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
    let rows = manifest.partitions.iter().map(|partition| partition.rows);
    Some(rows.fold(0, u64::saturating_add))
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
        match read_manifest(&folder.join(name)) {
            Ok(manifest) => {
                shards.insert(shard);
                check_manifest(folder, day, &manifest, &mut known, checked);
            }
            Err(error) => checked.problems.push(format!("{day}/{name}: {error}")),
        }
    }
    checked.problems.extend(missing_shards(day, &shards));
    checked.problems.extend(mixed_formats(day, &known));
    let unknown = unknown_files(folder, &names, &known).into_iter();
    checked.problems.extend(unknown.map(|path| {
        let path = whapi_text::escape_terminal(&path);
        format!("{day}/{path}: no manifest names it")
    }));
}

/// Checks the partitions of a manifest, and adds their files to those that are `known`.
fn check_manifest(
    folder: &Path,
    day: &str,
    manifest: &Manifest,
    known: &mut BTreeSet<String>,
    checked: &mut Checked,
) {
    for partition in &manifest.partitions {
        let place = format!("{day}/channel {}", quoted(&partition.channel));
        checked.partitions += 1;
        checked.rows = checked.rows.saturating_add(partition.rows);
        let mut problems = problems_of(folder, partition);
        if let Some(path) = &partition.path
            && !known.insert(path.clone())
        {
            problems.insert(0, "two manifests name it".to_owned());
        }
        let problems = problems.into_iter();
        checked
            .problems
            .extend(problems.map(|problem| format!("{place}: {problem}")));
    }
}

/// Says that the files of a day are not of one format, so that no reader of one sees them all.
fn mixed_formats(day: &str, known: &BTreeSet<String>) -> Option<String> {
    let endings = known.iter().filter_map(|path| path.rsplit_once('.'));
    let endings: BTreeSet<_> = endings.map(|(_, ending)| ending).collect();
    let endings: Vec<_> = endings.into_iter().map(quoted).collect();
    (endings.len() > 1).then(|| {
        format!(
            "{day}: its files are of several formats: {}",
            endings.join(", ")
        )
    })
}

/// Files and folders that readers would take for partitions and that no manifest names.
fn unknown_files(day: &Path, names: &[String], known: &BTreeSet<String>) -> Vec<String> {
    let mut unknown = Vec::new();
    for name in names.iter().filter(|name| is_visible(name)) {
        let prefix = format!("{name}/");
        let mut behind = known.range(prefix.clone()..);
        if behind.next().is_none_or(|path| !path.starts_with(&prefix)) {
            unknown.push(name.clone());
            continue;
        }
        // A file that cannot be read was reported with its partition.
        let files = self::names(&day.join(name)).unwrap_or_default();
        let files = files.into_iter().filter(|file| is_visible(file));
        let files = files.map(|file| format!("{prefix}{file}"));
        unknown.extend(files.filter(|path| !known.contains(path)));
    }
    unknown
}

/// Whether readers of such folders look at a name.
fn is_visible(name: &str) -> bool {
    !name.starts_with(['_', '.'])
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

/// The names in a folder, sorted. Those that are no text are not ours, and shown as well as they can be.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn quoted(text: &str) -> String {
    format!("`{}`", whapi_text::escape_terminal(text))
}
