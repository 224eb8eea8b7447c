//! In which order the crates go to the registry, and when.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::semver::VersionReq;
use cargo_metadata::{Dependency, DependencyKind, Package};

/// A limit of crates.io for each account: so many at once, then one in so many minutes.
struct Limit {
    at_once: u64,
    minutes: u64,
}

/// Crates that the registry does not have yet.
const NEW: Limit = Limit {
    at_once: 5,
    minutes: 10,
};

/// New versions of crates that it has.
const UPDATE: Limit = Limit {
    at_once: 30,
    minutes: 1,
};

impl Limit {
    /// The minute at which the registry takes one more, after so many.
    fn minute(&self, after: u64) -> u64 {
        (after + 1).saturating_sub(self.at_once) * self.minutes
    }
}

/// When a crate can go to the registry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The name of the crate.
    pub(crate) name: String,
    /// Whether the registry does not have it yet.
    pub(crate) is_new: bool,
    /// Minutes after the first.
    pub(crate) minute: u64,
}

/// Returns whether a package goes to a registry.
pub(crate) fn is_published(package: &Package) -> bool {
    package
        .publish
        .as_ref()
        .is_none_or(|registries| !registries.is_empty())
}

/// The names of the published packages, each after those that it depends on.
pub(crate) fn order(packages: &[Package]) -> Result<Vec<String>, String> {
    let published = packages.iter().filter(|package| is_published(package));
    let mut waiting: BTreeMap<_, _> = published
        .map(|package| {
            let needed = package
                .dependencies
                .iter()
                .filter(|needed| is_needed(needed));
            let needed: BTreeSet<_> = needed.map(|needed| needed.name.as_str()).collect();
            (package.name.as_str(), needed)
        })
        .collect();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let is_ready =
            |needed: &BTreeSet<&str>| !needed.iter().any(|name| waiting.contains_key(name));
        let Some(name) = waiting.iter().find(|(_, needed)| is_ready(needed)) else {
            let names: Vec<_> = waiting.into_keys().collect();
            return Err(format!("these depend on each other: {}", names.join(", ")));
        };
        let name = *name.0;
        waiting.remove(name);
        order.push(name.to_owned());
    }
    Ok(order)
}

/// Whether the registry must have a dependency. cargo removes those of tests that have no version.
fn is_needed(dependency: &Dependency) -> bool {
    dependency.kind != DependencyKind::Development || dependency.req != VersionReq::STAR
}

/// When each crate goes, if nothing else was uploaded by the account in the last hours.
pub(crate) fn schedule(names: Vec<String>, is_new: impl Fn(&str) -> bool) -> Vec<Upload> {
    let (mut new, mut updates, mut minute) = (0, 0, 0);
    let upload = |name: String| {
        let is_new = is_new(&name);
        let (limit, done) = if is_new {
            (NEW, &mut new)
        } else {
            (UPDATE, &mut updates)
        };
        minute = limit.minute(*done).max(minute);
        *done += 1;
        Upload {
            name,
            is_new,
            minute,
        }
    };
    names.into_iter().map(upload).collect()
}

/// Minutes as hours and minutes: `2:05`.
pub(crate) fn clock(minutes: u64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes of so many crates.
    fn minutes(count: usize, is_new: impl Fn(&str) -> bool) -> Vec<u64> {
        let names = (0..count).map(|number| number.to_string()).collect();
        let uploads = schedule(names, is_new);
        uploads.iter().map(|upload| upload.minute).collect()
    }

    #[test]
    fn five_new_crates_go_at_once_then_one_in_ten_minutes() {
        let expected = [0, 0, 0, 0, 0, 10, 20, 30];
        assert_eq!(minutes(8, |_| true), expected);
    }

    #[test]
    fn thirty_versions_go_at_once_then_one_each_minute() {
        let minutes = minutes(33, |_| false);
        assert_eq!(minutes[..30], [0; 30]);
        assert_eq!(minutes[30..], [1, 2, 3]);
    }

    #[test]
    fn each_limit_is_counted_apart_and_the_order_stays() {
        let minutes = minutes(9, |name| name != "0" && name != "7");
        assert_eq!(minutes, [0, 0, 0, 0, 0, 0, 10, 10, 20]);
    }

    #[test]
    fn hours() {
        assert_eq!([0, 9, 60, 125].map(clock), ["0:00", "0:09", "1:00", "2:05"]);
    }
}
