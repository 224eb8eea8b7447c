//! Compares the code with the rest of the repository: its README and other pages, and its SDKs.
//!
//! These tests are here because a package of the registry has its own crate's folder only.

mod channels;
mod commands;
mod mapping;
mod messages;
mod program;
mod sdk;
mod services;
mod stats;

use std::fs;
use std::path::{Path, PathBuf};

/// A file or folder of the repository.
fn path(name: &str) -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("a folder around xtask").join(name)
}

/// The text of a file of the repository.
fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
