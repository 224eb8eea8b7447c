//! What git knows of a repository.

use std::path::Path;
use std::process::Command;

use crate::tools::{output, text};

/// A repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Git<'a> {
    root: &'a Path,
}

impl<'a> Git<'a> {
    /// Returns the repository in a folder.
    pub(crate) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    /// Runs a command of git and returns its output without the last line end.
    pub(crate) fn text(self, args: &[&str]) -> Result<String, String> {
        text(&mut self.command(args))
    }

    /// The files of the repository that fit a pattern, sorted.
    pub(crate) fn files(self, pattern: &str) -> Result<Vec<String>, String> {
        let files = self.text(&["ls-files", "--", pattern])?;
        Ok(files.lines().map(str::to_owned).collect())
    }

    /// The files of a commit.
    pub(crate) fn files_of(self, commit: &str) -> Result<Vec<String>, String> {
        let files = self.text(&["ls-tree", "-r", "--name-only", commit])?;
        Ok(files.lines().map(str::to_owned).collect())
    }

    /// Whether there is a tag of this name.
    pub(crate) fn has_tag(self, name: &str) -> Result<bool, String> {
        let tags = self.text(&["tag", "--list", name])?;
        Ok(!tags.is_empty())
    }

    /// The address of the remote `origin`, if there is one.
    pub(crate) fn origin(self) -> Result<Option<String>, String> {
        let remotes = self.text(&["remote"])?;
        if remotes.lines().any(|remote| remote == "origin") {
            self.text(&["remote", "get-url", "origin"]).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The last commit as an archive of `tar`.
    pub(crate) fn archive(self) -> Result<Vec<u8>, String> {
        output(&mut self.command(&["archive", "--format=tar", "HEAD"]))
    }

    fn command(self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.root).args(args);
        command
    }
}

/// Commits everything in a folder, which becomes a repository, for tests.
#[cfg(all(test, unix))]
pub(crate) fn commit_all(folder: &Path) {
    let git = Git::new(folder);
    let init = ["init", "--quiet", "--initial-branch=main"];
    git.text(&init).unwrap();
    git.text(&["add", "--all"]).unwrap();
    let mut commit = git.command(&["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]);
    output(commit.args(["commit", "--quiet", "--message=A change"])).unwrap();
}
