//! What git knows of a repository.

use std::path::Path;
use std::process::Command;

use crate::tools::text;

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

    fn command(self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.root).args(args);
        command
    }
}
