//! `cargo xtask features`: builds each crate without features, with each alone, and with all.
//!
//! Cargo joins the features that all crates of a workspace ask for, so that one which needs a feature
//! of another without naming it builds here and nowhere else.

use std::ffi::OsString;
use std::process::Command;

use cargo_metadata::{MetadataCommand, Package};

use crate::root::root;
use crate::tools::cargo_succeeds;

/// Runs clippy on each library and program, without its tests, for each choice of features.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("features takes no arguments".to_owned());
    }
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .map_err(|error| format!("could not read the workspace: {error}"))?;
    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        let choices = choices(package);
        println!("features: {}: {}", package.name, names(&choices));
        for features in choices {
            if !is_sound(&package.name, &features)? {
                broken.push(format!("{} with the features `{features}`", package.name));
            }
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("these do not build:\n  {}", broken.join("\n  ")))
    }
}

/// No feature, each alone, and all, as cargo's `--features` has them.
fn choices(package: &Package) -> Vec<String> {
    let features = package.features.keys().filter(|name| *name != "default");
    let features: Vec<_> = features.map(String::as_str).collect();
    let mut choices = vec![String::new()];
    choices.extend(features.iter().map(|&feature| feature.to_owned()));
    if features.len() > 1 {
        choices.push(features.join(","));
    }
    choices
}

/// The choices for people.
fn names(choices: &[String]) -> String {
    let names = choices.iter().map(|features| match features.as_str() {
        "" => "none",
        features if features.contains(',') => "all",
        feature => feature,
    });
    names.collect::<Vec<_>>().join(", ")
}

fn is_sound(package: &str, features: &str) -> Result<bool, String> {
    let mut clippy = Command::new(env!("CARGO"));
    clippy
        .args(["clippy", "--locked", "--quiet", "--package", package])
        .args(["--no-default-features", "--features", features])
        .args(["--", "-D", "warnings"])
        .current_dir(root());
    cargo_succeeds(&mut clippy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(package: &str, expected: &[&str], shown: &str) {
        let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec();
        let metadata = metadata.unwrap();
        let packages = metadata.workspace_packages();
        let package = packages.into_iter().find(|found| found.name == package);
        let found = choices(package.unwrap());
        assert_eq!(found, expected);
        assert_eq!(names(&found), shown);
    }

    #[test]
    fn a_crate_is_built_without_with_each_and_with_all() {
        check("whapi-secret", &[""], "none");
        check("whapi-text", &["", "dates"], "none, dates");
        check(
            "whapi-http",
            &["", "fuzzing", "test-util", "fuzzing,test-util"],
            "none, fuzzing, test-util, all",
        );
    }
}
