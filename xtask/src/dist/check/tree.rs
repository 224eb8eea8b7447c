//! A folder's contents, to be compared with what they were.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::super::sums::sha256;
use crate::files::read;

/// What is below a folder: a description for each path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tree(BTreeMap<PathBuf, String>);

impl Tree {
    /// Reads everything below a folder but what is below `ignored`.
    pub(crate) fn read(folder: &Path, ignored: &[&str]) -> Result<Self, String> {
        let mut tree = Self(BTreeMap::new());
        tree.add(folder, Path::new(""), ignored)?;
        Ok(tree)
    }

    fn add(&mut self, root: &Path, below: &Path, ignored: &[&str]) -> Result<(), String> {
        let folder = root.join(below);
        let failed = |error| format!("could not read {}: {error}", folder.display());
        for file in fs::read_dir(&folder).map_err(failed)? {
            let file = file.map_err(failed)?;
            let path = below.join(file.file_name());
            if ignored.iter().any(|ignored| path == Path::new(ignored)) {
                continue;
            }
            let metadata = fs::symlink_metadata(file.path()).map_err(failed)?;
            let description = describe(&file.path(), &metadata)?;
            if metadata.is_dir() {
                self.add(root, &path, ignored)?;
            }
            self.0.insert(path, description);
        }
        Ok(())
    }

    /// Returns a line for each path that is new, gone or changed.
    pub(crate) fn differences(&self, later: &Self) -> Vec<String> {
        let gone = self.0.keys().filter(|path| !later.0.contains_key(*path));
        let gone = gone.map(|path| format!("gone: {}", path.display()));
        let rest = later.0.iter().filter_map(|(path, description)| {
            let what = match self.0.get(path) {
                None => "left behind",
                Some(earlier) if earlier != description => "changed",
                Some(_) => return None,
            };
            Some(format!("{what}: {}", path.display()))
        });
        gone.chain(rest).collect()
    }
}

/// The kind, the mode and the contents.
fn describe(path: &Path, metadata: &Metadata) -> Result<String, String> {
    let mode = mode(metadata);
    if metadata.is_symlink() {
        let target = fs::read_link(path).map_err(|error| error.to_string())?;
        Ok(format!("link to {}", target.display()))
    } else if metadata.is_dir() {
        Ok(format!("folder {mode}"))
    } else {
        Ok(format!("file {mode} {}", sha256(&read(path)?)))
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    format!("{:o}", metadata.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("bin")).unwrap();
        fs::write(path("bin/old"), "1").unwrap();
        fs::write(path("bin/same"), "1").unwrap();
        fs::write(path("bin/changed"), "1").unwrap();
        let before = Tree::read(folder.path(), &[]).unwrap();
        assert_eq!(before.differences(&before), [""; 0]);

        fs::remove_file(path("bin/old")).unwrap();
        fs::write(path("bin/changed"), "2").unwrap();
        fs::create_dir_all(path("share/empty")).unwrap();
        fs::create_dir_all(path("var/lib/dpkg")).unwrap();
        let after = Tree::read(folder.path(), &["var/lib/dpkg"]).unwrap();
        assert_eq!(
            before.differences(&after),
            [
                "gone: bin/old",
                "changed: bin/changed",
                "left behind: share",
                "left behind: share/empty",
                "left behind: var",
                "left behind: var/lib",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn modes_and_links_count() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "1").unwrap();
        fs::set_permissions(path("file"), fs::Permissions::from_mode(0o644)).unwrap();
        symlink("file", path("link")).unwrap();
        let before = Tree::read(folder.path(), &[]).unwrap();
        fs::set_permissions(path("file"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(path("link")).unwrap();
        symlink("nothing", path("link")).unwrap();
        let after = Tree::read(folder.path(), &[]).unwrap();
        assert_eq!(
            before.differences(&after),
            ["changed: file", "changed: link"]
        );
    }
}
