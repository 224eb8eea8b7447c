//! `cargo xtask minimal-versions`: builds with the oldest dependencies that `Cargo.toml` allows.
//!
//! Cargo takes the newest versions, so that nothing else finds a lower bound that is too low.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::semver::{Version, VersionReq};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use crate::files;
use crate::root::root;
use crate::tools::cargo_succeeds;

/// Copies the workspace, pins each direct dependency to its lower bound, and checks every target.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("minimal-versions takes no arguments".to_owned());
    }
    let metadata = read(root())?;
    let target = metadata.target_directory.as_std_path();
    let folder = target.join("minimal-versions");
    copy_workspace(&folder)?;
    let mut held = Vec::new();
    for (name, bound) in bounds(&metadata)? {
        // What an earlier step lowered may have changed others too.
        let Some(found) = chosen(&read(&folder)?, &name, &bound) else {
            return Err(format!("{name} is not in Cargo.lock"));
        };
        if found == bound {
            continue;
        }
        println!("{name}: {found} to {bound}");
        if !pin(&folder, &name, &found, &bound)? {
            held.push(format!(
                "{name}: another dependency needs more than {bound}"
            ));
        }
    }
    if !held.is_empty() {
        return Err(format!(
            "raise these in Cargo.toml:\n  {}",
            held.join("\n  ")
        ));
    }
    let mut check = Command::new(env!("CARGO"));
    check
        .args(["check", "--workspace", "--all-targets", "--all-features"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target);
    cargo_succeeds(&mut check)?
        .then_some(())
        .ok_or_else(|| "the workspace does not build with its lower bounds".to_owned())
}

fn read(folder: &Path) -> Result<Metadata, String> {
    MetadataCommand::new()
        .current_dir(folder)
        .features(CargoOpt::AllFeatures)
        .exec()
        .map_err(|error| format!("could not read the workspace: {error}"))
}

/// Copies every file of the workspace that git does not ignore.
fn copy_workspace(folder: &Path) -> Result<(), String> {
    files::create_empty_folder(folder)?;
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
        ])
        .args(["Cargo.toml", "Cargo.lock", "README.md", "crates", "xtask"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("could not run git: {error}"))?;
    let names = String::from_utf8(listed.stdout).map_err(|error| error.to_string())?;
    for name in names.split_terminator('\0').map(PathBuf::from) {
        let copy = folder.join(&name);
        files::create_folder(copy.parent().expect("a folder"))?;
        files::write(&copy, &files::read(&root().join(&name))?)?;
    }
    Ok(())
}

/// The dependencies of the workspace from the registry, and the highest lower bound of each.
fn bounds(metadata: &Metadata) -> Result<BTreeMap<String, Version>, String> {
    let mut bounds = BTreeMap::new();
    let packages = metadata.workspace_packages();
    let dependencies = packages.iter().flat_map(|package| &package.dependencies);
    for dependency in dependencies.filter(|dependency| dependency.path.is_none()) {
        let name = &dependency.name;
        let bound = lower_bound(&dependency.req)
            .ok_or_else(|| format!("{name} has no lower bound: {}", dependency.req))?;
        let known = bounds.entry(name.clone()).or_insert_with(|| bound.clone());
        *known = bound.max(known.clone());
    }
    Ok(bounds)
}

fn lower_bound(requirement: &VersionReq) -> Option<Version> {
    let first = requirement.comparators.first()?;
    let (minor, patch) = (first.minor.unwrap_or(0), first.patch.unwrap_or(0));
    Some(Version::new(first.major, minor, patch))
}

/// The version in use that a bound is for: a lock file may have several that do not fit together.
fn chosen(metadata: &Metadata, name: &str, bound: &Version) -> Option<Version> {
    let fits = VersionReq::parse(&format!("^{bound}")).ok()?;
    let packages = metadata
        .packages
        .iter()
        .filter(|package| package.name == name);
    let versions = packages.map(|package| without_build(&package.version));
    versions.filter(|version| fits.matches(version)).min()
}

/// The version without what stands behind `+`, which has no order.
fn without_build(version: &Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

/// Makes a dependency older, or returns `false` where another needs it as new as it is.
fn pin(folder: &Path, name: &str, from: &Version, to: &Version) -> Result<bool, String> {
    let mut update = Command::new(env!("CARGO"));
    update
        .args(["update", "--quiet", &format!("{name}@{from}"), "--precise"])
        .arg(to.to_string())
        .current_dir(folder);
    cargo_succeeds(&mut update)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requirement: &str, expected: Option<(u64, u64, u64)>) {
        let requirement = VersionReq::parse(requirement).unwrap();
        let expected = expected.map(|(major, minor, patch)| Version::new(major, minor, patch));
        assert_eq!(lower_bound(&requirement), expected);
    }

    #[test]
    fn the_lower_bound_has_zeros_where_nothing_is_written() {
        check("1", Some((1, 0, 0)));
        check("0.23", Some((0, 23, 0)));
        check("=4.6.11", Some((4, 6, 11)));
        check(">=1.2.3, <2", Some((1, 2, 3)));
        check("*", None);
    }

    #[test]
    fn every_dependency_of_the_workspace_has_a_bound() {
        let metadata = read(root()).unwrap();
        let bounds = bounds(&metadata).unwrap();
        assert!(bounds.len() > 50, "{}", bounds.len());
        for (name, bound) in &bounds {
            assert!(chosen(&metadata, name, bound).is_some(), "{name} {bound}");
        }
        assert!(!bounds.contains_key("whapi-text"));
    }
}
