//! The command line, as a process of its own. `cargo xtask` has every command of `whapi`.

use std::process::Command;

use tempfile::TempDir;

/// A folder to run in.
pub(crate) struct Case(TempDir);

/// How a run ended, and what it wrote to the terminal.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Case {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file into the folder, and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program in the folder, with these variables and no others in its environment.
    pub(crate) fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let ran = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(args)
            .env_clear()
            .envs(environment.iter().copied())
            .env("HOME", self.0.path())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        Ran {
            code: ran.status.code(),
            stdout: String::from_utf8(ran.stdout).unwrap(),
            stderr: String::from_utf8(ran.stderr).unwrap(),
        }
    }
}
