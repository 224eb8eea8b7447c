//! A copy of the last commit, in which a release is tried before the checkout changes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};
use tar::Archive;
use tempfile::TempDir;

use crate::files::{empty_folder, read_text, write};
use crate::git::Git;
use crate::tools::output;

/// Texts of files, by their paths in the repository.
pub(crate) type Files = BTreeMap<String, String>;

/// A folder with the files of the last commit, which deletes itself.
#[derive(Debug)]
pub(crate) struct Copy {
    folder: TempDir,
    paths: Vec<String>,
}

impl Copy {
    /// Copies the last commit of a repository.
    pub(crate) fn new(git: Git) -> Result<Self, String> {
        let archive = git.archive()?;
        let folder = empty_folder()?;
        Archive::new(&*archive)
            .unpack(folder.path())
            .map_err(|error| format!("could not copy the last commit: {error}"))?;
        let paths = git.files_of("HEAD")?;
        Ok(Self { folder, paths })
    }

    /// The paths of the files whose names end so.
    pub(crate) fn paths<'a>(&'a self, ending: &str) -> impl Iterator<Item = &'a str> {
        let paths = self.paths.iter().map(String::as_str);
        paths.filter(move |path| path.ends_with(ending))
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        read_text(&self.folder.path().join(path))
    }

    /// Writes changed files.
    pub(crate) fn write(&self, files: &Files) -> Result<(), String> {
        write_all(self.folder.path(), files)
    }

    /// Brings every lock file up to date with its manifest, and returns those that changed.
    pub(crate) fn update_locks(&self) -> Result<Files, String> {
        let mut changed = Files::new();
        for path in self.paths("Cargo.lock") {
            let before = self.read(path)?;
            let manifest = Path::new(path).with_file_name("Cargo.toml");
            let mut cargo = self.cargo(&["update", "--workspace", "--quiet", "--manifest-path"]);
            output(cargo.arg(manifest))?;
            let after = self.read(path)?;
            if after != before {
                changed.insert(path.to_owned(), after);
            }
        }
        Ok(changed)
    }

    /// Packs each package that is published, and builds it from that. Nothing is uploaded.
    pub(crate) fn check_packages(&self, target: &Path) -> Result<(), String> {
        let mut cargo = self.cargo(&["publish", "--workspace", "--dry-run", "--locked"]);
        output(cargo.arg("--target-dir").arg(target)).map(drop)
    }

    /// The packages of the workspace.
    pub(crate) fn metadata(&self) -> Result<Metadata, String> {
        MetadataCommand::new()
            .current_dir(self.folder.path())
            .no_deps()
            .exec()
            .map_err(|error| format!("could not read the workspace: {error}"))
    }

    fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(self.folder.path()).args(args);
        command
    }
}

/// Writes files of a repository.
pub(crate) fn write_all(root: &Path, files: &Files) -> Result<(), String> {
    for (path, text) in files {
        write(&root.join(path), text.as_bytes())?;
    }
    Ok(())
}
