//! What is in the folder of a dataset.

use std::fs;
use std::path::Path;

/// The folder of the day of every run.
pub(crate) const DAY: &str = "dt=2026-11-29";

/// The names below a folder, sorted.
pub(crate) fn tree(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(folder).unwrap();
            names.push(below.display().to_string());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    names.sort();
    names
}
