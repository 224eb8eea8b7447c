//! Whether the runs of a day fit together.

use std::collections::BTreeSet;

use super::list;
use crate::manifest::Manifest;
use crate::shard::Shard;

/// The runs that wrote no manifest, and runs that do not fit together.
pub(super) fn missing_shards(found: &BTreeSet<Shard>) -> Vec<String> {
    let counts: BTreeSet<u32> = found.iter().map(|shard| shard.count()).collect();
    let Some(most) = counts.last() else {
        return vec!["there is no manifest".to_owned()];
    };
    if counts.len() > 1 {
        let counts: Vec<_> = counts.iter().map(u32::to_string).collect();
        let counts = counts.join(", ");
        return vec![format!(
            "its runs do not agree on how many they are: {counts}; delete the manifests of the runs that do not \
             count"
        )];
    }
    let missing = (1..=*most).filter_map(|number| Shard::new(number, *most));
    let missing = missing.filter(|shard| !found.contains(shard));
    missing
        .map(|shard| format!("the run of shard {shard} wrote no manifest"))
        .collect()
}

/// Says which channels only some of the runs know.
pub(super) fn channels_differ(manifests: &[Manifest]) -> Option<String> {
    let known = |manifest: &Manifest| manifest.channels.iter().cloned().collect();
    let known = manifests.iter().map(known);
    let known: Vec<BTreeSet<String>> = known
        .filter(|names: &BTreeSet<_>| !names.is_empty())
        .collect();
    let all: BTreeSet<&String> = known.iter().flatten().collect();
    let in_some = all
        .into_iter()
        .filter(|name| known.iter().any(|names| !names.contains(*name)));
    let in_some = list(in_some.map(String::as_str));
    (!in_some.is_empty()).then(|| {
        format!(
            "its runs had different configurations: not all of them have the channels {in_some}"
        )
    })
}

/// Says which channels no run has, although all runs are there.
pub(super) fn unread_channels(manifests: &[Manifest]) -> Option<String> {
    let all = manifests.iter().flat_map(|manifest| &manifest.channels);
    let all: BTreeSet<&str> = all.map(String::as_str).collect();
    let partitions = manifests.iter().flat_map(|manifest| &manifest.partitions);
    let read: BTreeSet<&str> = partitions.map(|one| one.channel.as_str()).collect();
    let unread = list(all.difference(&read).copied());
    (!unread.is_empty()).then(|| format!("no run read the channels {unread}"))
}

/// Says that the files of a day are not of one format, so that no reader of one sees them all.
pub(super) fn formats_differ<'a>(files: impl Iterator<Item = &'a str>) -> Option<String> {
    let endings = files.filter_map(|path| path.rsplit_once('.'));
    let endings: BTreeSet<_> = endings.map(|(_, ending)| ending).collect();
    (endings.len() > 1).then(|| format!("its files are of several formats: {}", list(endings)))
}
