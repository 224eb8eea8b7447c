//! `cargo xtask tidy`: checks the rules of this repository.

mod kinds;
mod registry;

use std::collections::BTreeMap;
use std::ffi::OsString;

use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand, Package, PackageId};

use kinds::Kinds;

use crate::deny::Rules;
use crate::files;
use crate::packages::is_published;
use crate::reasons;
use crate::root::root;

/// Documented files that a crate reads, and of which its package has a copy.
const COPIES: &[(&str, &str)] = &[(
    "docs/mapping/jsonl.schema.json",
    "crates/whapi-export-jsonl/src/jsonl.schema.json",
)];

/// What every crate of a format may depend on: those named `whapi-export-…`.
const FORMAT_ARROWS: &[&str] = &[
    "whapi-export",
    "whapi-http",
    "whapi-phone",
    "whapi-secret",
    "whapi-text",
];

/// Which of our crates each of our crates may depend on. Tests are free to use others.
const ARROWS: &[(&str, &[&str])] = &[
    ("whapi-model", &[]),
    ("whapi-classify", &["whapi-model", "whapi-text"]),
    ("whapi-secret", &[]),
    ("whapi-http", &["whapi-text"]),
    (
        "whapi-fetch",
        &["whapi-http", "whapi-model", "whapi-secret", "whapi-text"],
    ),
    ("whapi-test-support", &[]),
    ("whapi-text", &[]),
    ("whapi-phone", &["whapi-model"]),
    (
        "whapi-stats",
        &["whapi-classify", "whapi-model", "whapi-phone", "whapi-text"],
    ),
    (
        "whapi-export",
        &["whapi-classify", "whapi-model", "whapi-text"],
    ),
    ("whapi-emulator", &[]),
    // The rows of a dataset are the records of JSON Lines.
    (
        "whapi-export-dataset",
        &["whapi-export", "whapi-export-jsonl", "whapi-text"],
    ),
    // The contacts of the protocol are the records of JSON Lines.
    (
        "whapi-export-program",
        &["whapi-export", "whapi-export-jsonl", "whapi-text"],
    ),
    // The rows of contacts are the records of JSON Lines.
    (
        "whapi-singer",
        &["whapi-export", "whapi-export-jsonl", "whapi-text"],
    ),
    (
        "whapi-pipeline",
        &[
            "whapi-classify",
            "whapi-export",
            "whapi-fetch",
            "whapi-model",
            "whapi-phone",
            "whapi-text",
        ],
    ),
    (
        "whapi-cli",
        &[
            "whapi-classify",
            "whapi-emulator",
            "whapi-export",
            "whapi-fetch",
            "whapi-http",
            "whapi-phone",
            "whapi-pipeline",
            "whapi-secret",
            "whapi-singer",
            "whapi-stats",
            "whapi-text",
        ],
    ),
    ("xtask", &["whapi-cli", "whapi-emulator"]),
];

/// Crates that must stay out of another's dependencies, however deep.
const ABSENT: &[(&str, &[&str])] = &[
    ("whapi-http", &["reqwest", "hyper", "serde_json"]),
    ("whapi-model", &["tokio", "reqwest", "serde_json"]),
    ("whapi-classify", &["tokio", "reqwest", "serde_json"]),
    ("whapi-phone", &["tokio", "reqwest", "serde_json"]),
    ("whapi-export", &["tokio", "reqwest"]),
    ("whapi-secret", &["tokio", "reqwest", "serde_json"]),
    ("whapi-text", &["tokio", "reqwest", "serde_json"]),
    ("whapi-stats", &["tokio", "reqwest"]),
];

/// Checks every rule and reports each one that is broken.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("tidy takes no arguments".to_owned());
    }
    let rules = Rules::read()?;
    let packages = Packages::read()?;
    let mut broken = Vec::new();
    packages.check_arrows(&mut broken);
    packages.check_absences(&rules, &mut broken);
    packages.check_licenses_and_sources(&rules, &mut broken);
    packages.check_rust_version(&mut broken);
    rules.check_duplicates(packages.names_and_versions(), &mut broken);
    reasons::check(root(), &mut broken)?;
    packages.check_published(&Kinds::read()?, &mut broken);
    check_copies(&mut broken)?;
    check_tree(&mut broken);
    if broken.is_empty() {
        println!("tidy: every rule holds");
        Ok(())
    } else {
        Err(format!("tidy:\n  {}", broken.join("\n  ")))
    }
}

