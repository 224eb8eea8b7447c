//! A real terminal: tmux, whose screen is read as text.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use whapi_test_support::has_program;

use crate::support::{BOUND, Case, check_holds_no_token};

/// Without the line that tmux draws below the screen.
const CONFIG: &str = "set -g status off\nset -g default-shell /bin/sh\n";
/// Runs a program, prints its exit code below what it printed, and keeps the terminal. Ctrl-C is for
/// the program only.
const SCRIPT: &str = r#"trap : INT; "$@"; printf 'exit code: %s' $?; exec sleep 600"#;

/// The time between two looks at the screen.
const POLL: Duration = Duration::from_millis(20);

/// A program on a terminal of its own.
pub(crate) struct Tmux {
    folder: TempDir,
}

impl Tmux {
    /// Starts the program of a case on a terminal of so many columns and 12 rows. `None` where tmux
    /// is not installed.
    pub(crate) fn start(case: &Case, columns: usize, args: &[&str]) -> Option<Self> {
        if !has_program("tmux") {
            return None;
        }
        let tmux = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(tmux.folder.path().join("config"), CONFIG).unwrap();
        let program = case.command(args);
        let size = columns.to_string();
        let mut start = vec!["new-session", "-d", "-y", "12", "-x", &size];
        start.extend(["sh", "-c", SCRIPT, "sh", "env", "-i"]);
        let set = |(name, value): (&std::ffi::OsStr, Option<&std::ffi::OsStr>)| {
            let value = value.unwrap().to_str().unwrap();
            format!("{}={value}", name.to_str().unwrap())
        };
        let mut variables: Vec<_> = program.get_envs().map(set).collect();
        variables.push("TERM=screen-256color".to_owned());
        variables.push("LC_ALL=C.UTF-8".to_owned());
        start.extend(variables.iter().map(String::as_str));
        start.push(env!("CARGO_BIN_EXE_whapi"));
        start.extend(args);
        tmux.run(&start, case.path("").to_str().unwrap());
        Some(tmux)
    }

    fn run(&self, args: &[&str], folder: &str) -> String {
        let ran = self.command(args).current_dir(folder).output().unwrap();
        assert!(ran.status.success(), "tmux {args:?}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = Command::new("tmux");
        command
            .arg("-S")
            .arg(path("socket"))
            .arg("-f")
            .arg(path("config"))
            .args(args)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8");
        command
    }

    /// What the screen shows, without empty lines at its end.
    pub(crate) fn screen(&self) -> String {
        let screen = self.run(&["capture-pane", "-p"], "/");
        check_holds_no_token(&screen);
        screen.trim_end().to_owned()
    }

    /// Waits until the screen shows something.
    #[track_caller]
    pub(crate) fn wait_for(&self, shows: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if shows(&screen) {
                return screen;
            }
            assert!(begun.elapsed() < BOUND, "still on the screen:\n{screen}");
            std::thread::sleep(POLL);
        }
    }

    /// Waits for the end of the program. Returns the screen, with the exit code at its end.
    #[track_caller]
    pub(crate) fn end(&self) -> String {
        self.wait_for(|screen| screen.contains("exit code: "))
    }

    pub(crate) fn press(&self, key: &str) {
        self.run(&["send-keys", key], "/");
    }

    pub(crate) fn resize(&self, columns: usize) {
        self.run(&["resize-window", "-x", &columns.to_string()], "/");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // A test that fails is still to say why.
        let _ = self.command(&["kill-server"]).output();
    }
}
