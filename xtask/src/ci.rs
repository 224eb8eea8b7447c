//! `cargo xtask ci`: runs the checks of CI.

use std::ffi::OsString;
use std::process::Command;

use crate::root::root;

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
