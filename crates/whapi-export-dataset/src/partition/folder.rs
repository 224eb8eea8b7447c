//! The folders of a dataset.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that a run created. Dropping removes those that are empty.
#[derive(Debug, Default)]
pub(crate) struct CreatedFolders(Vec<PathBuf>);

impl CreatedFolders {
    /// Creates a folder and those above it, for its owner only.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let missing = path.ancestors().take_while(|folder| !folder.exists());
        let missing = missing.filter(|folder| !folder.as_os_str().is_empty());
        let missing = Self(missing.map(Path::to_owned).collect());
        create_private(path)?;
        Ok(missing)
    }
}

impl Drop for CreatedFolders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // A folder with the result of this run, or of another, cannot be removed.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Creates a folder and those above it, for its owner only.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// `channel=shop`. Characters that such folders cannot have become `%XX`, as in Hive.
pub(crate) fn folder_name(channel: &str) -> String {
    let mut name = "channel=".to_owned();
    for byte in channel.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(byte.into()),
            other => write!(name, "%{other:02X}").expect("a String takes all"),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_in_their_folder() {
        for (channel, expected) in [
            ("shop-2", "channel=shop-2"),
            ("../etc", "channel=%2E%2E%2Fetc"),
            ("a=b", "channel=a%3Db"),
            ("caf\u{e9}", "channel=caf%C3%A9"),
            ("", "channel="),
        ] {
            assert_eq!(folder_name(channel), expected);
        }
    }

    #[test]
    fn only_empty_folders_that_it_created_are_removed() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("root");
        drop(CreatedFolders::create(&root.join("a/b")).unwrap());
        assert!(!root.exists());

        fs::create_dir(&root).unwrap();
        let created = CreatedFolders::create(&root.join("a/b")).unwrap();
        fs::write(root.join("a/file"), "").unwrap();
        drop(created);
        assert!(root.join("a/file").exists() && !root.join("a/b").exists());

        fs::create_dir(root.join("a/b")).unwrap();
        drop(CreatedFolders::create(&root.join("a/b")).unwrap());
        assert!(root.join("a/b").exists());
    }
}
