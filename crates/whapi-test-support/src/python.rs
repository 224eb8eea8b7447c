//! Python, whose libraries read what we wrote.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

use crate::skip::skip;

/// A Python that has the modules a test needs.
///
/// # Examples
///
/// ```
/// use whapi_test_support::Python;
///
/// if let Some(python) = Python::with("json") {
///     let script = "import json, sys; json.dump(len(open(sys.argv[1]).read()), sys.stdout)";
///     assert_eq!(python.read_file::<u32>(script, b"four", ".txt"), 4);
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Python {
    program: &'static str,
}

impl Python {
    /// Finds a Python with a module. Otherwise reports the skipped test and returns `None`.
    ///
    /// # Panics
    ///
    /// Instead of returning `None`, when `WHAPI_REQUIRE_READERS` is set, as in CI.
    pub fn with(module: &str) -> Option<Self> {
        Self::find("python3", &format!("import {module}"), true)
    }

    /// Finds the system's Python, for modules that Debian packages install.
    ///
    /// `import` is the statement to try. Never panics: CI does not install such packages.
    pub fn of_system(import: &str) -> Option<Self> {
        Self::find("/usr/bin/python3", import, false)
    }

    fn find(program: &'static str, import: &str, required: bool) -> Option<Self> {
        let tried = Command::new(program).args(["-c", import]).output();
        if tried.is_ok_and(|tried| tried.status.success()) {
            return Some(Self { program });
        }
        skip(&format!("{program} that can `{import}`"), required);
        None
    }

    /// Runs a script to its end with these bytes on standard input.
    ///
    /// The script must read all of its input before it prints anything.
    ///
    /// # Panics
    ///
    /// When Python cannot be started.
    pub fn run(self, script: &str, args: &[&str], stdin: &[u8]) -> Output {
        let mut child = Command::new(self.program)
            .args(["-c", script])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python was found before");
        let mut pipe = child.stdin.take().expect("a pipe");
        // A script that does not read closes the pipe early.
        let _ = pipe.write_all(stdin);
        drop(pipe);
        child.wait_with_output().expect("Python ends")
    }

    /// Runs a script that reads standard input and prints one JSON value.
    ///
    /// # Panics
    ///
    /// When the script fails, or prints something else.
    pub fn read<T: DeserializeOwned>(self, script: &str, stdin: &[u8]) -> T {
        json_of(&self.run(script, &[], stdin))
    }

    /// Runs a script that reads the file named by its argument and prints one JSON value.
    ///
    /// # Panics
    ///
    /// When the script fails, or prints something else.
    pub fn read_file<T: DeserializeOwned>(self, script: &str, bytes: &[u8], suffix: &str) -> T {
        let mut file: NamedTempFile = tempfile::Builder::new()
            .suffix(suffix)
            .tempfile()
            .expect("a temporary file");
        file.write_all(bytes).expect("a file that can be written");
        let path = file.path().to_str().expect("a path in UTF-8");
        json_of(&self.run(script, &[path], b""))
    }
}

fn json_of<T: DeserializeOwned>(output: &Output) -> T {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).expect("one JSON value")
}