/// The packages of the workspace and everything that they depend on.
struct Packages {
    by_id: BTreeMap<PackageId, Package>,
    /// Normal and build dependencies.
    dependencies: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Packages {
    fn read() -> Result<Self, String> {
        let metadata = MetadataCommand::new()
            .current_dir(root())
            .features(CargoOpt::AllFeatures)
            .other_options(["--locked".to_owned()])
            .exec()
            .map_err(|error| format!("could not read the workspace: {error}"))?;
        let nodes = metadata.resolve.map(|resolve| resolve.nodes);
        let dependencies = nodes.into_iter().flatten().map(|node| {
            let needed = node.deps.into_iter().filter(|dependency| {
                let mut kinds = dependency.dep_kinds.iter();
                kinds.any(|kind| kind.kind != DependencyKind::Development)
            });
            (node.id, needed.map(|dependency| dependency.pkg).collect())
        });
        let packages = metadata.packages.into_iter();
        Ok(Self {
            dependencies: dependencies.collect(),
            by_id: packages
                .map(|package| (package.id.clone(), package))
                .collect(),
        })
    }

    fn ours(&self) -> impl Iterator<Item = &Package> {
        self.by_id
            .values()
            .filter(|package| package.source.is_none())
    }

    fn dependencies_of(&self, id: &PackageId) -> impl Iterator<Item = &Package> {
        self.dependencies[id].iter().map(|id| &self.by_id[id])
    }

    fn check_arrows(&self, broken: &mut Vec<String>) {
        for package in self.ours() {
            let name = package.name.as_str();
            let of_format = name.starts_with("whapi-export-").then_some(FORMAT_ARROWS);
            let named = ARROWS.iter().find(|(known, _)| *known == name);
            let Some(allowed) = named.map(|(_, allowed)| *allowed).or(of_format) else {
                broken.push(format!("{name} has no arrows in xtask/src/tidy/mod.rs"));
                continue;
            };
            for dependency in self.dependencies_of(&package.id) {
                let is_ours = dependency.source.is_none();
                let dependency_name = dependency.name.as_str();
                // The command line registers every format.
                let is_format = name == "whapi-cli" && dependency_name.starts_with("whapi-export-");
                if is_ours && !is_format && !allowed.contains(&dependency_name) {
                    broken.push(format!("{name} must not depend on {}", dependency.name));
                }
            }
        }
    }

    /// A package and everything that it depends on, directly or not.
    fn closure<'a>(&'a self, package: &'a Package) -> Vec<&'a Package> {
        let mut found = vec![package];
        let mut next = 0;
        while let Some(package) = found.get(next) {
            for dependency in self.dependencies_of(&package.id) {
                if !found.iter().any(|known| known.id == dependency.id) {
                    found.push(dependency);
                }
            }
            next += 1;
        }
        found
    }

    fn check_absences(&self, rules: &Rules, broken: &mut Vec<String>) {
        for package in self.ours() {
            let name = package.name.as_str();
            let closure = self.closure(package);
            let absent = ABSENT.iter().filter(|(known, _)| *known == name);
            for absent in absent.flat_map(|(_, absent)| *absent) {
                if closure.iter().any(|found| found.name.as_str() == *absent) {
                    broken.push(format!(
                        "{name} must not depend on {absent}, directly or not"
                    ));
                }
            }
            for found in &closure {
                if let Some(reason) = rules.ban(&found.name) {
                    broken.push(format!("{name} depends on {}: {reason}", found.name));
                }
            }
        }
    }

    /// Checks the licence and the registry of every package, those for tests included.
    fn check_licenses_and_sources(&self, rules: &Rules, broken: &mut Vec<String>) {
        for package in self.by_id.values() {
            let name = format!("{} {}", package.name, package.version);
            let license = package.license.as_deref().unwrap_or_default();
            if !rules.allows_license(license) {
                broken.push(format!("{name} has the licence `{license}`: see deny.toml"));
            }
            if let Some(source) = &package.source
                && !rules.allows_source(&source.repr)
            {
                broken.push(format!("{name} comes from {source}: see deny.toml"));
            }
        }
    }

    fn names_and_versions(&self) -> impl Iterator<Item = (&str, String)> {
        let packages = self.by_id.values();
        packages.map(|package| (package.name.as_str(), package.version.to_string()))
    }

    /// Checks what the registry gets.
    fn check_published(&self, kinds: &Kinds, broken: &mut Vec<String>) {
        let published: Vec<_> = self
            .ours()
            .filter(|package| is_published(package))
            .collect();
        kinds.check(&published, broken);
        for package in published {
            registry::check(package, kinds, broken);
        }
    }

    /// Checks that no dependency needs a newer Rust than the workspace names.
    fn check_rust_version(&self, broken: &mut Vec<String>) {
        let ours = self
            .ours()
            .filter_map(|package| package.rust_version.as_ref());
        let ours = ours.max();
        for package in self.by_id.values() {
            if let Some(needed) = &package.rust_version
                && Some(needed) > ours
            {
                broken.push(format!(
                    "{} {} needs Rust {needed}, more than the workspace's rust-version",
                    package.name, package.version
                ));
            }
        }
    }
}

/// Checks that copies are equal.
fn check_copies(broken: &mut Vec<String>) -> Result<(), String> {
    for (original, copy) in COPIES {
        if files::read(&root().join(original))? != files::read(&root().join(copy))? {
            broken.push(format!("{copy} differs from {original}: copy it"));
        }
    }
    Ok(())
}

/// Checks for files that must not be in the repository.
fn check_tree(broken: &mut Vec<String>) {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        if root().join(name).exists() {
            broken.push(format!("{name} would make rustup fetch a toolchain"));
        }
    }
}
