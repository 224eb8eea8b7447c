//! `cargo xtask bench`: how long each stage of an export takes.

use std::ffi::OsString;
use std::process::Command;

use crate::ci::root;

/// Runs the benches; the arguments go to criterion, so a name selects.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(["bench", "--bench", "stages", "--manifest-path"])
        .arg(root().join("bench/stages/Cargo.toml"))
        .arg("--")
        .args(args)
        .status()
        .map_err(|error| format!("could not run cargo bench: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo bench failed: {status}"))
    }
}
