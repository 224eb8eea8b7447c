//! `SHA256SUMS`, as `sha256sum -c` reads it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::files::{self, read};

/// The name of the file.
pub(crate) const SUMS: &str = "SHA256SUMS";

/// Returns the SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}

/// Writes the sums of all files of a folder.
pub(crate) fn write(folder: &Path) -> Result<(), String> {
    let mut lines = String::new();
    for name in names(folder)? {
        let sum = sha256(&read(&folder.join(&name))?);
        writeln!(lines, "{sum}  {name}").expect("a String takes everything");
    }
    files::write(&folder.join(SUMS), lines.as_bytes())
}

/// The files of a folder but the sums, sorted.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |error| format!("could not read {}: {error}", folder.display());
    let mut names = Vec::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let file = file.map_err(failed)?;
        let name = file.file_name().to_string_lossy().into_owned();
        if file.file_type().map_err(failed)?.is_file() && name != SUMS {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "").unwrap();
        fs::write(folder.path().join("a"), "abc").unwrap();
        fs::create_dir(folder.path().join("folder")).unwrap();
        let expected = "\
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b
";
        // The second time the sums are there themselves.
        for _ in 0..2 {
            write(folder.path()).unwrap();
            let written = fs::read_to_string(folder.path().join(SUMS)).unwrap();
            assert_eq!(written, expected);
        }
    }
}
