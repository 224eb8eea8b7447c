//! Reading and writing, with the path in the error.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("could not read {}: {error}", path.display()))
}

/// Reads a file of text.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("could not read {}: {error}", path.display()))
}

/// Writes a file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("could not write {}: {error}", path.display()))
}

/// Creates a folder, and those above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path)
        .map_err(|error| format!("could not create {}: {error}", path.display()))
}

/// Creates a folder without anything in it.
pub(crate) fn create_empty_folder(path: &Path) -> Result<(), String> {
    if path.exists() {
        fs::remove_dir_all(path)
            .map_err(|error| format!("could not remove {}: {error}", path.display()))?;
    }
    create_folder(path)
}

/// Creates a folder that deletes itself.
pub(crate) fn empty_folder() -> Result<TempDir, String> {
    tempfile::tempdir().map_err(|error| format!("could not create a temporary folder: {error}"))
}
