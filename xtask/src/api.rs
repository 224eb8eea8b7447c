//! `cargo xtask api`: compares the public API of each crate with its listing in `docs/api`.
//!
//! The work is in `xtask/api`, a workspace of its own: what it depends on would be built with every
//! other task.

use std::ffi::OsString;
use std::process::Command;

use crate::root::root;
use crate::tools::cargo_succeeds;

/// Runs the program in `xtask/api` with the arguments.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let mut listing = Command::new(env!("CARGO"));
    listing
        .args(["run", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("xtask/api/Cargo.toml"))
        .arg("--")
        .args(args)
        // Most of what it depends on is built there already.
        .env("CARGO_TARGET_DIR", root().join("target"));
    if cargo_succeeds(&mut listing)? {
        Ok(())
    } else {
        Err("the public API is not as its listings and rules say".to_owned())
    }
}
