//! `cargo xtask ci`: what CI checks, with the same command.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Runs the script that CI runs.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("ci takes no arguments".to_owned());
    }
    let status = Command::new("bash")
        .arg(".ci/run")
        .current_dir(root())
        .status()
        .map_err(|error| format!("could not run bash: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(".ci/run failed: {status}"))
    }
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}
