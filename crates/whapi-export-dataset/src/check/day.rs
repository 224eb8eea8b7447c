//! Checks a day of a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;

use whapi_text::escape_terminal;

use super::agreement::{channels_differ, formats_differ, missing_shards, unread_channels};
use super::{Checked, is_visible, names, partition, quoted};
use crate::manifest::{Manifest, PartitionEntry, shard_of};
use crate::partition::folder_name;

/// A day that is being checked.
struct Day<'a> {
    folder: &'a Path,
    name: &'a str,
    checked: &'a mut Checked,
    /// The files that manifests name, with these manifests.
    files: BTreeMap<String, String>,
    /// The folders of channels that failed. What is in them is of an earlier run.
    failed: BTreeSet<String>,
}

/// Checks the day in a folder of this name.
pub(super) fn check(folder: &Path, name: &str, checked: &mut Checked) {
    let mut day = Day {
        folder,
        name,
        checked,
        files: BTreeMap::new(),
        failed: BTreeSet::new(),
    };
    match names(folder) {
        Ok(names) => day.check(&names),
        Err(error) => day.report(format!("could not be read: {error}")),
    }
}

impl Day<'_> {
    fn check(&mut self, names: &[String]) {
        let mut manifests = Vec::new();
        let mut is_all_read = true;
        for name in names {
            let Some(shard) = shard_of(name) else {
                continue;
            };
            match Manifest::read(&self.folder.join(name)) {
                Ok(manifest) => {
                    self.check_manifest(name, &manifest);
                    manifests.push((shard, manifest));
                }
                Err(error) => {
                    self.report_of(escape_terminal(name), error);
                    is_all_read = false;
                }
            }
        }
        // What a manifest that cannot be read says is not known.
        if is_all_read {
            let (shards, manifests): (BTreeSet<_>, Vec<_>) = manifests.into_iter().unzip();
            let missing = missing_shards(&shards);
            // A run that is missing may have the others.
            let unread = missing.is_empty().then(|| unread_channels(&manifests));
            let differ = channels_differ(&manifests);
            for problem in missing.into_iter().chain(differ).chain(unread.flatten()) {
                self.report(problem);
            }
            for path in self.unknown_files(names) {
                self.report_of(escape_terminal(&path), "no manifest names it");
            }
        }
        if let Some(problem) = formats_differ(self.files.keys().map(String::as_str)) {
            self.report(problem);
        }
    }

    /// Checks the partitions of a manifest, and notes their files.
    fn check_manifest(&mut self, name: &str, manifest: &Manifest) {
        if self.name.strip_prefix("dt=") != Some(&manifest.date) {
            self.report_of(
                escape_terminal(name),
                format!("it is of the day {}", quoted(&manifest.date)),
            );
        }
        for partition in &manifest.partitions {
            let named_before = self.note(name, partition);
            let problems = partition::problems(self.folder, partition);
            for problem in named_before.into_iter().chain(problems) {
                let channel = quoted(&partition.channel);
                self.report_of(format_args!("channel {channel}"), problem);
            }
        }
    }

    /// Notes the file of a partition. Returns what is wrong if it was noted before.
    fn note(&mut self, manifest: &str, partition: &PartitionEntry) -> Option<String> {
        let Some(path) = &partition.path else {
            self.failed.insert(folder_name(&partition.channel));
            return None;
        };
        self.checked.partitions += 1;
        self.checked.rows = self.checked.rows.saturating_add(partition.rows);
        let before = self.files.insert(path.clone(), manifest.to_owned())?;
        Some(if before == manifest {
            "its manifest names it twice".to_owned()
        } else {
            format!(
                "two manifests name it; delete the one whose run does not count: `{before}` or `{manifest}`"
            )
        })
    }

    /// Files and folders that readers would take for partitions and that no manifest names.
    fn unknown_files(&self, names: &[String]) -> Vec<String> {
        let mut unknown = Vec::new();
        for name in names.iter().filter(|name| is_visible(name)) {
            if self.failed.contains(name) {
                // It was reported with its channel.
                continue;
            }
            let prefix = format!("{name}/");
            let mut behind = self.files.range(prefix.clone()..);
            if behind
                .next()
                .is_none_or(|(path, _)| !path.starts_with(&prefix))
            {
                unknown.push(name.clone());
                continue;
            }
            // A file that cannot be read was reported with its partition.
            let files = super::names(&self.folder.join(name)).unwrap_or_default();
            let files = files.into_iter().filter(|file| is_visible(file));
            let files = files.map(|file| format!("{prefix}{file}"));
            unknown.extend(files.filter(|path| !self.files.contains_key(path)));
        }
        unknown
    }

    /// Adds a problem of the day.
    fn report(&mut self, problem: impl Display) {
        let day = escape_terminal(self.name);
        self.checked.problems.push(format!("{day}: {problem}"));
    }

    /// Adds a problem of something in the folder of the day, which is named without control characters.
    fn report_of(&mut self, place: impl Display, problem: impl Display) {
        let day = escape_terminal(self.name);
        self.checked
            .problems
            .push(format!("{day}/{place}: {problem}"));
    }
}
