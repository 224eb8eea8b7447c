//! Builds and runs the programs of the benches.

use std::path::PathBuf;
use std::process::Command;

use crate::root::root;

/// A cargo command for the workspace of the benches.
pub(super) fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .arg(command)
        .arg("--manifest-path")
        .arg(root().join("bench/stages/Cargo.toml"))
        // Most dependencies of the benches are built there already.
        .env("CARGO_TARGET_DIR", root().join("target"));
    cargo
}

/// Creates and returns the folder for results.
pub(super) fn folder() -> Result<PathBuf, String> {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    Ok(folder)
}

/// Builds a program of the benches and returns its path.
pub(super) fn build(name: &str) -> Result<PathBuf, String> {
    let mut build = cargo("build");
    build.args(["--release", "--locked", "--bin", name]);
    succeed(&mut build, "cargo build")?;
    Ok(root().join("target/release").join(name))
}

/// Runs a command and returns an error unless it succeeds.
pub(super) fn succeed(command: &mut Command, name: &str) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("could not run {name}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} failed: {status}"))
    }
}
