//! `cargo xtask bench`: what an export costs, alone and beside what others would use.

mod instructions;
mod peers;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::ci::root;

/// Measures what the first argument says: `peers`, `instructions`, or else the stages; the
/// arguments go to criterion then, so a name selects.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    match args.first().and_then(|name| name.to_str()) {
        Some("peers") => peers::run(&args[1..]),
        Some("instructions") => instructions::run(&args[1..]),
        _ => stages(args),
    }
}

fn stages(args: &[OsString]) -> Result<(), String> {
    let mut bench = cargo("bench");
    bench.args(["--bench", "stages", "--"]).args(args);
    succeed(&mut bench, "cargo bench")
}

/// Cargo, for the workspace of the benches.
fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .arg(command)
        .arg("--manifest-path")
        .arg(root().join("bench/stages/Cargo.toml"))
        // The workspace's own: most of what the benches need is built there already.
        .env("CARGO_TARGET_DIR", root().join("target"));
    cargo
}

/// Where the benches keep what they make.
fn folder() -> Result<PathBuf, String> {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    Ok(folder)
}

/// Builds a program of the benches and says where it is.
fn build(name: &str) -> Result<PathBuf, String> {
    let mut build = cargo("build");
    build.args(["--release", "--locked", "--bin", name]);
    succeed(&mut build, "cargo build")?;
    Ok(root().join("target/release").join(name))
}

fn succeed(command: &mut Command, name: &str) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("could not run {name}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} failed: {status}"))
    }
}
