//! `cargo xtask semver`: compares the public API of the crates with that of their last release.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::files::read_text;
use crate::release::changelog::{Changelog, FILE as CHANGELOG};
use crate::release::plan;
use crate::root::root;
use crate::tools::find;

const REGISTRY: &str = "crates-io";

/// Runs cargo-semver-checks for every crate that the registry has.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("semver takes no arguments".to_owned());
    }
    let text = read_text(&root().join(CHANGELOG))?;
    if Changelog::parse(&text)?.released()?.is_empty() {
        println!("SKIPPED: nothing is released, so there is nothing to compare with");
        return Ok(());
    }
    if find("cargo-semver-checks").is_none() {
        let hint = "cargo install --locked cargo-semver-checks";
        return Err(format!("cargo-semver-checks is not installed: {hint}"));
    }
    let known = known(published()?, |name| is_in_registry(name, REGISTRY, root()))?;
    if known.is_empty() {
        println!("SKIPPED: no crate is in the registry yet, so there is nothing to compare with");
        return Ok(());
    }
    compare(&known)
}

/// The crates that go to the registry.
fn published() -> Result<Vec<String>, String> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("could not read the workspace: {error}"))?;
    plan::order(&metadata.packages)
}

/// Keeps the crates that the registry has, and reports the others.
fn known(
    names: Vec<String>,
    is_in_registry: impl Fn(&str) -> Result<bool, String>,
) -> Result<Vec<String>, String> {
    let mut known = Vec::new();
    for name in names {
        if is_in_registry(&name)? {
            known.push(name);
        } else {
            println!("new, not compared: {name}");
        }
    }
    Ok(known)
}

/// Asks cargo whether a registry has a crate. A registry that does not answer is an error.
fn is_in_registry(name: &str, registry: &str, folder: &Path) -> Result<bool, String> {
    let mut cargo = Command::new(env!("CARGO"));
    let info = cargo
        .args(["info", name, "--registry", registry, "--quiet"])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("could not run cargo: {error}"))?;
    let message = String::from_utf8_lossy(&info.stderr);
    if info.status.success() {
        Ok(true)
    } else if message.contains(&format!("could not find `{name}` in registry")) {
        Ok(false)
    } else {
        Err(format!("could not ask the registry for {name}: {message}"))
    }
}

/// Compares each crate with its newest version in the registry.
fn compare(names: &[String]) -> Result<(), String> {
    let packages = names.iter().flat_map(|name| ["--package", name]);
    let mut cargo = Command::new(env!("CARGO"));
    let status = cargo
        .arg("semver-checks")
        .args(packages)
        .current_dir(root())
        .status()
        .map_err(|error| format!("could not run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo semver-checks failed: {status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_the_registry_lacks_are_not_compared() {
        let names = ["a", "b", "c"].map(str::to_owned).to_vec();
        let known = known(names, |name| Ok(name != "b"));
        assert_eq!(known, Ok(vec!["a".to_owned(), "c".to_owned()]));
    }

    #[test]
    fn a_registry_that_does_not_answer_is_an_error() {
        let failed = known(vec!["a".to_owned()], |_| Err("no answer".to_owned()));
        assert_eq!(failed, Err("no answer".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn cargo_tells_a_missing_crate_from_a_missing_registry() {
        use crate::files::{create_folder, empty_folder, write};
        use crate::git::commit_all;

        let folder = empty_folder().unwrap();
        let index = folder.path().join("index");
        let config = folder.path().join(".cargo");
        create_folder(&index).unwrap();
        create_folder(&config).unwrap();
        write(&index.join("config.json"), b"{\"dl\":\"file:///none\"}").unwrap();
        commit_all(&index);
        let text = format!(
            "[registries]\nhere.index = \"file://{0}\"\ngone.index = \"file://{0}/none\"\n",
            index.display()
        );
        write(&config.join("config.toml"), text.as_bytes()).unwrap();
        let is_in = |registry| is_in_registry("amber", registry, folder.path());
        assert_eq!(is_in("here"), Ok(false));
        let error = is_in("gone").unwrap_err();
        let start = "could not ask the registry for amber: error: failed to load source for";
        assert!(error.starts_with(start), "{error}");
    }
}
