//! Programs in the words of a shell that keep the protocol up to a step.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use whapi_emulator::Emulator;
use whapi_test_support::processes_of;

use super::OnPath;
use crate::support::{BOUND, Case};

/// The messages for which the host waits, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Hello,
    /// The end after `describe`.
    Describe,
    Ready,
    Ack,
    Done,
}

pub(super) const HELLO: &str = r#"{"type":"hello","v":[1],"name":"faulty","summary":"one id a line","output":{"kind":"file","extension":"txt"},"needs":["id"]}"#;

/// What the program does at each step, for the three contacts of the small API.
const STEPS: [(Step, &str); 4] = [
    (Step::Hello, "echo \"$hello\"\nread -r line"),
    (Step::Describe, "case $line in *describe*) exit 0;; esac"),
    (
        Step::Ready,
        r#"staging=$(printf '%s' "$line" | sed 's/.*"staging":"\([^"]*\)".*/\1/')
echo '{"type":"ready"}'
read -r line"#,
    ),
    (
        Step::Ack,
        r#"echo part > "$staging"
echo '{"type":"ack","seq":1,"written":3}'
read -r line"#,
    ),
];

/// A program `faulty` on PATH, with a folder of its own for temporary files.
pub(crate) struct Faulty {
    on_path: OnPath,
    temporary: TempDir,
}

impl Faulty {
    /// One that keeps the protocol until it is at this step, and then does something else. It is found by
    /// its path in the environment of everything that it starts, and its own folder is in `$own`.
    pub(crate) fn at(step: Step, then: &str) -> Self {
        let before = STEPS.iter().take_while(|(other, _)| *other != step);
        let before: Vec<_> = before.map(|(_, does)| *does).collect();
        let then = match step {
            Step::Describe => &*format!("case $line in *describe*)\n{then}\n;;\nesac"),
            _ => then,
        };
        let text = format!(
            "#!/bin/sh\nexport STARTED_BY=\"$0\"\nown=$(dirname \"$0\")\nhello='{HELLO}'\n{}\n{then}\n",
            before.join("\n")
        );
        Self {
            on_path: OnPath::new("faulty", &text),
            temporary: tempfile::tempdir().unwrap(),
        }
    }

    /// The path of the program.
    pub(crate) fn path(&self) -> String {
        self.on_path.program("faulty").display().to_string()
    }

    /// The path of a file beside the program.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.on_path.0.path().join(name)
    }

    /// A run against this API, over an earlier result.
    pub(crate) fn case(&self, api: &Emulator) -> Case {
        Case::at(api)
            .env("PATH", self.on_path.path())
            .env("TMPDIR", self.temporary.path())
            .old("contacts.txt")
    }

    /// Waits until the program has made a file beside itself.
    #[track_caller]
    pub(super) fn wait_for(&self, name: &str) {
        let path = self.beside(name);
        wait_until(&format!("the program makes `{name}`"), || path.exists());
    }

    /// Checks that no process of the program is left, and no working folder.
    #[track_caller]
    pub(crate) fn check_nothing_left(&self) {
        let path = self.path();
        // A signal that ends a process is sent before the host ends, and takes effect a moment later.
        wait_until("every process ends", || {
            processes_of(Path::new(&path)).is_empty()
        });
        let left: Vec<_> = self.temporary.path().read_dir().unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < BOUND, "{what}: not within {BOUND:?}");
        sleep(Duration::from_millis(10));
    }
}
