//! `cargo xtask tidy`: the repository's own rules, as code.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

use serde_json::Value;

use crate::ci::root;
use crate::deny::Rules;

/// Which of our crates each of our crates may depend on. Tests are free to use others.
const ARROWS: &[(&str, &[&str])] = &[
    ("whapi-model", &[]),
    ("whapi-classify", &["whapi-model", "whapi-text"]),
    ("whapi-secret", &[]),
    ("whapi-http", &[]),
    (
        "whapi-fetch",
        &["whapi-http", "whapi-model", "whapi-secret", "whapi-text"],
    ),
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
    (
        "whapi-export-csv",
        &["whapi-export", "whapi-phone", "whapi-text"],
    ),
    ("whapi-export-jsonl", &["whapi-export", "whapi-phone"]),
    (
        "whapi-export-sheets",
        &["whapi-export", "whapi-http", "whapi-secret"],
    ),
    ("whapi-export-vcard", &["whapi-export", "whapi-text"]),
    ("whapi-export-xlsx", &["whapi-export", "whapi-text"]),
    ("whapi-emulator", &[]),
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
            "whapi-export-csv",
            "whapi-export-jsonl",
            "whapi-export-sheets",
            "whapi-export-vcard",
            "whapi-export-xlsx",
            "whapi-fetch",
            "whapi-phone",
            "whapi-pipeline",
            "whapi-secret",
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

/// Checks every rule and reports all that are broken.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("tidy takes no arguments".to_owned());
    }
    let rules = Rules::read()?;
    let metadata = Metadata::read()?;
    let mut broken = Vec::new();
    metadata.check_arrows(&mut broken);
    metadata.check_absences(&rules, &mut broken);
    metadata.check_licenses_and_sources(&rules, &mut broken);
    metadata.check_rust_version(&mut broken);
    check_tree(&mut broken);
    if broken.is_empty() {
        println!("tidy: every rule holds");
        Ok(())
    } else {
        Err(format!("tidy:\n  {}", broken.join("\n  ")))
    }
}

struct Metadata {
    packages: BTreeMap<String, Value>,
    /// Normal and build dependencies by package id.
    dependencies: BTreeMap<String, Vec<String>>,
}

impl Metadata {
    fn read() -> Result<Self, String> {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(root())
            .output()
            .map_err(|error| format!("could not run cargo metadata: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let json: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
        let packages = array(&json["packages"])
            .map(|package| (text(&package["id"]), package.clone()))
            .collect();
        let dependencies = array(&json["resolve"]["nodes"])
            .map(|node| {
                let normal = array(&node["deps"])
                    .filter(|dep| array(&dep["dep_kinds"]).any(|kind| kind["kind"] != "dev"))
                    .map(|dep| text(&dep["pkg"]));
                (text(&node["id"]), normal.collect())
            })
            .collect();
        Ok(Self {
            packages,
            dependencies,
        })
    }

    fn name(&self, id: &str) -> String {
        text(&self.packages[id]["name"])
    }

    fn ours(&self) -> impl Iterator<Item = &str> {
        self.packages
            .iter()
            .filter(|(_, package)| package["source"].is_null())
            .map(|(id, _)| id.as_str())
    }

    fn check_arrows(&self, broken: &mut Vec<String>) {
        for id in self.ours() {
            let name = self.name(id);
            let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
                broken.push(format!("{name} has no arrows in xtask/src/tidy.rs"));
                continue;
            };
            for dependency in &self.dependencies[id] {
                let dependency_name = self.name(dependency);
                let is_ours = self.packages[dependency]["source"].is_null();
                if is_ours && !allowed.contains(&dependency_name.as_str()) {
                    broken.push(format!("{name} must not depend on {dependency_name}"));
                }
            }
        }
    }

    /// Names of everything that a package depends on, however deep.
    fn closure(&self, id: &str) -> Vec<String> {
        let mut found = vec![id.to_owned()];
        let mut next = 0;
        while next < found.len() {
            for dependency in &self.dependencies[&found[next]] {
                if !found.contains(dependency) {
                    found.push(dependency.clone());
                }
            }
            next += 1;
        }
        found.iter().map(|id| self.name(id)).collect()
    }

    fn check_absences(&self, rules: &Rules, broken: &mut Vec<String>) {
        for id in self.ours() {
            let name = self.name(id);
            let closure = self.closure(id);
            for (_, absent) in ABSENT.iter().filter(|(known, _)| *known == name) {
                for absent in absent
                    .iter()
                    .filter(|absent| closure.contains(&(**absent).to_owned()))
                {
                    broken.push(format!("{name} must not depend on {absent}, however deep"));
                }
            }
            for found in &closure {
                if let Some(why) = rules.ban(found) {
                    broken.push(format!("{name} brings in {found}: {why}"));
                }
            }
        }
    }

    /// Every package, those for tests among them, comes from where and under what it may.
    fn check_licenses_and_sources(&self, rules: &Rules, broken: &mut Vec<String>) {
        for package in self.packages.values() {
            let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
            let license = text(&package["license"]);
            if !rules.allows_license(&license) {
                broken.push(format!("{name} has the licence `{license}`: see deny.toml"));
            }
            if !package["source"].is_null() && !rules.allows_source(&text(&package["source"])) {
                broken.push(format!(
                    "{name} comes from {}: see deny.toml",
                    text(&package["source"])
                ));
            }
        }
    }

    /// No dependency needs a newer Rust than the workspace says it needs.
    fn check_rust_version(&self, broken: &mut Vec<String>) {
        let ours = self
            .ours()
            .filter_map(|id| version(&self.packages[id]["rust_version"]))
            .max();
        for package in self.packages.values() {
            let needed = version(&package["rust_version"]);
            if needed > ours {
                broken.push(format!(
                    "{} {} needs Rust {}, more than the workspace's rust-version",
                    text(&package["name"]),
                    text(&package["version"]),
                    text(&package["rust_version"])
                ));
            }
        }
    }
}

/// Files that must not be there, and text that must not stand in the ones that are.
fn check_tree(broken: &mut Vec<String>) {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        if root().join(name).exists() {
            broken.push(format!("{name} would make rustup fetch a toolchain"));
        }
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `1.89` and `1.89.0` are the same version.
fn version(value: &Value) -> Option<[u32; 3]> {
    let mut version = [0; 3];
    for (place, part) in version.iter_mut().zip(value.as_str()?.split('.')) {
        *place = part.parse().ok()?;
    }
    Some(version)
}
